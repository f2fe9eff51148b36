"""Migrations from nothing make just what the tables' definitions say, and running them again changes nothing."""

from concurrent.futures import ThreadPoolExecutor

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from funnel.storage import schema
from funnel.storage.database import Database
from funnel.storage.migrate import configuration, upgrade
from funnel.storage.tables import TABLES, metadata


def test_from_empty_to_newest_equals_the_definitions(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    upgrade(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == schema.current(connection) == schema.newest()
        assert set(inspect(connection).get_table_names()) == {table.name for table in TABLES} | {"alembic_version"}
    assert set(TABLES) == set(metadata.tables.values())
    database.close()


def test_several_processes_may_migrate_at_once(empty_database_url: str) -> None:
    databases = [Database(empty_database_url) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(upgrade, databases))
    upgrade(databases[0])
    with databases[0].read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM clock").scalar_one() == 1
        assert connection.exec_driver_sql("SELECT count(*) FROM secrets").scalar_one() == 1
    for database in databases:
        database.close()


def test_the_newest_revision_is_known_without_alembic() -> None:
    assert schema.newest() == ScriptDirectory.from_config(configuration()).get_current_head()


def test_an_empty_database_has_no_revision(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    with database.read() as connection:
        assert schema.current(connection) is None
    database.close()
