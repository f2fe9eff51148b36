"""Everything that is kept of a person, as data she can take along (GDPR articles 15 and 20): JSON, or CSV."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from funnel.catalogue import Speech
from funnel.domain.lead import AnswerSheet, Lead
from funnel.storage import (
    consents,
    events,
    handoffs,
    installation,
    leads,
    outbox_lists,
    scores,
    snapshot,
    submissions,
    visitors,
)
from funnel.storage.database import instant_text
from funnel.usecases.errors import NotFound
from funnel.usecases.house import House
from funnel.usecases.naming import Names
from funnel.usecases.results import answers_in_words
from funnel.usecases.write_table import write_table

_DETAILS = (
    *("email", "name", "phone", "company", "position", "language", "zone"),
    *("stage", "status", "score", "created_at"),
)
_OF_MAILS = ("message", "kind", "planned_at", "left_at", "opened_at", "state", "reason")


def export_lead(house: House, lead_id: int, speak: Callable[[str], str] = str) -> dict[str, Any]:
    """What is kept of her, by kind, as JSON: instants in UTC; what is kept under another address of hers under its own
    kinds (`ana@home.example: events`). What codes stand for is told in the language that `speak` makes of her own.
    `NotFound` for nobody."""
    with house.database.read() as connection:
        published = house.shelf.published(connection, installation.moment(connection).revision)
        lead = snapshot.load(connection, [lead_id], lock=False).get(lead_id)
        if lead is None:
            raise NotFound("there is no such lead")
        names = Names(published, speak(lead.language))
        kept = _kept(house, connection, names, lead)
        ids = leads.joined_with(connection, lead_id)
        for other in snapshot.load(connection, ids, lock=False).values() if ids else ():
            if not other.erased:
                hers = _kept(house, connection, names, other)
                kept |= {f"{other.email}: {kind}": entries for kind, entries in hers.items()}
    return {kind: _plain(entries) for kind, entries in kept.items()}


def _kept(house: House, connection: Connection, names: Names, lead: Lead) -> dict[str, Any]:
    return {
        "details": {name: getattr(lead, name) for name in _DETAILS} | {"source": dict(lead.source)},
        "tags": sorted(lead.tags),
        "consents": [
            {name: row[name] for name in ("purpose", "given", "wording", "page", "at", "withdrawn_at")}
            for row in consents.of_lead(connection, lead.id)
        ],
        "forms": [
            {name: row[name] for name in ("scenario", "at", "page", "fields", "source")}
            for row in submissions.of_lead(connection, lead.id)
        ],
        "answers": [
            {
                "questionnaire": sheet.questionnaire,
                "at": sheet.completed_at,
                "values": dict(sheet.values),
                "in_words": _in_words(house, connection, names, lead, sheet),
                "score": sheet.score,
                "share": sheet.share,
                "band": sheet.band,
                "follow_up": sheet.follow_up,
            }
            for sheet in lead.answers
        ],
        "scenarios": [
            {"scenario": e.scenario, "pass": e.pass_number, "began_at": e.began_at, "ended_because": e.ended_because}
            for e in lead.enrolments
        ],
        "appointments": [
            {"type": a.type, "with": a.rep, "starts_at": a.starts_at, "ends_at": a.ends_at, "state": a.state}
            for a in lead.appointments
        ],
        "handed_to": [{"to": h.rep, "at": h.offered_at, "because": list(h.because)} for h in lead.handoffs],
        "tasks": [
            {name: row[name] for name in ("text", "at", "done_at")} for row in handoffs.tasks_of(connection, lead.id)
        ],
        "points": [
            {name: row[name] for name in ("points", "because", "at")} for row in scores.of_lead(connection, lead.id)
        ],
        "mails": [
            {"subject": names.mail(row["message"]) if row["channel"] == "mail" else None}
            | {name: row[name] for name in _OF_MAILS}
            for row in outbox_lists.of_lead(connection, lead.id)
        ],
        "browsers": [
            {"known_by": row["joined"], "first_seen": row["first_at"], "last_seen": row["last_at"]}
            for row in visitors.of_lead(connection, lead.id)
        ],
        "events": [
            {"kind": row["kind"], "at": row["occurred_at"], "data": row["payload"]}
            for row in events.of_lead(connection, lead.id)
        ],
    }


def _in_words(
    house: House, connection: Connection, names: Names, lead: Lead, sheet: AnswerSheet
) -> dict[str, dict[str, str]]:
    """Her answers with their questions, as the version asked in which she gave them, else as it is asked now."""
    inside = lead.enrolment(sheet.scenario or "", sheet.pass_number or 0)
    bundles = [house.shelf.bundle(connection, inside.version) if inside else None, *names.published.newest.values()]
    asked = (bundle.questionnaires.get(sheet.questionnaire) for bundle in bundles if bundle)
    questionnaire = next((one for one in asked if one), None)
    return answers_in_words(questionnaire, sheet, names.language) if questionnaire else {}


def as_csv(kept: Mapping[str, Any], language: str) -> str:
    """The same as rows of `kind, number, field, value`, for a spreadsheet in a language, headed in it."""
    say = Speech(language).gettext
    rows = (
        (kind, number, field, (say("yes") if value else say("no")) if isinstance(value, bool) else value)
        for kind, entries in kept.items()
        for number, entry in enumerate(entries if isinstance(entries, list) else [entries], 1)
        for field, value in _flat(entry, "value")
    )
    return write_table((say("kind"), say("number"), say("field"), say("value")), rows, language)


def _flat(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, key if name == "value" else f"{name}.{key}")
    elif isinstance(value, list):
        yield name, ", ".join(map(str, value))
    else:
        yield name, value


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
