"""From an outbox row to a letter: the lead as she is when the window opens, frozen for every repeat."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from funnel.domain.engine.handing import DOSSIER
from funnel.domain.engine.mails import overtaken
from funnel.domain.known import is_planned
from funnel.domain.lead import Appointment, Lead
from funnel.ports import Letter
from funnel.storage.database import instant_text
from funnel.usecases.addresses import touch_links
from funnel.usecases.attachments import attach, keep_attachments
from funnel.usecases.calendar_letter import MESSAGE as CALENDAR
from funnel.usecases.calendar_letter import freeze_failing
from funnel.usecases.diagnosis_paper import keep_diagnosis
from funnel.usecases.digest_letter import MESSAGE as DIGEST
from funnel.usecases.digest_letter import freeze_digest, is_over
from funnel.usecases.house import Stationery
from funnel.usecases.invitations import describe_invitation, read_invitation
from funnel.usecases.letter_batch import LetterBatch, language_for
from funnel.usecases.letter_context import appointment_about, context_of, sheet_of
from funnel.usecases.webinars import webinar_invitation
from funnel.usecases.wording import describe_company


def is_overtaken(batch: LetterBatch, row: Mapping[str, Any], now: datetime) -> bool:
    """Whether a mail about an appointment has been overtaken by what became of it."""
    if row["message"] == DIGEST:
        return is_over(row, batch.asked.get(row["recipient"].removeprefix("user:")), now)
    lead = batch.leads.get(row["lead_id"])
    return lead is not None and overtaken(lead, row["message"], row["data"], now)


def freeze(batch: LetterBatch, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """All that the bytes depend on, as JSON: kept with the row, so that a repeat says the same."""
    if row["message"] == CALENDAR:
        return freeze_failing(batch.house, batch.published, batch.rep(row), row["data"], now)
    if row["message"] == DIGEST:
        asked = batch.asked[row["recipient"].removeprefix("user:")]
        return freeze_digest(batch.house, batch.published, batch.rep(row), asked, now)
    lead = batch.leads.get(row["lead_id"])
    own = row["recipient"] == "lead"
    if lead is None or (own and lead.erased):
        raise LookupError("the lead is gone")
    company = batch.company
    language = language_for(company, row, lead)
    name, address = batch.recipient(row)
    appointment = _told_of(row, lead)
    context = context_of(batch, row, lead, language, appointment, now)
    places = batch.tracked.get((row["message"], row["version"], language)) if batch.is_watched(row) else None
    if places is not None:
        opens = batch.company.tracking.of("opens") != "none"
        context["tracked"] = touch_links(batch.house, row["id"], places, now, opens=opens)
    handoff = lead.handoff
    rep = batch.company.user(handoff.rep) if own and handoff else None
    hers = None if lead.erased else (lead.name, lead.email)
    answer_to = hers if not own else (rep.name, rep.email) if rep else None
    return {
        "date": instant_text(now),
        "to": [name, address],
        "reply_to": list(answer_to) if answer_to else None,
        "language": language,
        "version": row["version"] or batch.published.company.digest,
        "company": batch.published.company.digest,
        "context": context,
        "meeting": _meeting(batch, row, lead, appointment, language, now),
        "one_click": context["links"]["unsubscribe"] if row["kind"] == "marketing" else None,
        **_attached(batch, row, lead, language, context),
        **_naming(batch, row, lead),
    }


def _meeting(
    batch: LetterBatch,
    row: Mapping[str, Any],
    lead: Lead,
    appointment: Appointment | None,
    language: str,
    now: datetime,
) -> dict[str, Any] | None:
    """What the mail puts into a calendar, or takes out of it; a visit that a scenario has planned comes into hers
    with the mail that first tells her of it."""
    bundle = batch.bundles.get(row["version"]) if row["scenario"] else None
    visit = appointment_about(row, lead) if bundle and row["recipient"] == "lead" else None
    if bundle and visit and is_planned(bundle.program, visit.type):
        return describe_invitation(batch.company, row, lead, visit, language, planned=True)
    if appointment:
        return describe_invitation(batch.company, row, lead, appointment, language)
    return webinar_invitation(batch.company, bundle, row, lead, language, now)


def _attached(
    batch: LetterBatch, row: Mapping[str, Any], lead: Lead, language: str, context: Mapping[str, Any]
) -> dict[str, Any]:
    """What the step attaches; nothing at all where it attaches nothing."""
    names = row["data"].get("attach")
    if not names:
        return {}
    sheet = sheet_of(batch, row, lead) if "results" in context else None
    drawn = keep_diagnosis(batch.company, lead, sheet.completed_at, language, context) if sheet else None
    return {"attached": keep_attachments(names, batch.bundles.get(row["version"]), language, drawn)}


def _naming(batch: LetterBatch, row: Mapping[str, Any], lead: Lead) -> dict[str, Any]:
    """The leads whom a dossier names beside its own, for their erasure; nothing at all where it names nobody."""
    others = batch.beside.get(lead.id) if row["message"] == DOSSIER else None
    return {"about": list(others)} if others else {}


def _told_of(row: Mapping[str, Any], lead: Lead) -> Appointment | None:
    """The appointment that a house mail tells of; whoever it was taken from is told of the time that was hers."""
    data = row["data"]
    found = lead.appointment(data.get("appointment"))
    if found is None or "was" not in data:
        return found
    starts_at = datetime.fromisoformat(data["was"])
    return replace(found, starts_at=starts_at, ends_at=starts_at + (found.ends_at - found.starts_at))


def compose(
    house: Stationery, batch: LetterBatch, row: Mapping[str, Any], frozen: Mapping[str, Any], message_id: str
) -> Letter:
    """Write a frozen mail: the same letter whenever it is written."""
    company = batch.companies[frozen["company"]]
    context = {**frozen["context"], "company": describe_company(company)}
    texts = house.writer.write(row["message"], frozen["version"], frozen["language"], context)
    date = datetime.fromisoformat(frozen["date"])
    meeting = frozen["meeting"]
    sender = company.sender
    return Letter(
        message_id=message_id,
        date=date,
        sender=(sender.name, sender.email),
        to=(frozen["to"][0], frozen["to"][1]),
        subject=frozen.get("mark", "") + texts.subject,
        html=texts.html,
        text=texts.text,
        language=frozen["language"],
        reply_to=(frozen["reply_to"][0], frozen["reply_to"][1]) if frozen["reply_to"] else None,
        one_click=frozen["one_click"],
        invitation=(meeting["method"], house.writer.invite(meeting["method"], read_invitation(meeting, date)))
        if meeting
        else None,
        attachments=attach(house.printer, frozen, batch.bundles.get(frozen["version"]), company),
    )
