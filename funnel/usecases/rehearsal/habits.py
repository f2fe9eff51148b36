"""How people of a rehearsal behave: what each does, so long after what; the same for everybody who behaves so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from funnel.authoring.bundle import Bundle
from funnel.domain.company import KEPT_AS, Company
from funnel.domain.tunnel.expectation import Behaviour, Expectation
from funnel.domain.tunnel.trigger import trigger_of

Trigger = Literal[
    "form", "results", "mail", "marketing", "gift", "asked", "asked_again", "proposal", "booked", "missed", "new_times",
    "new_times_again", "to_confirm",
]  # fmt: skip
"""Her form was sent, or, where an opening, a click or a visit starts the scenario, she is known · she has answered, by
the form or by a mail's link, and the page of her results is before her · a first mail left to her · a first marketing
mail · a first one with the link to a file · a first one with the link to a questionnaire · a further one · a first mail
that proposes an appointment · an appointment was booked · it was marked missed · a mail proposes times in place of the
missed one · a further mail does · a mail asks her to confirm what she ticked."""

Deed = Literal[
    "prove", "book", "cancel", "unsubscribe", "fill_in_again", "move", "reschedule", "correct", "answer", "download",
    "open", "click", "visit", "scan", "confirm",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does, so long after what; an act happens once, or `each` time."""

    after: Trigger
    delay: timedelta
    do: Deed
    each: bool = False


_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)

_MISSES = Act("proposal", 26 * _HOUR, "book")

BEHAVIOURS: Mapping[Behaviour, tuple[Act, ...]] = {
    "reads": (Act("mail", 2 * _HOUR, "prove"),),
    "ignores": (),
    "declines": (Act("mail", 3 * _HOUR, "prove"),),
    "books": (Act("mail", _HOUR, "prove"), Act("proposal", 5 * _HOUR, "book")),
    "books_at_once": (Act("results", timedelta(minutes=10), "book"),),
    "cancels": (Act("proposal", 4 * _HOUR, "book"), Act("booked", 6 * _HOUR, "cancel")),
    "misses": (Act("proposal", 26 * _HOUR, "book"),),
    "returns": (Act("form", 9 * _DAY, "fill_in_again"), Act("form", 9 * _DAY + _HOUR, "book")),
    "moves": (Act("form", 3 * _DAY, "move"), Act("proposal", 2 * _DAY, "book")),
    "unsubscribes": (Act("marketing", _HOUR, "unsubscribe"),),
    "rebooks": (_MISSES, Act("new_times", 5 * _HOUR, "book", each=True)),
    "misses_again": (_MISSES, Act("new_times", 7 * _HOUR, "book", each=True)),
    "reschedules": (Act("proposal", 4 * _HOUR, "book"), Act("booked", 6 * _HOUR, "reschedule")),
    "attends": (Act("proposal", 5 * _HOUR, "book"),),
    "rebooks_late": (_MISSES, Act("new_times_again", 3 * _HOUR, "book", each=True)),
    "mark_corrected": (_MISSES, Act("missed", 3 * _HOUR, "correct")),
    "answers": (Act("asked", 4 * _HOUR, "answer"),),
    "answers_late": (Act("asked_again", 5 * _HOUR, "answer"),),
}

_CLICKS = Act("mail", 3 * _HOUR, "click", each=True)
_VISITS = Act("mail", 26 * _HOUR, "visit", each=True)

TOUCHING: Mapping[Behaviour, tuple[Act, ...]] = {
    "opens": (Act("mail", 2 * _HOUR, "open", each=True),),
    "clicks": (_CLICKS,),
    "visits": (_VISITS,),
    "comes_back": (Act("form", _HOUR, "visit"), Act("form", 22 * _DAY, "visit"), Act("form", 60 * _DAY, "visit")),
    "scanned": (
        Act("mail", timedelta(seconds=1), "scan", each=True), Act("mail", _HOUR, "scan", each=True),
    ),
}  # fmt: skip
"""Who opens mails, follows links, looks at pages, and no more: a crowd has them where the scenario waits for it."""

TOUCHES: frozenset[Deed] = frozenset(("open", "click", "visit", "scan"))

_CONFIRMS = Act("to_confirm", timedelta(minutes=5), "confirm", each=True)
_LOADS = Act("gift", timedelta(minutes=20), "download")
_ANSWERS = Act("asked", 3 * _HOUR, "answer")
_ALL = {**BEHAVIOURS, **TOUCHING}


def acts_of(behaves: Behaviour, *, listens: bool = False) -> list[Act]:
    """What somebody does who behaves so: who books answers first what a mail asks, and all but those who do nothing
    load the file and confirm what they ticked. Where the scenario `listens`, who answers or books follows links and
    looks at pages too."""
    acts = list(_ALL[behaves])
    if any(act.do == "book" for act in acts):
        acts.insert(0, _ANSWERS)
    if listens and any(act.do in ("answer", "book") for act in acts):
        acts += [_CLICKS, _VISITS]
    return acts if behaves in ("ignores", "scanned") else [_CONFIRMS, _LOADS, *acts]


def as_expected(acts: Sequence[Act], expected: Expectation) -> list[Act]:
    """The same, with the links and the pages that are expected of her, or without any; and what she ticked confirmed
    or not, where that is said."""
    if expected.confirms is not None:
        acts = [*([_CONFIRMS] if expected.confirms else []), *(one for one in acts if one != _CONFIRMS)]
    for act, wanted in ((_CLICKS, expected.clicks), (_VISITS, expected.visits)):
        if wanted == []:
            acts = [one for one in acts if one.do != act.do]
        elif wanted and all(one.do != act.do for one in acts):
            acts = [*acts, act]
    return list(acts)


def listens(bundle: Bundle, company: Company) -> bool:
    """Whether a scenario waits for mails opened, links followed or pages visited; or for points, or a segment, where
    such things give points."""
    waits = {one.event for one in bundle.program.awaited}
    if bundle.scenario.starts_on is not None:
        waits.add(bundle.scenario.starts_on.event)
    if waits & KEPT_AS.keys():
        return True
    rules = company.scoring.rules if waits & _BY_POINTS else ()
    return any(rule.on is not None and trigger_of(rule.on).event in KEPT_AS for rule in rules)


def started_by_touch(bundle: Bundle) -> bool:
    """Whether a mail opened, a link followed or a page visited starts the scenario."""
    starts = bundle.scenario.starts_on
    return bundle.scenario.form is None and starts is not None and starts.event in KEPT_AS


_BY_POINTS = frozenset(("score.reached", "segment.entered", "segment.left"))
_AFTER_MISSED: Sequence[Behaviour] = (
    "rebooks", "ignores", "rebooks_late", "misses_again", "rebooks", "mark_corrected",
)  # fmt: skip
_AFTER_HELD: Sequence[Behaviour] = ("attends", "reschedules", "misses", "attends", "cancels", "unsubscribes")


_AFTER_TOUCH: Sequence[Behaviour] = (
    "books", "clicks", "ignores", "visits", "scanned", "attends", "opens", "declines", "unsubscribes", "comes_back",
)  # fmt: skip


def behaviours_of(bundle: Bundle, company: Company) -> Sequence[Behaviour]:
    """How a crowd behaves, one after the other: by a form in every way, else as the event makes likely."""
    if bundle.scenario.form is not None:
        return tuple(_ALL if listens(bundle, company) else BEHAVIOURS)
    if started_by_touch(bundle):
        return _AFTER_TOUCH
    starts = bundle.scenario.starts_on
    return _AFTER_MISSED if starts and starts.event == "appointment.missed" else _AFTER_HELD
