"""The send ledger: where every message stands, by scenario and channel, beside what the other side accepted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from funnel.authoring.mail_pieces import HOUSE
from funnel.storage import outbox_lists
from funnel.usecases.house import House

STATES = ("sent", "skipped", "refused", "failed", "in_doubt", "ready", "claimed", "attempting")
NO_SCENARIO = f"({HOUSE})"
"""What stands for messages of no scenario: confirmations, dossiers, webhooks of the company."""


@dataclass(frozen=True, slots=True)
class Line:
    """One scenario's messages of a channel: how many stand in each state."""

    scenario: str
    channel: str
    states: Mapping[str, int]

    @property
    def all(self) -> int:
        """How many there are."""
        return sum(self.states.values())


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every line, and how many messages have an attempt that the other side accepted."""

    lines: Sequence[Line]
    accepted: int

    def total(self, state: str | None = None) -> int:
        """How many stand in a state, or in any."""
        return sum(line.states.get(state, 0) if state else line.all for line in self.lines)

    @property
    def balances(self) -> bool:
        """Whether exactly those are sent that were accepted."""
        return self.accepted == self.total("sent")


def read_ledger(house: House) -> Ledger:
    """The whole of it, as of one instant."""
    found: dict[tuple[str, str], Counter[str]] = {}
    with house.database.read() as connection:
        for scenario, channel, state, number in outbox_lists.ledger_by_scenario(connection):
            found.setdefault((scenario or NO_SCENARIO, channel), Counter())[state] += number
        accepted = outbox_lists.count_accepted(connection)
    return Ledger([Line(scenario, channel, states) for (scenario, channel), states in sorted(found.items())], accepted)
