"""What the engine did, as entries that people read: the one place that knows both."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine.points import FADED
from funnel.usecases.fold import Fold
from funnel.usecases.rehearsal.log import Entry, Kind
from funnel.usecases.score.fading import in_runs


def entries_of(person: str, fold: Fold, at: datetime) -> Iterator[Entry]:
    """What a fold did, in order: its events first, then what they caused beside mails."""
    at_a_step = {one.enrolment.reason for one in fold.effects if isinstance(one, do.PutEnrolment)}
    for event, failed in fold.events:
        entry = _event(person, event, at)
        if entry:
            yield entry
        if failed and failed not in at_a_step:
            yield Entry(at, person, "parked", "", {"reason": failed})
    for effect in fold.effects:
        entry = _effect(person, effect, at)
        if entry:
            yield entry


def _event(person: str, event: on.AnyEvent, at: datetime) -> Entry | None:
    match event:
        case on.FormSubmitted():
            given = sorted(purpose for purpose, yes in event.consents.items() if yes)
            return Entry(at, person, "form", event.scenario, {"consents": given, "zone": event.zone})
        case on.QuestionnaireCompleted():
            answered: dict[str, Any] = {"share": event.share, "band": event.band}
            if event.follow_up:
                answered["chose"] = event.follow_up
            return Entry(at, person, "answers", event.questionnaire, answered)
        case on.AssetDownloaded():
            return Entry(at, person, "loaded", event.asset)
        case on.AppointmentBooked():
            detail: dict[str, Any] = {"rep": event.rep, "starts_at": event.starts_at, "ends_at": event.ends_at}
            if event.replaces is not None:
                detail["replaces"] = event.replaces
            if event.by == "scenario":
                detail["blocked"] = True
            return Entry(at, person, "booked", event.type, detail)
        case on.SlotsHeld():
            kept = {"rep": event.rep, "starts": list(event.starts), "until": event.until}
            return Entry(at, person, "proposed", event.type, kept)
        case on.SlotTaken():
            return Entry(at, person, "slot_taken", event.type, {"starts_at": event.starts_at})
        case on.HandoffAccepted():
            return Entry(at, person, "accepted", event.by)
        case on.Unsubscribed():
            return Entry(at, person, "unsubscribed", "marketing")
        case on.EmailOpened():
            return Entry(at, person, "scanned" if event.verdict == "machine" else "opened", event.message)
        case on.LinkClicked():
            return Entry(at, person, "scanned" if event.verdict == "machine" else "clicked", event.link)
        case on.PageVisited():
            return Entry(at, person, "visited", event.page)
        case on.DetailsChanged() if event.by == "lead" and "zone" in event.fields:
            return Entry(at, person, "moved", event.fields["zone"])
    return None


def _effect(person: str, effect: do.Effect, at: datetime) -> Entry | None:
    match effect:
        case do.PutAppointment(appointment) if appointment.state != "booked":
            detail: dict[str, Any] = {"starts_at": appointment.starts_at, "rep": appointment.rep}
            if appointment.marks > 1:
                detail["corrected"] = True
            match appointment.state:
                case "moved":
                    return Entry(at, person, "rescheduled", appointment.type, detail)
                case "cancelled" | "held" | "missed" as became:
                    return Entry(at, person, became, appointment.type, detail)
        case do.PutHandoff(handoff) if handoff.state == "offered" and handoff.version == 1 and handoff.offered_at == at:
            return Entry(at, person, "handed_over", handoff.rep, {"because": list(handoff.because)})
        case do.AddTag():
            return Entry(at, person, "tag", effect.tag)
        case do.AddScore():
            return Entry(at, person, "score", f"{effect.entry.points:+d}", {"because": effect.entry.because})
        case do.ChangeDetails(changes) if "status" in changes:
            return Entry(at, person, "status", changes["status"])
        case do.AddTask():
            kind: Kind = "call_list" if effect.list else "task"
            return Entry(at, person, kind, effect.text, {"rep": effect.rep, "due_at": effect.due_at})
        case do.PutEnrolment(enrolment) if enrolment.state in ("ended", "parked"):
            detail = {
                "scenario": enrolment.scenario,
                "pass": enrolment.pass_number,
                "reason": enrolment.reason,
            }
            if enrolment.state == "ended":
                return Entry(at, person, "ended", enrolment.ended_because or "completed", detail)
            return Entry(at, person, "parked", enrolment.step or enrolment.scenario, detail)
    return None


def in_short(story: Iterable[Entry]) -> Iterator[Entry]:
    """A story as people read it: what has faded between two other things is one entry, of the last day, `since` the
    first."""
    for run in in_runs(story, lambda one: one.kind == "score" and one.detail["because"] == FADED):
        last = run[-1]
        if len(run) > 1:
            points = sum(int(one.what) for one in run)
            last = replace(last, what=f"{points:+d}", detail={**last.detail, "since": run[0].at})
        yield last


def entry_of_row(person: str, row: Mapping[str, Any], at: datetime) -> Entry:
    """A mail or a webhook call that left, or a mail that was skipped or cannot be written."""
    if row["channel"] == "webhook":
        return Entry(at, person, "webhook", row["message"])
    detail = {"to": row["recipient"], "step": row["step"], "planned_at": row["planned_at"], "pass": row["pass_number"]}
    if row["state"] == "sent":
        return Entry(at, person, "mail", row["message"], detail)
    kind: Kind = "failed" if row["state"] == "failed" else "skipped"
    return Entry(at, person, kind, row["message"], {**detail, "reason": row["reason"]})
