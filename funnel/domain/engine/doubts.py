"""Hand-overs that rest on points which are gone, for they were not hers: withdrawn, or flagged for their rep; one of
several reasons is taken out."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from funnel.domain import effects as do
from funnel.domain.engine.handing import HANDED_OVER, reached, take_out, withdraw
from funnel.domain.engine.turn import Turn
from funnel.domain.lead import Handoff, Lead
from funnel.domain.scoring import ledger


class Doubt(NamedTuple):
    """Why is gone what was not hers, and what is written of a hand-over that rests on them."""

    because: str
    withdrawn: str
    flagged: str


MACHINE = Doubt(
    "A machine had clicked, not a person",
    "The points for this hand-over were a machine's: it is withdrawn",
    "The points for this hand-over were a machine's: ask before you rely on them",
)
ANOTHER = Doubt(
    "The browser was not hers",
    "The points for this hand-over were somebody else's: it is withdrawn",
    "The points for this hand-over were somebody else's: ask before you rely on them",
)
NOT_HERS = {doubt.because: doubt for doubt in (MACHINE, ANOTHER)}
"""What is told of points by why they are gone."""
REASON_GONE = "A reason for this hand-over is gone: "
"""What its rep is told of one of several; the reason follows."""
TWO = Doubt(
    "The two addresses are two people after all",
    "What brought this hand-over was the other address's, somebody else after all: it is withdrawn",
    "What brought this hand-over was the other address's, somebody else after all: ask before you rely on it",
)
"""For points, and for what the other one did or asked for."""

LATE = timedelta(hours=1)
"""What should have left longer ago than this, while she was handed over by mistake, stays unsent."""


def came_to(turn: Turn) -> int:
    """The highest that her score has been for the hand-over at stake: since it was offered, where it is not her first;
    without what was taken back."""
    again = _at_stake(turn.lead) if len(turn.lead.handoffs) > 1 else None
    return ledger.peak(turn.lead.entries, again.offered_at if again else None)


def own_reasons(turn: Turn, handoff: Handoff) -> set[str]:
    """The thresholds among its reasons that she has come to by points which nobody has taken back."""
    after = came_to(turn)
    passed = {reached(turn, one) for one in turn.book.company.thresholds if one.hand_over and one.score <= after}
    scores = handoff.scores
    return {one for one in handoff.because if (scores[one] <= after if one in scores else one in passed)}


def withdraw_wrong(turn: Turn, handoff: Handoff, doubt: Doubt) -> None:
    """Take an offer back that should never have been made, or let it never come back; the mails that it had stopped
    leave after all."""
    if handoff.open:
        withdraw(turn, handoff, doubt.because)
    else:
        turn.do(do.PutHandoff(replace(handoff, return_reason=doubt.because), turn.now))
    turn.do(do.QueueAgain(HANDED_OVER, turn.now - LATE))


def doubt_handoff(
    turn: Turn, before: int, doubt: Doubt, also: Collection[str] = (), *, lost: int | None = None
) -> None:
    """A hand-over for nothing but thresholds that she would not have come to without the points that are gone, or for
    what is `also` gone: withdrawn while nobody has accepted it, else flagged; where other reasons stand, such a
    threshold is taken out of them. One that is set aside while another lead stands for her never comes back, and its
    rep, who was told that it is withdrawn, hears nothing more. `before`: what she `came_to` with them, however much of
    it has faded since. `lost`: how many are gone, where some were written anew, later than what has faded beside
    them."""
    handoff = _at_stake(turn.lead)
    if handoff is None:
        return
    after = came_to(turn) if lost is None else max(came_to(turn), before - lost)
    goals = [one for one in turn.book.company.thresholds if one.hand_over]
    came_at = {reached(turn, one): one.score for one in goals if one.score <= before} | dict(handoff.scores)
    passed = {reason for reason, score in came_at.items() if after < score <= before}
    gone = passed - {reached(turn, one) for one in goals if one.score <= after}
    wrong = [one for one in handoff.because if one in gone or one in also]
    if len(wrong) < len(handoff.because):
        _take_out(turn, handoff, wrong)
        return
    if not wrong:
        return
    accepted = handoff.state == "accepted"
    if not accepted:
        withdraw_wrong(turn, handoff, doubt)
        if turn.lead.stage == "qualified":
            turn.do(do.SetStage("engaged"))
    if not handoff.open:
        return
    task = f"{turn.lead.id}/doubted/{handoff.id}"
    turn.do(do.AddTask(task, doubt.flagged if accepted else doubt.withdrawn, turn.now, rep=handoff.rep))


def _at_stake(lead: Lead) -> Handoff | None:
    return lead.handoff or lead.set_aside


def _take_out(turn: Turn, handoff: Handoff, wrong: Sequence[str]) -> None:
    if wrong:
        take_out(turn, handoff, wrong)
    for number, one in enumerate(wrong if handoff.open else ()):
        task = f"{turn.lead.id}/reason/{handoff.id}/{number}/{turn.now.isoformat()}"
        turn.do(do.AddTask(task, REASON_GONE + one, turn.now, rep=handoff.rep))
