"""Stages and the hand-over to a rep: at most one handoff is offered or accepted."""

from collections.abc import Collection
from dataclasses import replace

from funnel.domain import effects as do
from funnel.domain.engine.profile import outside
from funnel.domain.engine.turn import Turn
from funnel.domain.lead import Handoff, Stage, is_further
from funnel.domain.model import in_language
from funnel.domain.scoring.rules import Threshold

DOSSIER = "house/dossier"
HANDED_OVER = "handed over"
"""Why her marketing mails do not leave."""


def reached(turn: Turn, threshold: Threshold) -> str:
    """Why she is handed over at a threshold."""
    return in_language(threshold.because, turn.book.company.locales[0]) or f"Reached {threshold.score} points"


def judge_again(turn: Turn) -> None:
    """What was learned of her may make her fit: then the highest threshold that she has passed hands her over."""
    if outside(turn):
        return
    check_qualified(turn)
    thresholds = turn.book.company.thresholds
    passed = [one for one in thresholds if one.hand_over and one.score <= turn.lead.score]
    if passed and not turn.lead.handoffs:
        hand_over_at(turn, max(passed, key=lambda one: one.score))


def progress(turn: Turn, stage: Stage) -> None:
    """Move the lead forward to a stage; never back. What she has come to so is no followed link's any more, but for
    what points have brought."""
    if turn.lead.engaged_by and stage != "qualified":
        turn.do(do.ChangeDetails({"engaged_by": None}))
    if is_further(stage, turn.lead.stage):
        turn.do(do.SetStage(stage))
        if stage in ("qualified", "customer"):
            turn.do(do.RecordFact(key=f"{turn.lead.id}/{stage}", kind=stage, at=turn.now))


def hand_over_at(turn: Turn, threshold: Threshold, *, team: str | None = None) -> None:
    """Hand her over at a threshold; of several with the same words, it rests on the lowest."""
    because = reached(turn, threshold)
    same = (one.score for one in turn.book.company.thresholds if one.hand_over and reached(turn, one) == because)
    hand_over(turn, because, team=team or threshold.team, score=min(same))


def hand_over(turn: Turn, because: str, *, team: str | None = None, score: int | None = None) -> None:
    """Hand her to a rep chosen by the team's load, or add the reason to the handoff there is; `score`: the threshold
    whose reason it is."""
    if turn.lead.handoff:
        add_reason(turn, because, score=score)
        return
    chosen = team or turn.book.company.teams[0].id
    turn.do(do.AssignRep(handoff=next_handoff(turn), team=chosen, because=because, score=score))


def next_handoff(turn: Turn) -> str:
    """The id of the handoff that comes next: the lead's id and a count."""
    return f"{turn.lead.id}-{len(turn.lead.handoffs) + 1}"


def offer(
    turn: Turn, handoff: str, rep: str, because: str, *, appointment: int | None = None, score: int | None = None
) -> None:
    """Offer her to a rep: dossier, facts, stage; her marketing mails stop (S130, S145)."""
    made = Handoff(handoff, rep, (because,), "offered", turn.now, _missing(turn), scores=_at(because, score))
    _give_to(turn, made, appointment)
    check_qualified(turn)


def offer_again(turn: Turn, handoff: Handoff) -> None:
    """Offer to the same rep what was withdrawn, for the same reasons."""
    _give_to(turn, replace(handoff, state="offered", return_reason=None, again_at=turn.now), None)


def withdraw(turn: Turn, handoff: Handoff, why: str) -> None:
    """Take an offer back that nobody has accepted; as a fact, the one of its being offered last is corrected."""
    turn.do(do.PutHandoff(replace(handoff, state="withdrawn", return_reason=why), turn.now))
    key = f"handoff/{handoff.id}/withdrawn/{turn.now.isoformat()}"
    turn.do(do.RecordFact(key=key, kind="withdrawn", at=turn.now, rep=handoff.rep, corrects=_offered(handoff)))


def add_reason(turn: Turn, because: str, *, appointment: int | None = None, score: int | None = None) -> bool:
    """Add a reason to the open handoff and send the dossier anew, unless it is on its way by what has happened just
    now: it tells every reason that there is when it is written. False when it is an old reason."""
    handoff = turn.lead.handoff
    if handoff is None:
        return False
    scores = {**_at(because, score), **handoff.scores}
    if because in handoff.because:
        if scores != handoff.scores:  # it had come from the one she is joined with, and is her own points' now
            turn.do(do.PutHandoff(replace(handoff, scores=scores), turn.now))
        return False
    more = replace(handoff, because=(*handoff.because, because), scores=scores)
    turn.do(do.PutHandoff(more, turn.now))
    on_its_way = any(isinstance(one, do.SendEmail) and one.message == DOSSIER for one in turn.effects)
    if not on_its_way:
        send_dossier(turn, more, appointment, f"/{turn.now.isoformat()}")  # a reason taken out brings a version back
    return True


def take_out(turn: Turn, handoff: Handoff, reasons: Collection[str]) -> None:
    """Some of its reasons are none any more; it stays as it is for the others."""
    left = tuple(one for one in handoff.because if one not in reasons)
    scores = {reason: score for reason, score in handoff.scores.items() if reason in left}
    turn.do(do.PutHandoff(replace(handoff, because=left, scores=scores), turn.now))


def send_dossier(turn: Turn, handoff: Handoff, appointment: int | None, anew: str = "") -> None:
    """The dossier to the handoff's rep, once a version, and `anew` where something else brings it; with the invitation
    where a booking caused it."""
    turn.do(
        do.SendEmail(
            cause=f"handoff/{handoff.id}/{handoff.version}{anew}",
            message=DOSSIER,
            kind="staff",
            at=turn.now,
            not_before=turn.now,
            recipient=f"user:{handoff.rep}",
            data={"handoff": handoff.id, "appointment": appointment},
        )
    )


def _give_to(turn: Turn, handoff: Handoff, appointment: int | None) -> None:
    turn.do(do.PutHandoff(handoff, turn.now))
    user = turn.book.company.user(handoff.rep)
    team = user.team if user else None
    turn.do(do.RecordFact(key=_offered(handoff), kind="handed_over", at=turn.now, rep=handoff.rep, team=team))
    turn.do(do.SkipQueued(HANDED_OVER, turn.now))
    send_dossier(turn, handoff, appointment, _anew(handoff))


def _offered(handoff: Handoff) -> str:
    """The key of the fact that tells of its being offered the last time."""
    return f"handoff/{handoff.id}/offered{_anew(handoff)}"


def _anew(handoff: Handoff) -> str:
    return f"/{handoff.again_at.isoformat()}" if handoff.again_at else ""


def check_qualified(turn: Turn) -> None:
    """Qualified is interest shown (handed over) *and* e-mail + telephone known (S125), also once a rep has accepted;
    who is outside the profile is not (S118)."""
    handoff = turn.lead.handoff
    if handoff is None:
        return
    missing = _missing(turn)
    if missing != handoff.missing:
        turn.do(do.PutHandoff(replace(handoff, missing=missing), turn.now))
        if not missing and turn.lead.stage == "accepted":
            turn.do(do.RecordFact(key=f"{turn.lead.id}/qualified", kind="qualified", at=turn.now))
    if not missing:
        progress(turn, "qualified")


def _at(because: str, score: int | None) -> dict[str, int]:
    """At which threshold a reason came, if it was one."""
    return {} if score is None else {because: score}


def _missing(turn: Turn) -> tuple[str, ...]:
    """What keeps her from being qualified: her telephone, her profile."""
    phone = () if turn.lead.phone else ("phone",)
    return (*phone, "profile") if outside(turn) else phone
