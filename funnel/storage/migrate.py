"""Bringing a database to the newest schema, and its once-made rows."""

from alembic import command
from alembic.config import Config

from funnel.storage import installation
from funnel.storage.database import Database


def configuration() -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", "funnel:storage/migrations")
    config.set_main_option("path_separator", "os")
    return config


def upgrade(database: Database) -> None:
    """Bring the schema to the newest revision and write the once-made rows; a second process waits for the first."""
    with database.engine.connect() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        if database.lite:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            command.upgrade(config, "head")
            installation.prepare(connection)
            connection.exec_driver_sql("COMMIT")
        else:
            with connection.begin():
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(112654549935468)")
                command.upgrade(config, "head")
                installation.prepare(connection)
