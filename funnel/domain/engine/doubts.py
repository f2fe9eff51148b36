"""Hand-overs that rest on points which are gone, for they were not hers: withdrawn, or flagged for their rep."""

from typing import NamedTuple

from funnel.domain import effects as do
from funnel.domain.engine.handing import reached, withdraw
from funnel.domain.engine.turn import Turn


class Doubt(NamedTuple):
    """Why points are gone that were not hers, and what is written of a hand-over that rests on them."""

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


def doubt_handoff(turn: Turn, before: int, doubt: Doubt) -> None:
    """A hand-over for nothing but points that are gone, of the `before`: withdrawn while nobody has accepted it, else
    flagged."""
    handoff = turn.lead.handoff
    if handoff is None:
        return
    gone = {
        reached(turn, one)
        for one in turn.book.company.thresholds
        if one.hand_over and turn.lead.score < one.score <= before
    }
    if not gone or not set(handoff.because) <= gone:
        return
    offered = handoff.state == "offered"
    if offered:
        withdraw(turn, handoff, doubt.because)
        if turn.lead.stage == "qualified":
            turn.do(do.SetStage("engaged"))
    task = f"{turn.lead.id}/doubted/{handoff.id}"
    turn.do(do.AddTask(task, doubt.withdrawn if offered else doubt.flagged, turn.now, rep=handoff.rep))
