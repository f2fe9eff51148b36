"""One scenario from inside: where its people are, what became of its mails, who needs help."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from funnel.domain.tunnel.graph import Graph, People
from funnel.storage import enrolments, leads, reached
from funnel.usecases.house import House
from funnel.usecases.read_graph import read_graph
from funnel.usecases.settle_by_hand import Doubtful, list_in_doubt
from funnel.usecases.studio.overview import Card, Studio, read_studio
from funnel.usecases.studio.samples import mail_names
from funnel.usecases.try_again import Parked, list_parked

_TOLD = {"skipped": "skipped", "failed": "failed", "refused": "failed"}
"""In which state of a mail its reason is told, and as what."""


@dataclass(frozen=True, slots=True)
class MailLine:
    """What became of one mail: how many were sent, stand ready, are in doubt; those skipped and failed by reason; how
    many people `opened` it, and `clicked` a link in it."""

    message: str
    states: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)
    touched: Mapping[str, int] = field(default_factory=dict)

    def count(self, *states: str) -> int:
        """How many stand in one of these states."""
        return sum(self.states.get(state, 0) for state in states)


@dataclass(frozen=True, slots=True)
class LedOn:
    """A lead whom a machine had led on to where she stands, at `step` (an id)."""

    lead_id: int
    lead: str
    step: str


@dataclass(frozen=True, slots=True)
class Inside:
    """A scenario's card, its graph with people, its mails in the order of its steps, who needs help, and whom a machine
    had led on."""

    studio: Studio
    card: Card
    graph: Graph
    people: People
    mails: Sequence[MailLine]
    parked: Sequence[Parked]
    doubts: Sequence[Doubtful]
    led_on: Sequence[LedOn]


def read_inside(house: House, name: str, language: str) -> Inside:
    """Everything about one scenario; `NotFound` for a name that is not published."""
    graph, people = read_graph(house, name, language)
    studio = read_studio(house)
    card = next(one for one in studio.cards if one.name == name)
    with house.database.read() as connection:
        rows = reached.mails_of(connection, name)
        touched = reached.touched_mails(connection, name)
        led = enrolments.led_on(connection, name)
        called = leads.called(connection, [row["lead_id"] for row in led])
    return Inside(
        studio,
        card,
        graph,
        people,
        mail_lines([f"{name}/{email}" for email in mail_names(card.bundle)], rows, touched),
        [one for one in list_parked(house) if one.scenario == name],
        list_in_doubt(house, name),
        [LedOn(row["lead_id"], called.get(row["lead_id"], ""), row["step"]) for row in led],
    )


def mail_lines(
    known: Sequence[str],
    rows: Sequence[tuple[str, str, str | None, int]],
    touched: Mapping[str, Mapping[str, int]] = MappingProxyType({}),
) -> list[MailLine]:
    """One line for each mail of the version, whether it has left or not, then for those of older versions."""
    states: dict[str, Counter[str]] = {message: Counter() for message in known}
    reasons: dict[tuple[str, str], Counter[str]] = {}
    for message, state, reason, number in rows:
        states.setdefault(message, Counter())[state] += number
        if kind := _TOLD.get(state):
            reasons.setdefault((message, kind), Counter())[reason or ""] += number
    return [
        MailLine(
            message,
            counted,
            skipped=dict(reasons.get((message, "skipped"), Counter()).most_common()),
            failed=dict(reasons.get((message, "failed"), Counter()).most_common()),
            touched=touched.get(message, {}),
        )
        for message, counted in states.items()
    ]
