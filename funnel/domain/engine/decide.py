"""`decide`: the one pure function behind the door. An event and a snapshot in, effects out."""

from datetime import datetime

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine import (
    calls,
    erasing,
    forms,
    handoffs,
    led_on,
    meetings,
    merging,
    moving,
    pages,
    points,
    segments,
    suggestions,
    touches,
)
from funnel.domain.engine.book import Book
from funnel.domain.engine.handing import check_qualified, judge_again, progress
from funnel.domain.engine.mails import ADDRESS_CORRECTED
from funnel.domain.engine.profile import marked_outside
from funnel.domain.engine.trying_again import go_on
from funnel.domain.engine.turn import Turn
from funnel.domain.engine.walk import begin, end, mail_left, park, time_out
from funnel.domain.lead import Lead, about_mails


def decide(book: Book, lead: Lead, event: on.AnyEvent, now: datetime) -> list[do.Effect]:
    """What is to be done because of an event, recorded at `now` (business time, aware UTC)."""
    return take_turn(book, lead, event, now).effects


def take_turn(book: Book, lead: Lead, event: on.AnyEvent, now: datetime) -> Turn:
    """The whole turn of an event: its effects, and the lead as they leave her, folded once.

    Effects that call for a further decision (a threshold crossed, a scenario started) are folded in the same call;
    what lies outside the lead (a rep's load, a slot) is asked for by an effect and comes back as an event.
    """
    turn = Turn(book, lead, now)
    match event:
        case on.StepDue():
            _step_due(turn, event)
        case on.StepTriedAgain():
            _step_tried_again(turn, event)
        case on.EmailLeft():
            _email_left(turn, event)
        case on.FormSubmitted():
            forms.form_submitted(turn, event)
        case on.QuestionnaireCompleted():
            forms.questionnaire_completed(turn, event)
        case on.SlotChosen() if event.moves is not None:
            moving.slot_chosen(turn, event)
        case on.SlotChosen():
            meetings.slot_chosen(turn, event)
        case on.SlotWanted():
            meetings.slot_wanted(turn, event)
        case on.AppointmentBooked():
            meetings.appointment_booked(turn, event)
        case on.AppointmentAsked():
            meetings.appointment_asked(turn, event)
        case on.AppointmentMoved():
            moving.appointment_moved(turn, event)
        case on.OtherTimeAsked():
            moving.other_time_asked(turn, event)
        case on.AppointmentCancelled():
            meetings.appointment_cancelled(turn, event)
        case on.AppointmentHeld() | on.AppointmentMissed():
            meetings.appointment_marked(turn, event)
        case on.RepAssigned():
            handoffs.rep_assigned(turn, event)
        case on.HandOffAsked():
            handoffs.hand_off_asked(turn, event)
        case on.HandoffAccepted():
            handoffs.handoff_accepted(turn, event)
        case on.HandoffReturned():
            handoffs.handoff_returned(turn, event)
        case on.ScenarioStarted():
            _scenario_started(turn, event)
        case on.EmailProven():
            forms.email_proven(turn, event)
        case on.EmailCorrected():
            _email_corrected(turn, event)
        case on.DetailsChanged():
            _details_changed(turn, event)
        case on.TaskDone():
            calls.tick_off(turn, event.task, event.by)
        case on.CallMade():
            calls.call_made(turn, event)
        case on.ReplyNoted():
            progress(turn, "engaged")
        case on.TagGiven():
            if event.tag not in turn.lead.tags:
                turn.do(do.AddTag(event.tag, now))
        case on.TagTaken():
            if event.tag in turn.lead.tags:
                turn.do(do.RemoveTag(event.tag))
        case on.Unsubscribed():
            _unsubscribed(turn, event)
        case on.ConsentChanged():
            _consent_changed(turn, event)
        case on.ErasureAsked():
            erasing.erasure_asked(turn, event)
        case on.PaceChosen():
            if turn.lead.slow != event.slow:
                turn.do(do.ChangeDetails({"slow": event.slow}))
        case on.PointsGiven():
            points.give(turn, event.points, event.because)
        case on.ScoreReviewed():
            touches.ripen(turn)
            points.fade(turn)
        case on.SegmentEntered() | on.SegmentLeft():
            segments.segment_told(turn, event)
        case on.SuggestionAnswered():
            suggestions.suggestion_answered(turn, event)
        case on.SuggestionMade() | on.SuggestionEnded():
            pass  # told to the staff; the decision that it results from has written it
        case on.ScoreReached():
            segments.score_told(turn, event)
        case on.SlotTaken():
            meetings.slot_taken(turn, event)
        case on.SlotHeld() | on.SlotsHeld():
            pass  # told to whoever chose it, or written in a mail; nothing of the lead has changed
        case on.AssetDownloaded():
            touches.downloaded(turn, event)
        case on.AssetAsked():
            forms.asset_asked(turn, event)
        case on.WebinarAttended() | on.WebinarMissed():
            forms.webinar_told(turn, event)
        case on.EmailOpened() | on.LinkClicked():
            touches.touched(turn, event)
        case on.VerdictRevised():
            touches.verdict_revised(turn, event)
        case on.StepRevised():
            led_on.step_revised(turn, event)
        case on.LeadsMerged():
            merging.leads_merged(turn, event)
        case on.LeadsParted():
            merging.leads_parted(turn, event)
        case on.PointsShared():
            merging.points_shared(turn, event)
        case on.HandOverShared():
            merging.hand_over_shared(turn, event)
        case on.EngagementUndone():
            touches.disengage(turn, event.link)
        case on.PageVisited():
            pages.page_visited(turn, event)
        case on.PageLeft():
            pages.page_left(turn, event)
        case on.VisitorJoined():
            pass  # its visits follow, each as an event of its own
        case on.VisitorParted():
            pages.visitor_parted(turn, event)
    if turn.lead.unsure and _by_herself(event):
        touches.seen_in_person(turn)
    if marked_outside(turn) and isinstance(event, _TELLS_MORE):
        if turn.lead.merged_into is None:
            judge_again(turn)
        else:  # only who stands for her comes to thresholds
            check_qualified(turn)
    _leave(turn, lead)
    if not any(isinstance(effect, do.ReviseStep) for effect in turn.effects):  # more is taken back by what answers it
        anew = isinstance(event, _JUDGES_ANEW)
        points.judge_standing(turn, anew=anew)
        segments.judge_segments(turn, anew=anew)
        suggestions.judge_suggestions(turn, anew=anew)
    return turn


_JUDGES_ANEW = (on.ScoreReviewed, on.SegmentEntered, on.SegmentLeft, on.LeadsParted, on.StepRevised)
"""Events after which points for what she is, and segments, may be others though nothing of her has changed by them."""


_TELLS_MORE = (on.FormSubmitted, on.QuestionnaireCompleted, on.DetailsChanged, on.TagGiven, on.TagTaken)
"""Events by which somebody may come to fit a profile."""


def _by_herself(event: on.AnyEvent) -> bool:
    """Whether only a person does this: no machine that opens links sends a form, or writes back."""
    by_her = isinstance(event, on.SlotChosen) and event.by == "lead"
    return by_her or isinstance(event, (on.FormSubmitted, on.QuestionnaireCompleted, on.ReplyNoted))


def _step_due(turn: Turn, event: on.StepDue) -> None:
    """Only for the very place and instant it was claimed for: what moved on meanwhile is left alone."""
    enrolment = turn.lead.enrolment(event.scenario, event.pass_number)
    if enrolment is None or enrolment.state not in ("waiting", "awaiting"):
        return
    if (enrolment.step, enrolment.due_at) == (event.step, event.due_at) and event.due_at <= turn.now:
        time_out(turn, enrolment, event.due_at)


def _step_tried_again(turn: Turn, event: on.StepTriedAgain) -> None:
    """Only while she is parked: whoever is second changes nothing."""
    enrolment = turn.lead.enrolment(event.scenario, event.pass_number)
    if enrolment and enrolment.state == "parked":
        go_on(turn, enrolment)


def _email_left(turn: Turn, event: on.EmailLeft) -> None:
    """A mail that cannot be written stops her where she stands, until a person tries again: what comes after it would
    speak of what she never got."""
    enrolment = turn.lead.enrolment(event.scenario, event.pass_number)
    if enrolment is None:
        return
    if event.unwritable is None:
        mail_left(turn, enrolment, event.cause, event.occurred_at)
    elif enrolment.state in ("waiting", "awaiting"):
        park(turn, enrolment, event.unwritable)


def _scenario_started(turn: Turn, event: on.ScenarioStarted) -> None:
    program = turn.book.newest(event.scenario)
    if program and not any(e.runs and e.scenario == program.name for e in turn.lead.enrolments):
        begin(turn, program, ())


def _email_corrected(turn: Turn, event: on.EmailCorrected) -> None:
    """Another address by the browser that sent the form: what she has asked for is sent there."""
    if turn.lead.email_proven or event.email == turn.lead.email:
        return
    if event.elsewhere:
        enrolment = turn.lead.enrolment(event.scenario, event.pass_number)
        if enrolment and enrolment.runs:
            end(turn, enrolment, "address_corrected")
        turn.do(do.SkipQueued(ADDRESS_CORRECTED, turn.now))
        meetings.address_given_elsewhere(turn)
        return
    turn.do(do.ChangeDetails({"email": event.email, "generation": turn.lead.generation + 1}))
    forms.address_corrected(turn, event)


def _details_changed(turn: Turn, event: on.DetailsChanged) -> None:
    lead = turn.lead
    changes = {name: value for name, value in event.fields.items() if getattr(lead, name) != value}
    if changes:
        turn.do(do.ChangeDetails(changes))
        check_qualified(turn)


def _unsubscribed(turn: Turn, event: on.Unsubscribed) -> None:
    """Every marketing purpose she gave is withdrawn, and what is queued stops (RFC 8058)."""
    if turn.lead.unsubscribed:
        return
    turn.do(do.Suppress("unsubscribed", turn.now))
    for purpose, given in turn.lead.consents.items():
        if given and about_mails(purpose):
            turn.do(do.RecordConsent(purpose, False, "unsubscribed", event.page, turn.now))
    turn.do(do.SkipQueued("unsubscribed", turn.now))


def _consent_changed(turn: Turn, event: on.ConsentChanged) -> None:
    turn.do(do.RecordConsent(event.purpose, event.given, event.wording, event.page, event.occurred_at))
    if turn.lead.unsubscribed and forms.lifts(event.purpose, event.given):
        turn.do(do.LiftSuppression(turn.now))
    touches.unwatched(turn)


def _leave(turn: Turn, before: Lead) -> None:
    """End every enrolment whose `leave_when` has just come true."""
    come_true = {
        "unsubscribed": turn.lead.unsubscribed and not before.unsubscribed,
        "disqualified": turn.lead.stage == "disqualified" and before.stage != "disqualified",
    }
    reasons = [reason for reason, true in come_true.items() if true]
    if not reasons:
        return
    for enrolment in [e for e in turn.lead.enrolments if e.runs]:
        leaving = turn.program(enrolment).scenario.leave_when
        because = next((reason for reason in reasons if reason in leaving), None)
        if because:
            end(turn, enrolment, because)
