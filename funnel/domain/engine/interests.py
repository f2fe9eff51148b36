"""What anything waits for: an event that touches none of it is kept without being decided."""

from collections.abc import Collection
from dataclasses import dataclass, field

from funnel.domain import events as on
from funnel.domain.engine.book import Book
from funnel.domain.engine.pages import READ_FOR, RETURNED, VISITED
from funnel.domain.tunnel.trigger import Trigger

Trace = on.EmailOpened | on.LinkClicked | on.PageVisited | on.PageLeft


@dataclass(frozen=True)
class Interests:
    """The triggers of every rule of points, of every scenario's entry, and of every step where somebody may stand."""

    triggers: Collection[Trigger] = field(default=frozenset())

    def meets(self, event: str, subject: str) -> bool:
        """Whether something waits for that."""
        return any(trigger.meets(event, subject) for trigger in self.triggers)

    def touches(self, event: Trace, *, engages: bool, doubts: bool) -> bool:
        """Whether an event may change anything of a lead, whom a followed link `engages` or not, with or without
        `doubts`: touches of hers of which nobody can say yet whether she made them."""
        match event:
            case on.PageVisited():
                returned = event.away is not None and self.meets(RETURNED, str(event.away))
                return returned or self.meets(VISITED, event.page)
            case on.PageLeft():
                return doubts and event.seconds >= READ_FOR
        if event.verdict != "human":
            return event.verdict == "unsure"  # it is kept in mind
        shows_her = isinstance(event, on.LinkClicked) and (doubts or engages)
        return shows_her or self.meets(event.touched, event.subject)


def interests_of(book: Book) -> Interests:
    """Those of a book; it must hold every version in which somebody still is."""
    found = {rule.trigger for rule in book.rules.rules if rule.trigger}
    for program in book.programs.values():
        found |= program.awaited
    entries = (book.newest(name) for name in book.current)
    found |= {program.scenario.starts_on for program in entries if program and program.scenario.starts_on}
    return Interests(frozenset(found))
