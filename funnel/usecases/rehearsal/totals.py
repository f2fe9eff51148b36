"""A rehearsal in figures: what left, what was skipped and why, what became of the people."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from funnel.domain.lead import Lead
from funnel.usecases.rehearsal.log import Entry
from funnel.usecases.rehearsal.outcome import Rehearsal

COUNTED = (
    *("booked", "held", "missed", "cancelled", "rescheduled", "put_back", "call_list", "capped"),
    *("handed_over", "unsubscribed"),
)
"""Kinds of entries; `put_back` are appointments booked in place of missed ones."""

TOUCHES = ("clicked", "visited")
"""Those that are counted only where there are any: most scenarios wait for none."""


@dataclass(frozen=True, slots=True)
class MailTotal:
    """One mail: how often it left, how often it was skipped, and how often it could not be written, by reason."""

    message: str
    sent: int
    skipped: dict[str, int]
    failed: dict[str, int]


@dataclass(frozen=True, slots=True)
class Totals:
    """`mails` in the order in which they first came up; `ended` by reason, of this scenario alone; `happened` by kind
    of `COUNTED` and `TOUCHES`; `parked` are those for whom something could not be decided or written, `inside` the
    others who have not come to an end."""

    people: int
    mails: tuple[MailTotal, ...]
    ended: dict[str, int]
    happened: dict[str, int]
    parked: int
    inside: int

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "people": self.people,
            "mails": {
                one.message: {"sent": one.sent, "skipped": one.skipped, "failed": one.failed} for one in self.mails
            },
            "ended": self.ended,
            "happened": self.happened,
            "parked": self.parked,
            "inside": self.inside,
        }


def totals(done: Rehearsal) -> Totals:
    """Count a rehearsal."""
    sent: Counter[str] = Counter()
    kept: dict[str, dict[str, Counter[str]]] = {"skipped": defaultdict(Counter), "failed": defaultdict(Counter)}
    for entry in done.entries:
        if entry.kind in ("mail", *kept):
            sent[entry.what] += entry.kind == "mail"
            if entry.kind in kept:
                kept[entry.kind][entry.what][entry.detail["reason"]] += 1
    stuck = {entry.person for entry in done.entries if entry.kind == "parked"}
    return Totals(
        people=len(done.leads),
        mails=tuple(
            MailTotal(what, number, *(dict(by[what].most_common()) for by in kept.values()))
            for what, number in sent.items()
        ),
        ended=_ended(done),
        happened=_happened(done),
        parked=len(stuck),
        inside=sum(_runs(lead, done.bundle.name) for person, lead in done.leads.items() if person not in stuck),
    )


def _runs(lead: Lead, scenario: str) -> int:
    return sum(one.scenario == scenario and one.runs for one in lead.enrolments)


def _happened(done: Rehearsal) -> dict[str, int]:
    found = {kind: sum(_counts(entry, kind) for entry in done.entries) for kind in COUNTED}
    touched: Counter[str] = Counter(entry.kind for entry in done.entries if entry.kind in TOUCHES)
    return found | {kind: touched[kind] for kind in TOUCHES if touched[kind]}


def _counts(entry: Entry, kind: str) -> bool:
    return entry.kind == kind if kind != "put_back" else entry.kind == "booked" and "replaces" in entry.detail


def _ended(done: Rehearsal) -> dict[str, int]:
    name = done.bundle.name
    ends = (entry.what for entry in done.entries if entry.kind == "ended" and entry.detail["scenario"] == name)
    return dict(Counter(ends).most_common())
