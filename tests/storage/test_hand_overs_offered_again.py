"""Hand-overs that were offered again before that was kept learn by their facts when it was the last time."""

from collections.abc import Callable
from datetime import timedelta

from alembic import command

from funnel.domain.lead import Handoff
from funnel.storage import events, handoffs
from funnel.storage.database import Database
from funnel.storage.migrate import configuration
from tests.storage.conftest import NOW


def test_the_newest_fact_of_its_being_offered_again_tells_when_that_was(
    database: Database, make_lead: Callable[[str], int]
) -> None:
    ana, bea = make_lead("ana@example.org"), make_lead("bea@example.org")
    last = NOW + timedelta(days=2, microseconds=17)
    made = [Handoff(f"{one}-1", "camille", ("Reached 50",), "withdrawn", NOW) for one in (ana, bea)]
    times = {"": NOW, f"/{NOW.isoformat()}": NOW + timedelta(days=1), f"/{last.isoformat()}": last}
    told = [(f"handoff/{made[0].id}/offered{anew}", at) for anew, at in times.items()]
    told.append((f"handoff/{made[1].id}/offered", NOW))
    empty = dict.fromkeys(("rep", "team", "account", "offer", "scenario", "source", "cta", "amount", "corrects"))
    facts = [
        {"kind": "handed_over", "key": key, "occurred_at": at, "recorded_at": at, "lead_id": ana, **empty}
        for key, at in told
    ]
    with database.write() as connection:
        handoffs.put(connection, [(ana, made[0], NOW), (bea, made[1], NOW)])
        events.add_facts(connection, facts)
        config = configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, "0023")
        command.upgrade(config, "head")
        assert [one.again_at for _, one in handoffs.of_leads(connection, [ana, bea])] == [last, None]
