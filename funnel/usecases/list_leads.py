"""Every lead as plain data, for programs and tests (`/dev/leads.json`)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.lead import AnswerSheet, Appointment, Enrolment, Handoff, Lead
from funnel.storage import events, leads, snapshot
from funnel.storage.database import instant_text
from funnel.usecases.house import House

_AT_ONCE = 500


def list_leads(house: House) -> list[dict[str, Any]]:
    """All leads in the order of their ids; instants are ISO 8601 in UTC with `Z`.

    A handoff's reasons are joined by `; `. Answers hold, by questionnaire, the latest sheet: each question's value, and
    `score`, `share` and `themes` (per cent), `band`, `follow_up`. Consents hold every purpose that her forms
    asked about; a tick that waits is none.
    """
    with house.database.read() as connection:
        ids = leads.every_id(connection)
        parts = [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]
        found = {key: lead for part in parts for key, lead in snapshot.load(connection, part, lock=False).items()}
        asked: dict[int, dict[str, bool]] = {}
        for part in parts:
            asked |= _asked(connection, [one for one in part if one in found and not found[one].erased])
    return [_lead(found[lead_id], asked.get(lead_id, {})) for lead_id in ids if lead_id in found]


def _asked(connection: Connection, ids: Sequence[int]) -> dict[int, dict[str, bool]]:
    """The purposes that a lead's forms asked about, none of them given; of somebody erased none is kept whole."""
    purposes: dict[int, dict[str, bool]] = {}
    for form in events.all_of(connection, ids, on.FormSubmitted):
        if isinstance(form, on.FormSubmitted):
            purposes.setdefault(form.lead_id, {}).update(dict.fromkeys(form.consents, False))
    return purposes


def _lead(lead: Lead, asked: Mapping[str, bool]) -> dict[str, Any]:
    return {
        "id": lead.id,
        "email": lead.email,
        "name": lead.name,
        "phone": lead.phone,
        "company": lead.company,
        "language": lead.language,
        "zone": lead.zone,
        "stage": lead.stage,
        "status": lead.status,
        "score": lead.score,
        "tags": sorted(lead.tags),
        "consents": {**asked, **lead.consents},
        "enrolments": [_enrolment(one) for one in lead.enrolments],
        "handoffs": [_handoff(one) for one in lead.handoffs],
        "appointments": [_appointment(one) for one in lead.appointments],
        "answers": dict(_answers(lead.answers)),
    }


def _enrolment(one: Enrolment) -> dict[str, Any]:
    return {
        "scenario": one.scenario,
        "version": one.version,
        "pass": one.pass_number,
        "step": one.step,
        "due_at": _instant(one.due_at),
        "state": one.state,
        "ended_because": one.ended_because,
        "reason": one.reason,
    }


def _handoff(one: Handoff) -> dict[str, Any]:
    return {
        "rep": one.rep,
        "because": "; ".join(one.because),
        "state": one.state,
        "at": _instant(one.offered_at),
        "missing": list(one.missing),
    }


def _appointment(one: Appointment) -> dict[str, Any]:
    return {
        "id": one.id,
        "type": one.type,
        "rep": one.rep,
        "starts_at": _instant(one.starts_at),
        "ends_at": _instant(one.ends_at),
        "state": one.state,
    }


def _answers(sheets: tuple[AnswerSheet, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in sheets:
        yield (
            one.questionnaire,
            {
                **one.values,
                "score": one.score,
                "share": one.share,
                "themes": dict(one.themes),
                "band": one.band,
                "follow_up": one.follow_up,
            },
        )


def _instant(at: datetime | None) -> str | None:
    return instant_text(at) if at else None
