"""Hand-overs from before their thresholds were kept learn them where that is certain, and nowhere else."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, insert

from funnel.domain.lead import Handoff
from funnel.domain.scoring.ledger import Entry
from funnel.storage import events, handoffs, installation, scores
from funnel.storage.database import Database
from funnel.storage.migrate import configuration
from tests.storage.conftest import NOW

Make = Callable[[str], int]
EARLY, LATER, LAST = (NOW + timedelta(days=day) for day in range(3))
INTERESTED = "{score: 20, because: {fr: Intéressé, en: Interested}}"


def publishes(connection: Connection, name: str, digest: str, text: str, at: datetime) -> None:
    files = {f"scenarios/{name}.yaml": text.encode()}
    installation.store_version(connection, name, digest, files, at)
    installation.publish(connection, name, digest, at)


def company(thresholds: str) -> str:
    return f"locales: [en, fr]\nthresholds: [{thresholds}]\n"


def learned(
    database: Database,
    lead_id: int,
    companies: Mapping[datetime, str],
    *,
    reason: str = "Interested",
    scenario: str = "sequence: []",
    points: int = 25,
    asked: Mapping[str, Any] | None = None,
) -> dict[str, int]:
    """What a hand-over for this reason, offered at `LATER`, knows after the migration."""
    with database.write() as connection:
        for at, text in companies.items():
            publishes(connection, "company", f"company-{at:%d}", text, at)
        publishes(connection, "tunnel", "tunnel", scenario, EARLY)
        scores.add(connection, [(lead_id, Entry(1, "given", points, "Met", EARLY, "engagement", None, "x"), None)])
        made = Handoff(f"{lead_id}-1", "camille", (reason, "booked call"), "offered", LATER)
        handoffs.put(connection, [(lead_id, made, LATER)])
        if asked:
            row = {"recorded_at": LATER, "id": "a", "lead_id": lead_id, "occurred_at": LATER, "failed": None, **asked}
            connection.execute(insert(events.events).values(row))
        config = configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, "0021")
        command.upgrade(config, "head")
        [(_, found)] = handoffs.of_leads(connection, [lead_id])
        return dict(found.scores)


@pytest.mark.parametrize(
    "companies, reason, score",
    [
        ({EARLY: company(f"{INTERESTED}, {{score: 50}}")}, "Interested", 20),
        ({EARLY: company("{score: 20}")}, "Reached 20 points", 20),
        ({EARLY: company(INTERESTED), LAST: company("{score: 40, because: Interested}")}, "Interested", 20),
        ({EARLY: company("{score: 40, because: Very}"), LATER: company(INTERESTED)}, "Interested", 20),
    ],
)
def test_words_that_only_one_threshold_has_ever_had_until_then_name_it(
    database: Database, make_lead: Make, companies: Mapping[datetime, str], reason: str, score: int
) -> None:
    assert learned(database, make_lead("ana@example.org"), companies, reason=reason) == {reason: score}


@pytest.mark.parametrize(
    "companies",
    [
        {EARLY: company(f"{INTERESTED}, {{score: 25, because: Interested}}")},
        {EARLY: company(INTERESTED), LATER: company("{score: 10, because: Interested}")},
        {EARLY: company(INTERESTED), LATER: "locales: [en\n\x00"},
        {EARLY: company("{score: 20, hand_over: false, because: Interested}")},
        {LAST: company(INTERESTED)},
    ],
)
def test_words_of_several_or_of_none_then_are_left(
    database: Database, make_lead: Make, companies: Mapping[datetime, str]
) -> None:
    assert learned(database, make_lead("ana@example.org"), companies) == {}


@pytest.mark.parametrize(
    "told",
    [
        {"scenario": "sequence: [{hand_off: {because: {en: Interested}}}]"},
        {"scenario": "sequence: [{hand_off: {because: $why}}]"},
        {"points": 19},
        {"asked": {"kind": "HandOffAsked", "payload": {"because": "Interested"}}},
        {"asked": {"kind": "LeadsMerged", "payload": {}}},
    ],
)
def test_words_that_something_else_may_have_said_are_left(
    database: Database, make_lead: Make, told: dict[str, Any]
) -> None:
    assert learned(database, make_lead("ana@example.org"), {EARLY: company(INTERESTED)}, **told) == {}
