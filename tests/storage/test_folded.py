"""Folded twins: kept only where they differ, and made for rows that are older than they are."""

from alembic import command

from funnel.storage import answers, leads
from funnel.storage.database import Database
from funnel.storage.folded import folded
from funnel.storage.migrate import configuration
from tests.storage.crowd import CAST, by_chance, keep


def test_only_a_text_that_folds_to_another_one_has_a_twin() -> None:
    said = {"a": "Straße", "b": "plain", "c": None, "d": 5, "e": ["CEO", "x"], "f": ["x"], "g": True, "h": "e\u0301"}
    assert folded(said) == {"a": "strasse", "e": ["ceo", "x"], "h": "é"}


def test_rows_from_before_are_folded_as_if_they_were_kept_today(database: Database) -> None:
    def twins() -> list[object]:
        with database.read() as connection:
            of_leads = connection.execute(leads.leads.select().order_by(leads.leads.c.id)).mappings()
            of_answers = connection.execute(answers.answers.select().order_by(answers.answers.c.number)).mappings()
            return [row["folded"] for row in (*of_leads, *of_answers)]

    with database.write() as connection:
        keep(connection, [*CAST.values(), *by_chance(40, 3)])
    kept_today = twins()
    assert sum(map(bool, kept_today)) > 20
    for change, to in ((command.downgrade, "0001"), (command.upgrade, "head")):
        with database.write() as connection:
            config = configuration()
            config.attributes["connection"] = connection
            change(config, to)
    assert twins() == kept_today
