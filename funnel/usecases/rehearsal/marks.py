"""The signs of a timeline: one for each thing that happened, at its time; what falls together stands one below the
other, and of the same kind is one sign with a number."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from funnel.usecases.rehearsal.log import Entry

Across = Callable[[datetime], float]
"""From an instant to its place on the line."""

SIGNS: dict[str, tuple[str, str]] = {
    "form": ("form", "M-4,-4h8v8h-8z"),
    "mail": ("mail", "M-6,-4h12v8h-12z"),
    "skipped": ("skipped", "M-6,-4h12v8h-12z"),
    "capped": ("skipped", "M-5,-6h10l-5,6l5,6h-10l5,-6z"),
    "failed": ("bad", "M-6,-4h12v8h-12z"),
    "booked": ("meet", "M0,-7l7,7l-7,7l-7,-7z"),
    "held": ("good", "M-6,0l4,5l8,-10l2,2l-10,12l-6,-7z"),
    "missed": ("bad", "M-5,-5l2,-2l3,3l3,-3l2,2l-3,3l3,3l-2,2l-3,-3l-3,3l-2,-2l3,-3z"),
    "cancelled": ("bad", "M-7,-1.5h14v3h-14z"),
    "handed_over": ("gold", "M-4,-7h9l-3,3.5l3,3.5h-7v7h-2z"),
    "unsubscribed": ("bad", "M0,-7a7,7 0 1,0 .01,0zm0,3a4,4 0 1,1 -.01,0z"),
    "moved": ("meet", "M-6,-1h8v-4l5,5l-5,5v-4h-8z"),
    "rescheduled": ("meet", "M0,-7l7,7l-7,7l-7,-7zm0,3.5l-3.5,3.5l3.5,3.5l3.5,-3.5z"),
    "proposed": ("meet", "M-7,-2h4v4h-4zM-2,-2h4v4h-4zM3,-2h4v4h-4z"),
    "call_list": ("gold", "M-5,-6l3,-1l2,4l-2,1q1,3 4,4l1,-2l4,2l-1,3q-10,1 -11,-11z"),
    "task": ("gold", "M-5,-5h10v10h-10zm2,2v6h6v-6z"),
    "parked": ("bad", "M-5,-6h3v12h-3zM2,-6h3v12h-3z"),
    "clicked": ("good", "M-4,-7l9,8h-5l3,6l-2,1l-3,-6l-2,4z"),
    "visited": ("good", "M-6,-5h12v10h-12zm1.5,3.5v5h9v-5z"),
    "ended": ("end", "M-1,-6h2v12h-2z"),
}
"""By kind of entry, its class and its sign, in the order of the legend."""

WIDTH = 14
"""Of a sign: what comes nearer stands below it, or is counted with it."""
_DIGIT = 7


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign at `x` for what happened there; lane 0 is the line of the row, the others are below it."""

    kind: str
    x: float
    lane: int
    entries: Sequence[Entry]

    @property
    def number(self) -> str:
        """How many it stands for; nothing for one."""
        return str(len(self.entries)) if len(self.entries) > 1 else ""


def is_drawn(entry: Entry) -> bool:
    """Whether a sign stands for it: not for mails to staff, nor for points, tags and the like."""
    return entry.kind in SIGNS and not (entry.kind == "mail" and entry.detail["to"] != "lead")


def marks_of(story: Sequence[Entry], x: Across) -> list[Mark]:
    """The signs of somebody's story, from left to right."""
    found: list[Mark] = []
    free: list[float] = []
    for at, entries in _together(story, x):
        kind, number = entries[0].kind, len(str(len(entries))) if len(entries) > 1 else 0
        lane = next((one for one, ends in enumerate(free) if ends <= at), len(free))
        free[lane : lane + 1] = [at + WIDTH + number * _DIGIT]
        found.append(Mark(kind, at, lane, entries))
    return found


def _together(story: Sequence[Entry], x: Across) -> list[tuple[float, list[Entry]]]:
    """Each place with what stands there: of one kind, and no further apart than a sign is wide."""
    groups: list[tuple[float, list[Entry]]] = []
    newest: dict[str, tuple[float, list[Entry]]] = {}
    for entry in filter(is_drawn, story):
        at, last = x(entry.at), newest.get(entry.kind)
        if last and at - last[0] < WIDTH:
            last[1].append(entry)
        else:
            newest[entry.kind] = (at, [entry])
            groups.append(newest[entry.kind])
    return sorted(groups, key=lambda group: group[0])
