"""What a test does to a demonstration beside typing commands: its parts, and a lead inside the shipped scenario."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from funnel.bootstrap import build_house
from funnel.config import read_settings
from funnel.domain import events as on
from funnel.storage import installation, leads
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events


@contextmanager
def house_of(state: Path) -> Iterator[House]:
    """The parts of a demonstration."""
    house = build_house(
        read_settings(
            mode="demo",
            state=state,
            database_url=f"sqlite:///{state / 'funnel.db'}",
            secret_key="k" * 40,
            smtp_url="smtp://127.0.0.1:9",
        )
    )
    yield house
    house.close()


def enrolled(house: House, address: str = "ana@example.org") -> int:
    """A lead who has just been taken into the self-evaluation."""
    with house.database.write() as connection:
        now = installation.moment(connection).now
        lead, _new = leads.find_or_create(connection, address, address, "en", now)
    record_events(house, [on.ScenarioStarted(lead_id=lead, occurred_at=now, scenario="self_evaluation", by="test")])
    return lead
