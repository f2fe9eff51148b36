"""What the templates of a lead's mail know: the lead, her links, answers, appointment and times, and her dossier."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from babel.dates import format_date

from funnel.authoring.bundle import Bundle
from funnel.domain.deadlines import may_cancel, may_move, stands_open
from funnel.domain.engine.handing import DOSSIER
from funnel.domain.known import appointment_of
from funnel.domain.lead import AnswerSheet, Appointment, Enrolment, Handoff, Lead
from funnel.domain.model import in_language, locale_of
from funnel.domain.timing import zone_info
from funnel.domain.tunnel.program import Program
from funnel.usecases.addresses import (
    appointment_link,
    asset_link,
    book_again_link,
    booking_link,
    lead_link,
    own_page_link,
    preferences_link,
    questionnaire_link,
    results_link,
    slot_link,
)
from funnel.usecases.happening import gather
from funnel.usecases.letter_batch import LetterBatch
from funnel.usecases.naming import Names
from funnel.usecases.results import describe_answers, describe_results
from funnel.usecases.source_words import came_by
from funnel.usecases.webinars import describe_webinar, reminds, webinar_of
from funnel.usecases.wording import CHANGE, city_of, describe_appointment, describe_time, language_name

_MOST_HISTORY = 12


def context_of(
    batch: LetterBatch,
    row: Mapping[str, Any],
    lead: Lead,
    language: str,
    appointment: Appointment | None,
    now: datetime,
) -> dict[str, Any]:
    """All that the templates of a row's mail know, but for the company; `appointment` is the one that it tells of."""
    company = batch.company
    context: dict[str, Any] = {
        "lead": {
            "name": lead.name,
            "first_name": lead.name.split(" ")[0],
            "email": "" if lead.erased else lead.email,
            "company": lead.company or "",
            "position": lead.position or "",
            "phone": lead.phone or "",
            "language": lead.language,
            "stage": lead.stage,
            "score": lead.score,
            "erased": lead.erased,
        },
        "links": {
            "unsubscribe": preferences_link(batch.house, lead.id),
            "desk": lead_link(batch.house, lead.id),
            "privacy": batch.house.url("/privacy"),
            "own_page": own_page_link(batch.house, lead) if row["recipient"] == "lead" else None,
        },
        "propose": row["data"].get("propose"),
        "slots": [],
        "answers": [],
    }
    links = context["links"]
    sheet = sheet_of(batch, row, lead)
    if sheet:
        links["results"] = results_link(batch.house, lead, sheet)
        bundle = _bundle(batch, sheet)
        questionnaire = bundle.questionnaires.get(sheet.questionnaire) if bundle else None
        if questionnaire:
            context["results"] = describe_results(questionnaire, sheet, language)
            if row["kind"] == "staff":
                context["answers"] = describe_answers(questionnaire, sheet, language)
    bundle = batch.bundles.get(row["version"])
    if bundle and (webinar := webinar_of(bundle)):
        told = describe_webinar(webinar, company, batch.zone(row), language, now)
        context["webinar"] = {**told, "reminded": reminds(bundle, company, now)}
        links["webinar"] = webinar.link
    if row["scenario"]:
        appointment = appointment or appointment_about(row, lead)
        _booking(batch, row, lead, links, now)
        _given(batch, row, lead, links, now)
        if "book" in links:
            context["slots"] = _times(batch, row, lead, language, links["book"])
    if appointment:
        reader = None if row["recipient"] == "lead" else batch.rep(row)
        context["appointment"] = describe_appointment(company, lead, appointment, language, reader=reader) | {
            name: row["data"][name] for name in CHANGE if name in row["data"]
        }
        for name, kept in (("was", "moved_from"), ("wanted", "wanted")):
            if kept in row["data"]:
                other, zone = datetime.fromisoformat(row["data"][kept]), context["appointment"]["zone"]
                context["appointment"][name] = describe_time(other, zone, language)["when"]
        _changing(batch, row, lead, appointment, links, now)
        if not row["scenario"] and "slots" in row["data"]:
            moving = f"{appointment_link(batch.house, lead, appointment.id)}/move"
            context["slots"] = _times(batch, row, lead, language, moving)
    if row["message"] == DOSSIER:
        context |= _dossier(batch, row, lead, language)
        context |= {"hers": _hers(batch, lead, appointment, language, context.get("appointment"))}
    wanted = [purpose for purpose in row["data"].get("purposes", ()) if purpose in company.consents]
    if wanted:
        context["purposes"] = [in_language(company.consents[purpose].text, language) for purpose in wanted]
    return context


def _times(batch: LetterBatch, row: Mapping[str, Any], lead: Lead, language: str, url: str) -> list[dict[str, Any]]:
    """The times that are kept for a mail, each with its link, the city whose clock shows them, and the rep."""
    zone = batch.zone(row)
    city, company = city_of(zone, language), batch.published.company.company
    return [
        {
            **describe_time(one.starts_at, zone, language),
            "city": city,
            "url": slot_link(url, one.starts_at),
            "rep": company.called(one.rep),
        }
        for one in batch.kept.get((lead.id, row["cause"]), ())
    ]


def _booking(batch: LetterBatch, row: Mapping[str, Any], lead: Lead, links: dict[str, str], now: datetime) -> None:
    """The booking link of what the step proposes; none while she has an open appointment of that type."""
    enrolment = lead.enrolment(row["scenario"], row["pass_number"])
    program = batch.bundles[row["version"]].program
    wanted = row["data"].get("propose") or next(iter(sorted(program.proposes)), None)
    if enrolment and wanted and lead.ahead(wanted, now) is None:
        links["book"] = booking_link(batch.house, lead, enrolment, program, wanted)


def _changing(
    batch: LetterBatch,
    row: Mapping[str, Any],
    lead: Lead,
    appointment: Appointment,
    links: dict[str, str],
    now: datetime,
) -> None:
    """The link by which an appointment is cancelled or moved, for her only as long as one of both may be done, as it
    always may in the mail that asks for another time; of one that is cancelled, where another time is chosen."""
    hers, company = row["recipient"] == "lead", batch.company
    asked = not row["scenario"] and "slots" in row["data"] and stands_open(appointment, now, asked=True)
    may = asked or may_cancel(company, appointment, now) or may_move(company, appointment, now)
    if may if hers else appointment.open:
        links["cancel"] = appointment_link(batch.house, lead, appointment.id)
    if hers and appointment.state == "cancelled" and lead.ahead(appointment.type, now) is None:
        again = book_again_link(batch.house, lead, appointment, partial(_program_of, batch))
        if again:
            links.setdefault("book", again)


def _program_of(batch: LetterBatch, enrolment: Enrolment) -> Program | None:
    bundle = batch.bundles.get(enrolment.version)
    return bundle.program if bundle else None


def _given(batch: LetterBatch, row: Mapping[str, Any], lead: Lead, links: dict[str, str], now: datetime) -> None:
    """The links to the file that its scenario gives, and to the questionnaire that it asks for."""
    enrolment = lead.enrolment(row["scenario"], row["pass_number"])
    program = batch.bundles[row["version"]].program
    if enrolment is None:
        return
    if program.assets:
        links["asset"] = asset_link(batch.house, lead, enrolment, program, program.assets[0], now)
    if questionnaire := program.asked_after(row.get("step")):
        links["questionnaire"] = questionnaire_link(batch.house, lead, enrolment, questionnaire)


def sheet_of(batch: LetterBatch, row: Mapping[str, Any], lead: Lead) -> AnswerSheet | None:
    """The answers that the row names, or of its enrolment, else her latest."""
    place, named = (row["scenario"], row["pass_number"]), row["data"].get("sheet")
    own = [s for s in lead.answers if (s.id == named if named else (s.scenario, s.pass_number) == place)]
    sheets = own or list(lead.answers)
    return sheets[-1] if sheets else None


def _bundle(batch: LetterBatch, sheet: AnswerSheet) -> Bundle | None:
    """The version whose questionnaire was answered: the pinned one, else the newest."""
    for lead in batch.leads.values():
        if sheet in lead.answers and sheet.scenario and sheet.pass_number:
            enrolment = lead.enrolment(sheet.scenario, sheet.pass_number)
            if enrolment and enrolment.version in batch.bundles:
                return batch.bundles[enrolment.version]
    return batch.published.newest.get(sheet.scenario or "")


def _dossier(batch: LetterBatch, row: Mapping[str, Any], lead: Lead, language: str) -> dict[str, Any]:
    handoff: Handoff | None = next((h for h in lead.handoffs if h.id == row["data"].get("handoff")), None)
    zone = zone_info(batch.company.zone)
    names = Names(batch.published, language)
    return {
        "came_by": came_by(names, lead.source),
        "why_now": [names.reason(reason) for reason in handoff.because] if handoff else [],
        "missing": [names.field(field) for field in handoff.missing] if handoff else [],
        "history": [
            {
                "when": f"{format_date(one.at.astimezone(zone), 'd MMM', locale=locale_of(language))}, "
                f"{one.at.astimezone(zone):%H:%M}",
                "what": one.what,
            }
            for one in gather(batch.histories.get((lead.id, language), []), names.speech)[-_MOST_HISTORY:]
        ],
    }


def _hers(
    batch: LetterBatch,
    lead: Lead,
    appointment: Appointment | None,
    language: str,
    reps: Mapping[str, Any] | None,
) -> dict[str, str]:
    """How she is to be talked to: her language, and when the appointment is by her clock (with her city) where that
    shows another time than the rep's."""
    told = {"language": language_name(lead.language, language), "when": "", "city": ""}
    if appointment is None or reps is None:
        return told
    own = describe_appointment(batch.company, lead, appointment, language)
    return told if own["when"] == reps["when"] else told | {"when": own["when"], "city": own["city"]}


def appointment_about(row: Mapping[str, Any], lead: Lead) -> Appointment | None:
    """The appointment that a scenario's mail is about: the one its pass began because of, or blocked for her."""
    enrolment = lead.enrolment(row["scenario"], row["pass_number"])
    found = appointment_of(lead, enrolment) if enrolment else None
    if found is None or enrolment is None:
        return None
    own = (found.scenario, found.pass_number) == (enrolment.scenario, enrolment.pass_number)
    return found if own or found.id == enrolment.appointment else None
