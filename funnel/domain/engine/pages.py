"""Pages that she looked at: what a visit brings about, and what is taken back when the browser was not hers."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine.doubts import ANOTHER, came_to, doubt_handoff
from funnel.domain.engine.entry import happen
from funnel.domain.engine.points import earn, earn_again, take_back
from funnel.domain.engine.touches import seen_in_person
from funnel.domain.engine.turn import Turn
from funnel.domain.engine.walk import may_wait_for, note
from funnel.domain.lead import Occurrence
from funnel.domain.scoring import ledger
from funnel.domain.scoring.ledger import Entry

VISITED, RETURNED = "page.visited", "visit.returned"

RECENT = timedelta(hours=24)
"""A visit that is told later than this gives its points, and starts nothing any more."""

READ_FOR = 5
"""Seconds on a page after which a person has read it."""


def page_visited(turn: Turn, event: on.PageVisited) -> None:
    """Count it, where she has agreed to that."""
    if not turn.lead.watched or event.key is None:
        return
    _happen(turn, event, VISITED, event.page, event.key)
    if event.away is not None:
        _happen(turn, event, RETURNED, str(event.away), event.key)


def page_left(turn: Turn, event: on.PageLeft) -> None:
    """Who reads is a person: what was open or followed within the last day was hers too."""
    if turn.lead.watched and event.seconds >= READ_FOR:
        seen_in_person(turn)


def visitor_parted(turn: Turn, event: on.VisitorParted) -> None:
    """Take back what came of the visits of a browser that was not hers, and give what they had kept hers from giving;
    where they have led her already, she stays. A hand-over that rests on their points is withdrawn, or flagged."""
    before = came_to(turn)
    lost = [one for one in ledger.standing(turn.lead.entries) if one.rule and one.source in event.visits]
    written = len(turn.lead.entries)
    for visit in event.visits:
        take_back(turn, visit, ANOTHER.because)
    for key, page, at in event.stay if lost and turn.lead.watched else ():
        earn_again(turn, VISITED, page, key, at, lost)
    for enrolment in turn.lead.enrolments:
        gone = [o for o in enrolment.happened if o.key in event.visits and not o.used]
        if enrolment.runs and gone:
            turn.do(do.PutEnrolment(enrolment.without(gone)))
    doubt_handoff(turn, before, ANOTHER, lost=_not_hers(lost, turn.lead.entries[written:]))


def _not_hers(lost: Iterable[Entry], written: Iterable[Entry]) -> int:
    """How many points, as they were given, stay lost once others of hers were written in the place of some."""
    again = Counter(one.rule for one in written if one.kind == "earned")
    left = 0
    for one in lost:
        if again[one.rule]:
            again[one.rule] -= 1
        else:
            left += one.points
    return left


def _happen(turn: Turn, event: on.PageVisited, kind: str, subject: str, source: str) -> None:
    for enrolment in [one for one in turn.lead.enrolments if one.runs and one.began_at <= event.occurred_at]:
        if may_wait_for(turn, enrolment, kind, subject):
            note(turn, enrolment, Occurrence(kind, subject, event.occurred_at, key=source))
    if turn.now - event.occurred_at < RECENT:
        happen(turn, kind, subject, source, happened_at=event.occurred_at)
    else:
        earn(turn, kind, subject, source, event.occurred_at)
