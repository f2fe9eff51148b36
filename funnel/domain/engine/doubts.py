"""Hand-overs that rest on points which are gone, for a machine had clicked: withdrawn, or flagged for their rep."""

from funnel.domain import effects as do
from funnel.domain.engine.handing import reached, withdraw
from funnel.domain.engine.turn import Turn

MACHINES = "A machine had clicked, not a person"
WITHDRAWN = "The points for this hand-over were a machine's: it is withdrawn"
FLAGGED = "The points for this hand-over were a machine's: ask before you rely on them"
"""What is written of it, in the ledger and on the rep's desk."""


def doubt_handoff(turn: Turn, before: int) -> None:
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
        withdraw(turn, handoff)
        if turn.lead.stage == "qualified":
            turn.do(do.SetStage("engaged"))
    task = f"{turn.lead.id}/doubted/{handoff.id}"
    turn.do(do.AddTask(task, WITHDRAWN if offered else FLAGGED, turn.now, rep=handoff.rep))
