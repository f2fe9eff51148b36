"""Two leads that are one person: what counts for whom while they are joined, and how they are parted again."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine.book import Book
from funnel.domain.engine.doubts import NOT_HERS, TWO, came_to, doubt_handoff, own_reasons, withdraw_wrong
from funnel.domain.engine.handing import (
    check_qualified,
    judge_again,
    next_handoff,
    offer_again,
    progress,
    withdraw,
)
from funnel.domain.engine.handoffs import offer_or_add
from funnel.domain.engine.mails import OTHER_IS_WRITTEN_TO
from funnel.domain.engine.meetings import hands_over
from funnel.domain.engine.points import come_to, give, restate, take_back
from funnel.domain.engine.profile import marked_outside
from funnel.domain.engine.touches import disengage, engage_by
from funnel.domain.engine.turn import Turn
from funnel.domain.engine.walk import pause, resume
from funnel.domain.lead import Lead, is_further, merge_source
from funnel.domain.scoring import ledger
from funnel.domain.scoring.ledger import Entry
from funnel.domain.scoring.rules import GROUPS, Group

SHARED = "Points of the other address"
ALREADY_HERS = "Is the same person as a lead whom you have accepted"
WITHDRAWN = "This lead was found to be the same person as another: the hand-over is withdrawn"
TWO_PEOPLE = "This lead and the one whom you have are two people after all: the hand-over is withdrawn"
"""What is written of it: in the ledger, in the hand-over, on the rep's desk."""
ACCEPTED_BY, WITH_ANOTHER = "the same person as a lead accepted by ", "the same person is with "
"""How the reason begins for one rep, and the task for the other, where two have the same person; who follows."""

_HERS = (
    on.FormSubmitted,
    on.PageVisited,
    on.PageLeft,
    on.PointsGiven,
    on.ReplyNoted,
    on.TagGiven,
    on.HandOffAsked,
    on.ScenarioStarted,
)
_TOUCHES = (on.EmailOpened, on.LinkClicked)


def whose(event: on.AnyEvent, lead: Lead) -> on.AnyEvent:
    """The event as it happens to the one who stands for both: a new form, a visit, a mail opened, a link followed. What
    is about the lead's own appointments, passes, links and refusals stays with her, for it hangs on her address."""
    if lead.merged_into is None:
        return event
    if isinstance(event, on.FormSubmitted):
        return replace(event, lead_id=lead.merged_into, created=False)
    if isinstance(event, _TOUCHES):  # the pass is the other one's: nothing of hers has waited for it
        return replace(event, lead_id=lead.merged_into, pass_number=None)
    if isinstance(event, on.QuestionnaireCompleted) and (event.submission or event.scenario is None):
        return replace(event, lead_id=lead.merged_into)
    return replace(event, lead_id=lead.merged_into) if isinstance(event, _HERS) else event


def shared(lead: Lead) -> dict[Group, int]:
    """The points by group that count for the one who stands for her."""
    return ledger.totals(lead.entries)


def share_points(before: Lead, after: Lead, now: datetime) -> on.PointsShared | None:
    """What the one who stands for her is told when she has other points than before."""
    if after.merged_into is None or before.merged_into is None or shared(before) == shared(after):
        return None
    gone = why_gone(after.entries[len(before.entries) :])
    return on.PointsShared(lead_id=after.merged_into, occurred_at=now, other=after.id, points=shared(after), gone=gone)


def why_gone(entries: Iterable[Entry]) -> str | None:
    """Why some points were not hers, if any of these entries takes such back."""
    return next((one.because for one in entries if one.counters and one.because in NOT_HERS), None)


def share_hand_overs(
    book: Book, after: Lead, happened: Iterable[on.AnyEvent], now: datetime
) -> list[on.HandOverShared]:
    """What the one who stands for her is told when she is to be handed over and no rep has accepted her by herself: a
    hand-over of hers could be answered nowhere."""
    if after.merged_into is None or after.handoff:
        return []
    told = on.HandOverShared(lead_id=after.merged_into, occurred_at=now, other=after.id, because="")
    found = []
    for event in happened:
        if isinstance(event, on.AppointmentBooked) and (because := hands_over(book, event)):
            found.append(replace(told, because=because, rep=event.rep, appointment=event.appointment))
        elif isinstance(event, on.RepAssigned):
            found.append(replace(told, because=event.because, rep=event.rep, score=event.score))
    return found


def share_engagement(before: Lead, after: Lead, now: datetime) -> on.EngagementUndone | None:
    """What the one who stands for her is told when links that had engaged her were followed by a machine."""
    standing = (after.engaged_by or "").split()
    gone = [one for one in (before.engaged_by or "").split() if one not in standing]
    if after.merged_into is None or not gone or (after.engaged_by is None and after.stage != "new"):
        return None
    return on.EngagementUndone(lead_id=after.merged_into, occurred_at=now, other=after.id, link=" ".join(gone))


def leads_merged(turn: Turn, event: on.LeadsMerged) -> None:
    """She stands for both from now on, or the other one does; twice changes nothing."""
    if event.stays:
        _take_over(turn, event)
    elif turn.lead.merged_into is None:
        _step_back(turn, event)


def leads_parted(turn: Turn, event: on.LeadsParted) -> None:
    """What had come to her goes again; what has come since, by whichever address, stays with her."""
    if not event.stays:
        if turn.lead.merged_into == event.other:
            _come_back(turn, event)
        return
    before = came_to(turn)
    take_back(turn, merge_source(event.other), TWO.because)
    handoff = turn.lead.handoff
    came = set(event.because) - (own_reasons(turn, handoff) if handoff else set())
    if ALREADY_HERS in came and event.rep:
        came.add(ACCEPTED_BY + event.rep)  # whoever has her by now
    if event.since:
        turn.do(do.FinishTask(_of_two_reps(turn, event.other, event.since), event.by, turn.now))
    if handoff and handoff.state == "offered" and came and set(handoff.because) <= came:
        withdraw_wrong(turn, handoff, TWO)
        _tell(turn, handoff.rep, TWO_PEOPLE, f"parted/{handoff.id}")
    else:
        doubt_handoff(turn, before, TWO, came)
    _fall_back(turn, event)


def points_shared(turn: Turn, event: on.PointsShared) -> None:
    """Her ledger holds what the other one has, in entries of its own by which it can be taken back. A hand-over that
    rests on what is `gone` is doubted like one by points of her own."""
    source, before, lost = merge_source(event.other), came_to(turn), 0
    for group in GROUPS:
        had = sum(one.points for one in turn.lead.entries if (one.source, one.group) == (source, group))
        has = event.points.get(group, 0)
        if event.gone and has < had:
            lost += had - has
            restate(turn, has, SHARED, gone=event.gone, source=source, group=group)
        elif has != had:
            give(turn, has - had, SHARED, source=source, group=group)
    if event.gone:
        doubt_handoff(turn, before, NOT_HERS[event.gone], lost=lost)


def hand_over_shared(turn: Turn, event: on.HandOverShared) -> None:
    """She is handed over for both, or has a rep already, who is told the reason."""
    if event.appointment:
        progress(turn, "engaged")
    offer_or_add(turn, next_handoff(turn), event.rep, event.because, event.score)
    check_qualified(turn)


def _take_over(turn: Turn, event: on.LeadsMerged) -> None:
    if event.engaged_by and (turn.lead.stage == "new" or turn.lead.engaged_by):
        engage_by(turn, event.engaged_by)
    if event.stage and is_further(event.stage, turn.lead.stage):
        turn.do(do.SetStage(event.stage))
    _hand_over(turn, event.rep, _reasons(turn, event.rep, event.because), event.scores)
    handoff = turn.lead.handoff
    if handoff and event.rep and ACCEPTED_BY + event.rep in handoff.because:
        task = _of_two_reps(turn, event.other, event.occurred_at)
        turn.do(do.AddTask(task, WITH_ANOTHER + handoff.rep, turn.now, rep=event.rep))
    shares = on.PointsShared(
        lead_id=turn.lead.id, occurred_at=event.occurred_at, other=event.other, points=event.points
    )
    points_shared(turn, shares)


def _of_two_reps(turn: Turn, other: int, at: datetime) -> str:
    """The task of the one that tells her of the other: done when the two are parted again."""
    return f"{turn.lead.id}/with/{other}/{at.isoformat()}"


def _fall_back(turn: Turn, event: on.LeadsParted) -> None:
    """What had engaged her by the other one goes with her, and the stage that had come so; what she has engaged herself
    by stays."""
    stage, herself, handoff = turn.lead.stage, turn.lead.engaged_by is None, turn.lead.handoff
    disengage(turn, event.engaged_by or "")
    accepted = stage == "accepted" and handoff is not None and handoff.state == "accepted"
    if event.was is None or stage != event.stage or accepted:
        return
    if event.was == "new":
        herself = herself and event.engaged_by is not None
    engaged = herself or bool(turn.lead.engaged_by)
    turn.do(do.SetStage(event.was if is_further(event.was, "engaged") else "engaged" if engaged else "new"))


def _step_back(turn: Turn, event: on.LeadsMerged) -> None:
    """Her passes stand still, but those about an appointment, which stays hers (`walk.note` lets one go on in which she
    books later); an offer is withdrawn and its rep told; what a rep has accepted stays with that rep."""
    turn.do(do.ChangeDetails({"merged_into": event.other}))
    for enrolment in [one for one in turn.lead.enrolments if one.runs and not one.about_appointment]:
        pause(turn, enrolment)
    turn.do(do.SkipQueued(OTHER_IS_WRITTEN_TO, turn.now))
    handoff = turn.lead.handoff
    if handoff and handoff.state == "offered":
        withdraw(turn, handoff, merge_source(event.other))
        _tell(turn, handoff.rep, WITHDRAWN, f"merged/{handoff.id}")
    turn.do(_fact(turn, "merged", corrects=f"{turn.lead.id}/lead_created"))


def _reasons(turn: Turn, rep: str | None, because: tuple[str, ...]) -> tuple[str, ...]:
    """What a rep's lead brings as reasons: to another rep, that this one has accepted the same person."""
    handoff = turn.lead.handoff
    if handoff is None or rep is None or handoff.rep == rep:
        return because
    return tuple(ACCEPTED_BY + rep if one == ALREADY_HERS else one for one in because)


def _hand_over(turn: Turn, rep: str | None, reasons: Iterable[str], scores: Mapping[str, int] | None = None) -> None:
    """Offer her to a rep for these reasons, or add them to the hand-over there is; `scores`: of thresholds."""
    if rep:
        for because in reasons:
            offer_or_add(turn, next_handoff(turn), rep, because, (scores or {}).get(because))


def _come_back(turn: Turn, event: on.LeadsParted) -> None:
    """She goes on from where she stood; what was withdrawn because of it is offered again, she is handed over for what
    would have done so meanwhile, and what happens at the thresholds that she has come to by herself happens now."""
    mine = turn.lead.set_aside
    turn.do(do.ChangeDetails({"merged_into": None}))
    for enrolment in [one for one in turn.lead.enrolments if one.state == "paused"]:
        resume(turn, enrolment)
    if mine and not turn.lead.handoff:
        offer_again(turn, mine)
    _hand_over(turn, event.rep, event.because)
    was_outside = marked_outside(turn)
    if event.since:
        come_to(turn, event.since)
    if was_outside:
        judge_again(turn)
    turn.do(_fact(turn, "parted"))


def _tell(turn: Turn, rep: str, text: str, about: str) -> None:
    turn.do(do.AddTask(f"{turn.lead.id}/{about}/{turn.now.isoformat()}", text, turn.now, rep=rep))


def _fact(turn: Turn, kind: str, corrects: str | None = None) -> do.RecordFact:
    key = f"{turn.lead.id}/{kind}/{turn.now.isoformat()}"
    return do.RecordFact(key=key, kind=kind, at=turn.now, corrects=corrects)
