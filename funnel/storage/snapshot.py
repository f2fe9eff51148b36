"""Leads' whole snapshots, and the writing of what a decision made of them, one statement a table."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from funnel.domain import effects as do
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
    queued_mails,
    scores,
    submissions,
    suppressions,
)
from funnel.storage.bulk import one_of, to_json

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
    queued_mails.write(connection, decided.before, decided.effects, decided.now)
    _write_facts(connection, by_kind, decided)
    for lead_id, e in by_kind.get(do.EraseLead, []):
        erasure.erase(connection, lead_id, e.at)


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
