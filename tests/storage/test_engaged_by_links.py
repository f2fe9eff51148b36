"""Leads of before the update keep the link that engages them; taken back, of several the first."""

from datetime import UTC, datetime

from alembic import command

from funnel.storage import leads
from funnel.storage.database import Database
from funnel.storage.migrate import configuration

NOW = datetime(2027, 1, 16, 9, tzinfo=UTC)


def test_the_links_that_engage_a_lead_are_kept_up_and_down(database: Database) -> None:
    with database.write() as connection:
        ids = [
            leads.find_or_create(connection, f"{one}@example.org", f"{one}@example.org", "en", NOW)[0]
            for one in ("ana", "bea", "cleo")
        ]
        told = dict(zip(ids, (None, "k" * 40, " ".join(20 * ["k" * 40])), strict=True))
        for lead_id, keys in told.items():
            connection.execute(leads.leads.update().where(leads.leads.c.id == lead_id).values(engaged_by=keys))
        config = configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, "0022")
        command.upgrade(config, "head")
        assert {one["id"]: one["engaged_by"] for one in leads.rows(connection, ids)} == {
            ids[0]: None, ids[1]: "k" * 40, ids[2]: "k" * 40,
        }  # fmt: skip
