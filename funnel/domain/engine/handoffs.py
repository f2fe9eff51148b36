"""What becomes of a hand-over: a rep is chosen, accepts or gives back; a marketer's click asks for one (S87)."""

from dataclasses import replace

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine.handing import add_reason, hand_over, offer, progress
from funnel.domain.engine.turn import Turn

TAKEN = "A colleague has accepted this lead, who was offered to you"
"""The task that tells the rep who was slower."""
NO_REP = "No rep could take this lead: "
"""How the task begins that tells of it; the reason of the hand-over follows."""


def rep_assigned(turn: Turn, event: on.RepAssigned) -> None:
    """The rep is chosen: offer, or add the reason where a handoff was made meanwhile. Nobody to choose: a task says so,
    for a lead who is ready is never let fall. Of who is joined with another lead, only that one is offered."""
    if turn.lead.handoff or turn.lead.merged_into is None:
        offer_or_add(turn, event.handoff, event.rep, event.because, event.score)


def offer_or_add(turn: Turn, handoff: str, rep: str | None, because: str, score: int | None = None) -> None:
    """Offer her to a rep under a new id, add the reason to the hand-over there is, or tell that there is no rep."""
    if turn.lead.handoff:
        add_reason(turn, because, score=score)
    elif rep is None:
        turn.do(do.AddTask(f"{turn.lead.id}/no_rep/{handoff}", NO_REP + because, turn.now))
    elif not any(h.id == handoff for h in turn.lead.handoffs):
        offer(turn, handoff, rep, because, score=score)


def hand_off_asked(turn: Turn, event: on.HandOffAsked) -> None:
    """A marketer's click (S87)."""
    hand_over(turn, event.because, team=event.team)


def handoff_accepted(turn: Turn, event: on.HandoffAccepted) -> None:
    """The first acceptance wins; a second changes nothing, and its use case says who was first. What a rep who has
    left had accepted is taken over."""
    handoff = next((h for h in turn.lead.handoffs if h.id == event.handoff), None)
    if handoff is None or not handoff.open:
        return
    if handoff.state == "accepted" and turn.book.company.user(handoff.rep):
        return
    turn.do(do.PutHandoff(replace(handoff, state="accepted", rep=event.by), turn.now))
    if handoff.state == "offered" and handoff.rep != event.by and turn.book.company.user(handoff.rep):
        turn.do(do.AddTask(f"{turn.lead.id}/taken/{handoff.id}", TAKEN, turn.now, rep=handoff.rep))
    key = f"handoff/{handoff.id}/accepted/{event.by}"
    turn.do(do.RecordFact(key=key, kind="accepted", at=turn.now, rep=event.by))
    progress(turn, "accepted")


def handoff_returned(turn: Turn, event: on.HandoffReturned) -> None:
    """Given back, never without a reason; her marketing mails may go again, or she is no prospect at all."""
    handoff = next((h for h in turn.lead.handoffs if h.id == event.handoff), None)
    if handoff is None or not handoff.open or not event.reason.strip():
        return
    turn.do(do.PutHandoff(replace(handoff, state="returned", return_reason=event.reason), turn.now))
    turn.do(do.RecordFact(key=f"handoff/{handoff.id}/returned", kind="returned", at=turn.now, rep=event.by))
    turn.do(do.SetStage("disqualified" if event.disqualified else "engaged"))
