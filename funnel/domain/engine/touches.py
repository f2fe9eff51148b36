"""Mails opened, links followed and files loaded: what a person's brings about, what waits for a sign of one, what is
taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine.doubts import MACHINE, came_to, doubt_handoff
from funnel.domain.engine.entry import happen
from funnel.domain.engine.forms import has_file
from funnel.domain.engine.handing import progress
from funnel.domain.engine.led_on import unmeet
from funnel.domain.engine.points import earn, take_back
from funnel.domain.engine.reviews import BY, DOUBT, earning, plan_review, since
from funnel.domain.engine.turn import Turn
from funnel.domain.engine.walk import may_wait_for, note
from funnel.domain.lead import Occurrence

FILE: on.Touched = "asset.downloaded"

MOST_LINKS = 20
"""Followed links that are kept in mind as what engages her; whom more than these have engaged is so for good."""


@dataclass(frozen=True, slots=True)
class _Touch:
    """What was opened, followed or loaded, in which pass; `key` is the event's."""

    key: str
    touched: on.Touched
    subject: str
    scenario: str
    pass_number: int | None


def touched(turn: Turn, event: on.EmailOpened | on.LinkClicked) -> None:
    """Count a person's; keep in mind what nobody can call; a machine's does nothing at all."""
    if not turn.lead.watched or event.key is None or event.verdict == "machine":
        return
    scenario = event.message.partition("/")[0]
    one = _Touch(event.key, event.touched, event.subject, scenario, event.pass_number)
    if event.verdict == "unsure":
        _wonder(turn, one)
        return
    _count(turn, one)
    if isinstance(event, on.LinkClicked):
        seen_in_person(turn, event.key)


def downloaded(turn: Turn, event: on.AssetDownloaded) -> None:
    """Count a file that a person loads: it was asked for, so her consent to be watched is not needed; keep in mind what
    nobody can call; a machine's does nothing at all."""
    one = _Touch(event.key or "", FILE, event.asset, event.scenario, event.pass_number)
    if event.verdict == "human":
        _count(turn, one)
    elif event.verdict == "unsure":
        _wonder(turn, one)


def verdict_revised(turn: Turn, event: on.VerdictRevised) -> None:
    """Bring about what did not come about, or take back what did: the points, a hand-over that rests on them, and her
    way past a step that waited for it; and the same of what it alone had vouched for."""
    if not turn.lead.watched:
        return
    scenario = event.message.partition("/")[0]
    one = _Touch(event.of, event.touched, event.subject, scenario, event.pass_number)
    _settle(turn, [event.of])
    if event.verdict == "human":
        _count(turn, one)
        if event.touched == "link.clicked":
            seen_in_person(turn, event.of)
        return
    before = came_to(turn)
    gone = [one, *_vouched_for(turn, event.of)]
    for each in gone:
        take_back(turn, each.key, MACHINE.because)
        unmeet(turn, turn.lead.enrolment(each.scenario, each.pass_number or 0), each.key)
    doubt_handoff(turn, before, MACHINE)
    for each in gone:
        disengage(turn, each.key)
    if event.verdict == "unsure":
        _wonder(turn, one)


def seen_in_person(turn: Turn, click: str = "") -> None:
    """She did what only a person does: what was open or followed within the last day was hers too. What a `click`
    vouches for is kept in mind for as long: it may turn out to be a machine's itself."""
    known = {
        key: one for key, one in turn.lead.unsure.items() if turn.now - since(one) < DOUBT and _may_count(turn, one)
    }
    if turn.lead.unsure:
        vouched = {key: {**one, BY: f"{one.get(BY, '')} {click}".strip()} for key, one in known.items()}
        turn.do(do.ChangeDetails({"unsure": vouched if click else {}}))
    for key, one in known.items():
        if BY not in one:
            _count(turn, _read(key, one))


def _vouched_for(turn: Turn, click: str) -> list[_Touch]:
    """What nothing but this click had vouched for: nobody can say any more whose it is."""
    by = {key: one[BY].split() for key, one in turn.lead.unsure.items() if click in one.get(BY, "").split()}
    if not by:
        return []
    kept = dict(turn.lead.unsure)
    for key, clicks in by.items():
        others = " ".join(one for one in clicks if one != click)
        without = {name: said for name, said in kept[key].items() if name != BY}
        kept[key] = {**without, BY: others} if others else without
    turn.do(do.ChangeDetails({"unsure": kept}))
    plan_review(turn)
    return [_read(key, kept[key]) for key in by if BY not in kept[key]]


def disengage(turn: Turn, links: str) -> None:
    """These followed links (by their keys) were no person's: who is engaged by nothing else is new again."""
    known = (turn.lead.engaged_by or "").split()
    left = [one for one in known if one not in links.split()]
    if left != known:
        turn.do(do.ChangeDetails({"engaged_by": " ".join(left) or None}))
        if not left and turn.lead.stage == "engaged":
            turn.do(do.SetStage("new"))


def ripen(turn: Turn) -> None:
    """A day has gone by without a sign of her: it is forgotten, or earns its points where the company has it so."""
    over = {key: one for key, one in turn.lead.unsure.items() if turn.now - since(one) >= DOUBT}
    _settle(turn, list(over))
    if turn.book.company.tracking.unsure_earns == "points":
        for key, one in earning(over).items():
            if _may_count(turn, one):
                earn(turn, one["touched"], one["subject"], key)


def unwatched(turn: Turn) -> None:
    """She has withdrawn her consent: what is not settled never will be."""
    _settle(turn, [key for key, one in turn.lead.unsure.items() if not _may_count(turn, one)])


def _may_count(turn: Turn, one: Mapping[str, str]) -> bool:
    return one["touched"] == FILE or turn.lead.watched


def _count(turn: Turn, one: _Touch) -> None:
    if one.touched == FILE:
        has_file(turn, one.subject, one.scenario, one.pass_number or 0)
        return
    if one.touched == "link.clicked":
        _engage(turn, one.key)
    enrolment = turn.lead.enrolment(one.scenario, one.pass_number or 0)
    if enrolment and enrolment.runs and may_wait_for(turn, enrolment, one.touched, one.subject):
        note(turn, enrolment, Occurrence(one.touched, one.subject, turn.now, key=one.key))
    happen(turn, one.touched, one.subject, one.key)


def _engage(turn: Turn, key: str) -> None:
    """A link followed engages her, as long as one stands that she has followed, until she does what no machine does."""
    if turn.lead.stage == "new" or turn.lead.engaged_by:
        engage_by(turn, key)


def engage_by(turn: Turn, links: str) -> None:
    """She is engaged by these too, or by so many that nobody asks any more."""
    known = dict.fromkeys(f"{turn.lead.engaged_by or ''} {links}".split())
    progress(turn, "engaged")
    turn.do(do.ChangeDetails({"engaged_by": " ".join(known) if len(known) <= MOST_LINKS else None}))


def _wonder(turn: Turn, one: _Touch) -> None:
    kept = {key: known for key, known in turn.lead.unsure.items() if turn.now - since(known) < DOUBT}
    kept[one.key] = {
        "touched": one.touched,
        "subject": one.subject,
        "scenario": one.scenario,
        "pass": str(one.pass_number or 0),
        "at": turn.now.isoformat(),
        "earns": turn.book.company.tracking.unsure_earns,
    }
    turn.do(do.ChangeDetails({"unsure": kept}))
    plan_review(turn)


def _settle(turn: Turn, keys: list[str]) -> None:
    if any(key in turn.lead.unsure for key in keys):
        left = {key: one for key, one in turn.lead.unsure.items() if key not in keys}
        turn.do(do.ChangeDetails({"unsure": left}))


def _read(key: str, one: Mapping[str, str]) -> _Touch:
    [what] = [known for known in get_args(on.Touched) if known == one["touched"]]
    return _Touch(key, what, one["subject"], one["scenario"], int(one["pass"]) or None)
