"""Leads' whole snapshots, and the writing of what a decision made of them, one statement a table."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from funnel.domain import effects as do
from funnel.domain.engine.mails import NO_CONSENT
from funnel.domain.lead import Appointment, Enrolment, Handoff, Lead
from funnel.domain.source import read_code
from funnel.storage import (
    answers,
    appointments,
    consents,
    enrolments,
    erasure,
    events,
    handoffs,
    leads,
    outbox,
    scores,
    submissions,
    suppressions,
)
from funnel.storage.bulk import one_of, to_json
from funnel.storage.given_back import give_back_unsent

T = TypeVar("T")

_OF_THE_ROW = tuple(field.name for field in fields(Lead) if field.name in leads.leads.c)
"""What of a lead stands in her own row."""


def load(connection: Connection, ids: Sequence[int], *, lock: bool = True) -> dict[int, Lead]:
    """The snapshots by id; with `lock`, the leads' rows are locked first, in the order of their ids."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = leads.lock(connection, wanted) if lock else leads.rows(connection, wanted)
    found = [row["id"] for row in rows]
    inside = _group(enrolments.of_leads(connection, found))
    sheets = _group(answers.of_leads(connection, found))
    meetings = _group(appointments.of_leads(connection, found))
    given = _group(handoffs.of_leads(connection, found))
    points = _group(scores.of_leads(connection, found))
    tagged: dict[int, list[str]] = defaultdict(list)
    tag_rows = select(leads.tags.c.lead_id, leads.tags.c.tag).where(one_of(connection, leads.tags.c.lead_id))
    for lead_id, tag in connection.execute(tag_rows, {"ids": to_json(found)}).all():
        tagged[lead_id].append(tag)
    return {
        row["id"]: Lead(
            **{name: row[name] for name in _OF_THE_ROW},
            tags=frozenset(tagged[row["id"]]),
            enrolments=tuple(inside[row["id"]]),
            answers=tuple(sheets[row["id"]]),
            appointments=tuple(meetings[row["id"]]),
            handoffs=tuple(given[row["id"]]),
            entries=tuple(points[row["id"]]),
        )
        for row in rows
    }


def _group(pairs: Sequence[tuple[int, T]]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = defaultdict(list)
    for lead_id, item in pairs:
        found[lead_id].append(item)
    return found


@dataclass
class Decided:
    """What was decided in one transaction: leads before and after, and each effect with its lead; the events at which
    points were written, in the order of the effects."""

    before: Mapping[int, Lead]
    after: Mapping[int, Lead]
    effects: Sequence[tuple[int, do.Effect]]
    now: datetime
    suppression_key: bytes
    scored_at: Sequence[str]


def apply(connection: Connection, decided: Decided) -> None:
    """Write every effect, one statement a table; of rows written twice, the last state."""
    by_kind: dict[type, list[tuple[int, Any]]] = defaultdict(list)
    for lead_id, effect in decided.effects:
        by_kind[type(effect)].append((lead_id, effect))
    leads.write(connection, [(decided.before[lead_id], lead) for lead_id, lead in decided.after.items()])
    _write_leads_tables(connection, by_kind, decided)
    _write_work(connection, by_kind, decided)
    skips = by_kind[do.SkipQueued]
    outbox.skip_marketing(
        connection, [{"lead_id": lead_id, "reason": e.reason} for lead_id, e in skips if e.scenario is None]
    )
    outbox.skip_pass(
        connection,
        [
            {"lead_id": lead_id, "reason": e.reason, "scenario": e.scenario, "pass_number": e.pass_number}
            for lead_id, e in skips
            if e.scenario is not None
        ],
    )
    outbox.skip_withdrawn(
        connection,
        [
            {"lead_id": lead_id, "purpose": purpose, "reason": NO_CONSENT}
            for lead_id, purpose in sorted(withdrawn(decided.effects))
        ],
    )
    _queue_again(connection, decided)
    outbox.recall(
        connection,
        [{"lead_id": lead_id, "cause": e.cause, "reason": e.reason} for lead_id, e in by_kind[do.RecallMail]],
        decided.now,
    )
    outbox.add(connection, mail_rows(decided.effects))
    give_back_unsent(connection, [lead_id for lead_id, e in decided.effects if _keeps_mails_back(e)])
    _write_facts(connection, by_kind, decided)
    for lead_id, e in by_kind.get(do.EraseLead, []):
        erasure.erase(connection, lead_id, e.at)


def _keeps_mails_back(effect: do.Effect) -> bool:
    """Whether a mail that waits may never leave because of this."""
    withdrawn = isinstance(effect, do.RecordConsent) and not effect.given
    return withdrawn or isinstance(effect, do.SkipQueued | do.RecallMail)


def _write_leads_tables(
    connection: Connection, by_kind: Mapping[type, list[tuple[int, Any]]], decided: Decided
) -> None:
    submissions.add(
        connection,
        [
            {"id": e.submission, "lead_id": lead_id, "scenario": e.scenario, "fields": e.fields, "page": e.page,
             "source": e.source, "cta": read_code(e.source.get("cta", "")), "at": e.at}
            for lead_id, e in by_kind.get(do.RecordSubmission, [])
        ],
    )  # fmt: skip
    consents.add(
        connection,
        [
            {"lead_id": lead_id, "purpose": e.purpose, "given": e.given, "wording": e.wording, "page": e.page,
             "at": e.at}
            for lead_id, e in by_kind.get(do.RecordConsent, [])
        ],
    )  # fmt: skip
    leads.add_tags(
        connection,
        [
            {"lead_id": lead_id, "tag": e.tag, "at": e.at}
            for lead_id, e in by_kind.get(do.AddTag, [])
            if e.tag in decided.after[lead_id].tags
        ],
    )
    taken = [(lead_id, e.tag) for lead_id, e in by_kind.get(do.RemoveTag, [])]
    leads.remove_tags(connection, [one for one in taken if one[1] not in decided.after[one[0]].tags])
    written = zip(by_kind.get(do.AddScore, []), decided.scored_at, strict=True)
    scores.add(connection, [(lead_id, e.entry, event) for (lead_id, e), event in written])
    key = decided.suppression_key
    suppressions.add(
        connection,
        [
            {
                "address_hash": suppressions.address_hash(key, decided.after[lead_id].email),
                "reason": e.reason,
                "at": e.at,
            }
            for lead_id, e in by_kind.get(do.Suppress, [])
        ],
    )
    lifted = [
        suppressions.address_hash(key, decided.after[lead_id].email)
        for lead_id, _ in by_kind.get(do.LiftSuppression, [])
    ]
    if lifted:
        suppressions.remove(connection, lifted)


def _write_work(connection: Connection, by_kind: Mapping[type, list[tuple[int, Any]]], decided: Decided) -> None:
    places: dict[tuple[int, str, int], Enrolment] = {}
    for lead_id, e in by_kind.get(do.PutEnrolment, []):
        places[lead_id, e.enrolment.scenario, e.enrolment.pass_number] = e.enrolment
    enrolments.put(connection, [(lead_id, place) for (lead_id, _, _), place in places.items()])
    answers.add(connection, [(lead_id, e.sheet) for lead_id, e in by_kind.get(do.StoreAnswers, [])])
    meetings: dict[int, Appointment] = {e.appointment.id: e.appointment for _, e in by_kind.get(do.PutAppointment, [])}
    appointments.put(connection, list(meetings.values()))
    given: dict[str, tuple[int, Handoff, datetime]] = {
        e.handoff.id: (lead_id, e.handoff, e.at) for lead_id, e in by_kind.get(do.PutHandoff, [])
    }
    handoffs.put(connection, list(given.values()))
    handoffs.finish_calls(
        connection,
        [
            {"appointment_id": e.appointment, "done_at": e.at, "done_by": e.by, "outcome": e.outcome}
            for _, e in by_kind.get(do.FinishCalls, [])
        ],
    )
    _answer_calls(connection, by_kind.get(do.AnswerCalls, []), decided.after)
    handoffs.add_tasks(
        connection,
        [
            {"id": e.task, "lead_id": lead_id, "text": e.text, "call": e.call, "due_at": e.due_at, "rep": e.rep,
             "team": e.team, "scenario": e.scenario, "list": e.list, "appointment_id": e.appointment, "tries": 0,
             "at": e.at}
            for lead_id, e in by_kind.get(do.AddTask, [])
        ],
    )  # fmt: skip
    handoffs.finish_tasks(
        connection,
        [
            {"id": e.task, "done_at": e.at, "done_by": e.by, "outcome": e.outcome, "note": e.note}
            for _, e in by_kind.get(do.FinishTask, [])
        ],
    )
    for _, again in by_kind.get(do.CallAgain, []):
        handoffs.call_again(connection, again.task, again.due_at, again.note, again.at)


def _answer_calls(
    connection: Connection, answered: Sequence[tuple[int, do.AnswerCalls]], after: Mapping[int, Lead]
) -> None:
    """Tick off the calls by whichever of her addresses she has asked for them: a task stays with its own lead when two
    are joined."""
    if not answered:
        return
    same = leads.same_people(connection, {lead_id: after[lead_id].merged_into for lead_id, _ in answered})
    rows = {
        (one, e.type): {"lead_id": one, "call": e.type, "done_at": e.at, "done_by": e.by, "outcome": handoffs.BOOKED}
        for lead_id, e in answered
        for one in same[lead_id]
    }
    handoffs.answer_calls(connection, list(rows.values()))


def _write_facts(connection: Connection, by_kind: Mapping[type, list[tuple[int, Any]]], decided: Decided) -> None:
    rows: dict[str, dict[str, Any]] = {}
    for lead_id, e in by_kind.get(do.RecordFact, []):
        lead = decided.after[lead_id]
        rows.setdefault(
            e.key,
            {
                "key": e.key, "kind": e.kind, "occurred_at": e.at, "recorded_at": decided.now, "rep": e.rep,
                "team": e.team, "lead_id": lead_id, "account": lead.company, "offer": e.offer,
                "scenario": e.scenario, "source": lead.source.get("utm_source") or lead.source.get("cta"),
                "cta": read_code(lead.source.get("cta", "")), "amount": e.amount, "corrects": e.corrects,
            },
        )  # fmt: skip
    events.add_facts(connection, list(rows.values()))


def _queue_again(connection: Connection, decided: Decided) -> None:
    """Let mails leave after all: those of a lead, and of everybody for whom she stands, or stood until now."""
    again = _queued_again(decided.effects)
    if not again:
        return
    joined = leads.all_joined(connection, sorted(again))
    parted = [(lead.merged_into, one) for one, lead in decided.before.items() if lead.merged_into in again]
    rows = {
        one: {"lead_id": one, "reason": e.reason, "not_before": e.since}
        for lead_id, e in again.items()
        for one in (lead_id, *joined.get(lead_id, ()), *(other for stood, other in parted if stood == lead_id))
    }
    outbox.queue_again(connection, list(rows.values()))


def _queued_again(effects: Sequence[tuple[int, do.Effect]]) -> dict[int, do.QueueAgain]:
    """By lead, what lets her mails leave after all and is not overtaken by another skipping."""
    found: dict[int, do.QueueAgain] = {}
    for lead_id, effect in effects:
        if isinstance(effect, do.QueueAgain):
            found[lead_id] = effect
        elif isinstance(effect, do.SkipQueued) and effect.scenario is None:
            found.pop(lead_id, None)
    return found


def withdrawn(effects: Sequence[tuple[int, do.Effect]]) -> set[tuple[int, str]]:
    """The (lead id, purpose) of each consent that was withdrawn and not given again since."""
    given = {(lead_id, e.purpose): e.given for lead_id, e in effects if isinstance(e, do.RecordConsent)}
    return {one for one, agrees in given.items() if not agrees}


def mail_rows(effects: Sequence[tuple[int, do.Effect]]) -> list[dict[str, Any]]:
    """The outbox rows of a decision. A marketing mail queued before a `SkipQueued` of its lead, or before its purpose
    was withdrawn, is born skipped; a row tells the door how it ended when its lead now awaits something after it."""
    awaited = {
        (lead_id, effect.enrolment.scenario, effect.enrolment.pass_number): effect.enrolment.mail
        for lead_id, effect in effects
        if isinstance(effect, do.PutEnrolment)
    }
    skipped_later: dict[int, str] = {}
    again: dict[int, do.QueueAgain] = {}
    passes_over: dict[tuple[int, str | None, int | None], str] = {}
    recalled: dict[tuple[int, str], str] = {}
    refused = withdrawn(effects)
    rows: list[dict[str, Any]] = []
    for lead_id, effect in reversed(effects):
        if isinstance(effect, do.SkipQueued):
            if effect.scenario:
                passes_over[lead_id, effect.scenario, effect.pass_number] = effect.reason
            elif lead_id not in again or again[lead_id].reason != effect.reason:
                skipped_later[lead_id] = effect.reason
        elif isinstance(effect, do.QueueAgain):
            again[lead_id] = effect
        elif isinstance(effect, do.RecallMail):
            recalled[lead_id, effect.cause] = effect.reason
        elif isinstance(effect, do.SendEmail) and (lead_id, effect.cause) in recalled:
            rows.append(_recalled(lead_id, effect, recalled[lead_id, effect.cause]))
        elif isinstance(effect, do.SendEmail):
            skip = effect.skip or passes_over.get((lead_id, effect.scenario, effect.pass_number))
            if effect.kind == "marketing":
                skip = skip or skipped_later.get(lead_id)
                skip = skip or (NO_CONSENT if (lead_id, effect.purpose) in refused else None)
            place = (lead_id, effect.scenario or "", effect.pass_number or 0)
            rows.append(_mail_row(lead_id, effect, skip, awaited.get(place) == effect.cause))
        elif isinstance(effect, do.CallWebhook):
            rows.append(_webhook_row(lead_id, effect))
    rows.reverse()
    return rows


def _mail_row(lead_id: int, e: do.SendEmail, skip: str | None, tells: bool) -> dict[str, Any]:
    return {
        "key": f"{lead_id}/{e.cause}:{e.message}:{e.recipient}:mail", "lead_id": lead_id, "channel": "mail",
        "kind": e.kind, "message": e.message, "version": e.version, "recipient": e.recipient, "purpose": e.purpose,
        "scenario": e.scenario, "pass_number": e.pass_number, "step": e.step, "cause": e.cause, "data": e.data,
        "planned_at": e.at, "not_before": e.not_before, "state": "skipped" if skip else "ready", "reason": skip,
        "tells": tells, "told": False, "attempts": 0,
    }  # fmt: skip


def _recalled(lead_id: int, e: do.SendEmail, reason: str) -> dict[str, Any]:
    """A mail that was queued and recalled within one decision; its key stays free."""
    row = _mail_row(lead_id, e, e.skip or reason, False)
    return row | {"key": f"{row['key']}#0"}


def _webhook_row(lead_id: int, e: do.CallWebhook) -> dict[str, Any]:
    return {
        "key": f"{lead_id}/{e.cause}:{e.webhook}:{e.webhook}:webhook", "lead_id": lead_id, "channel": "webhook",
        "kind": "webhook", "message": e.webhook, "version": None, "recipient": e.webhook, "purpose": None,
        "scenario": e.scenario, "pass_number": e.pass_number, "step": e.step, "cause": e.cause, "data": e.data,
        "planned_at": e.at, "not_before": e.at, "state": "ready", "reason": None, "tells": False, "told": False,
        "attempts": 0,
    }  # fmt: skip
