"""From an outbox row to a letter: the lead as she is when the window opens, frozen for every repeat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from babel.dates import format_date
from sqlalchemy import Connection

from funnel.authoring.bundle import Bundle
from funnel.domain.company import Company, User
from funnel.domain.engine.mails import overtaken
from funnel.domain.known import appointment_of, is_planned
from funnel.domain.lead import AnswerSheet, Appointment, Handoff, Lead
from funnel.domain.model import in_language, locale_of
from funnel.domain.timing import Holidays, zone_info, zone_of
from funnel.ports import Letter
from funnel.storage import holds, snapshot
from funnel.storage.database import instant_text
from funnel.storage.holds import Hold
from funnel.storage.installation import Moment
from funnel.usecases.addresses import (
    appointment_link,
    asset_link,
    booking_link,
    lead_link,
    own_page_link,
    preferences_link,
    questionnaire_link,
    results_link,
    slot_link,
)
from funnel.usecases.attachments import attach, keep_attachments
from funnel.usecases.calendar_letter import MESSAGE as CALENDAR
from funnel.usecases.calendar_letter import freeze_failing
from funnel.usecases.diagnosis_paper import keep_diagnosis
from funnel.usecases.digest_letter import MESSAGE as DIGEST
from funnel.usecases.digest_letter import Asked, freeze_digest, is_over, read_asked
from funnel.usecases.history import Happening, histories
from funnel.usecases.house import House, Stationery
from funnel.usecases.invitations import describe_invitation, read_invitation
from funnel.usecases.naming import Names
from funnel.usecases.results import describe_answers, describe_results
from funnel.usecases.shelf import Published, holidays_of
from funnel.usecases.webinars import describe_webinar, reminds, webinar_invitation, webinar_of
from funnel.usecases.wording import CHANGE, describe_appointment, describe_company, describe_time, language_of

_MOST_HISTORY = 12


@dataclass(frozen=True)
class LetterBatch:
    """Everything needed to write a batch of mails, read at once."""

    house: Stationery
    published: Published
    leads: Mapping[int, Lead]
    bundles: Mapping[str, Bundle]
    histories: Mapping[tuple[int, str], Sequence[Happening]]
    companies: Mapping[str, Company]
    kept: Mapping[tuple[int, str], Sequence[Hold]] = field(default_factory=dict)
    """By (lead id, cause of a mail) the times that are kept for it."""
    asked: Mapping[str, Asked] = field(default_factory=dict)
    """What there is to ask each rep to whom a digest is about to be written."""

    @property
    def company(self) -> Company:
        """The company as it is now."""
        return self.published.company.company

    @property
    def holidays(self) -> Holidays:
        """Public holidays of the company's country."""
        return holidays_of(self.company.country)

    def address(self, row: Mapping[str, Any]) -> str:
        """Where a row goes now; `LookupError` when nobody of that name is left."""
        return self._recipient(row)[1]

    def zone(self, row: Mapping[str, Any]) -> str:
        """The lead's zone, else the company's."""
        lead = self.leads.get(row["lead_id"])
        return zone_of(lead.zone if lead else None, None, self.company.zone)

    def slow(self, row: Mapping[str, Any]) -> bool:
        """Whether the lead wants marketing mails half as often."""
        lead = self.leads.get(row["lead_id"])
        return lead is not None and lead.slow

    def _recipient(self, row: Mapping[str, Any]) -> tuple[str, str]:
        if row["recipient"] == "lead":
            lead = self.leads[row["lead_id"]]
            return lead.name, lead.email
        user = self._rep(row)
        return user.name, user.email

    def _rep(self, row: Mapping[str, Any]) -> User:
        """The member of staff to whom a row goes."""
        user_id = row["recipient"].removeprefix("user:")
        user = self.company.user(user_id)
        if user is None:
            raise LookupError(f"{user_id!r} is not in company.yaml any more")
        return user

    def overtaken(self, row: Mapping[str, Any], now: datetime) -> bool:
        """Whether a mail about an appointment has been overtaken by what became of it."""
        if row["message"] == DIGEST:
            return is_over(row, self.asked.get(row["recipient"].removeprefix("user:")), now)
        lead = self.leads.get(row["lead_id"])
        return lead is not None and overtaken(lead, row["message"], row["data"], now)

    def freeze(self, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """All that the bytes depend on, as JSON: kept with the row, so that a repeat says the same."""
        if row["message"] == CALENDAR:
            return freeze_failing(self.house, self.published, self._rep(row), row["data"], now)
        if row["message"] == DIGEST:
            asked = self.asked[row["recipient"].removeprefix("user:")]
            return freeze_digest(self.house, self.published, self._rep(row), asked, now)
        lead = self.leads.get(row["lead_id"])
        own = row["recipient"] == "lead"
        if lead is None or (own and lead.erased):
            raise LookupError("the lead is gone")
        company = self.company
        language = _language(company, row, lead)
        name, address = self._recipient(row)
        appointment = _told_of(row, lead)
        context = self._context(row, lead, language, appointment, now)
        handoff = lead.handoff
        rep = self.company.user(handoff.rep) if own and handoff else None
        answer_to = (lead.name, lead.email) if not own else (rep.name, rep.email) if rep else None
        return {
            "date": instant_text(now),
            "to": [name, address],
            "reply_to": list(answer_to) if answer_to else None,
            "language": language,
            "version": row["version"] or self.published.company.digest,
            "company": self.published.company.digest,
            "context": context,
            "meeting": self._meeting(row, lead, appointment, language, now),
            "one_click": context["links"]["unsubscribe"] if row["kind"] == "marketing" else None,
            **self._attached(row, lead, language, context),
        }

    def _meeting(
        self, row: Mapping[str, Any], lead: Lead, appointment: Appointment | None, language: str, now: datetime
    ) -> dict[str, Any] | None:
        """What the mail puts into a calendar, or takes out of it; a visit that a scenario has planned comes into hers
        with the mail that first tells her of it."""
        bundle = self.bundles.get(row["version"]) if row["scenario"] else None
        about = _about(row, lead) if bundle and row["recipient"] == "lead" else None
        if bundle and about and is_planned(bundle.program, about.type):
            return describe_invitation(self.company, row, lead, about, language, planned=True)
        if appointment:
            return describe_invitation(self.company, row, lead, appointment, language)
        return webinar_invitation(self.company, bundle, row, lead, language, now)

    def _attached(
        self, row: Mapping[str, Any], lead: Lead, language: str, context: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the step attaches; nothing at all where it attaches nothing."""
        names = row["data"].get("attach")
        if not names:
            return {}
        sheet = self._sheet(row, lead) if "results" in context else None
        drawn = keep_diagnosis(self.company, lead, sheet.completed_at, language, context) if sheet else None
        return {"attached": keep_attachments(names, self.bundles.get(row["version"]), language, drawn)}

    def _context(
        self, row: Mapping[str, Any], lead: Lead, language: str, appointment: Appointment | None, now: datetime
    ) -> dict[str, Any]:
        company = self.company
        context: dict[str, Any] = {
            "lead": {
                "name": lead.name,
                "first_name": lead.name.split(" ")[0],
                "email": lead.email,
                "company": lead.company or "",
                "position": lead.position or "",
                "phone": lead.phone or "",
                "language": lead.language,
                "stage": lead.stage,
                "score": lead.score,
            },
            "links": {
                "unsubscribe": preferences_link(self.house, lead.id),
                "desk": lead_link(self.house, lead.id),
                "privacy": self.house.url("/privacy"),
                "own_page": own_page_link(self.house, lead) if row["recipient"] == "lead" else None,
            },
            "propose": row["data"].get("propose"),
            "slots": [],
            "answers": [],
        }
        links = context["links"]
        sheet = self._sheet(row, lead)
        if sheet:
            links["results"] = results_link(self.house, lead, sheet)
            bundle = self._bundle(sheet)
            questionnaire = bundle.questionnaires.get(sheet.questionnaire) if bundle else None
            if questionnaire:
                context["results"] = describe_results(questionnaire, sheet, language)
                if row["kind"] == "staff":
                    context["answers"] = describe_answers(questionnaire, sheet, language)
        bundle = self.bundles.get(row["version"])
        if bundle and (webinar := webinar_of(bundle)):
            told = describe_webinar(webinar, company, self.zone(row), language, now)
            context["webinar"] = {**told, "reminded": reminds(bundle, company, now)}
            links["webinar"] = webinar.link
        if row["scenario"]:
            appointment = appointment or _about(row, lead)
            self._booking(row, lead, links, now)
            self._given(row, lead, links, now)
            if "book" in links:
                context["slots"] = self._times(row, lead, language, links["book"])
        if appointment:
            context["appointment"] = describe_appointment(
                company, lead, appointment, language, own=row["recipient"] == "lead"
            ) | {name: row["data"][name] for name in CHANGE if name in row["data"]}
            if appointment.open or not row["scenario"]:
                links["cancel"] = appointment_link(self.house, lead, appointment.id)
            if not row["scenario"] and "slots" in row["data"]:
                moving = f"{links['cancel']}/move"
                context["slots"] = self._times(row, lead, language, moving)
        if row["message"] == "house/dossier":
            context |= self._dossier(row, lead, language)
        wanted = [purpose for purpose in row["data"].get("purposes", ()) if purpose in company.consents]
        if wanted:
            context["purposes"] = [in_language(company.consents[purpose].text, language) for purpose in wanted]
        return context

    def _times(self, row: Mapping[str, Any], lead: Lead, language: str, url: str) -> list[dict[str, Any]]:
        """The times that are kept for a mail, each with its link."""
        return [
            {**describe_time(one.starts_at, self.zone(row), language), "url": slot_link(url, one.starts_at)}
            for one in self.kept.get((lead.id, row["cause"]), ())
        ]

    def _booking(self, row: Mapping[str, Any], lead: Lead, links: dict[str, str], now: datetime) -> None:
        """The booking link of what the step proposes; none while she has an open appointment of that type."""
        enrolment = lead.enrolment(row["scenario"], row["pass_number"])
        program = self.bundles[row["version"]].program
        wanted = row["data"].get("propose") or next(iter(sorted(program.proposes)), None)
        if enrolment and wanted and lead.ahead(wanted, now) is None:
            links["book"] = booking_link(self.house, lead, enrolment, program, wanted)

    def _given(self, row: Mapping[str, Any], lead: Lead, links: dict[str, str], now: datetime) -> None:
        """The links to the file that its scenario gives, and to the questionnaire that it asks for."""
        enrolment = lead.enrolment(row["scenario"], row["pass_number"])
        program = self.bundles[row["version"]].program
        if enrolment is None:
            return
        if program.assets:
            links["asset"] = asset_link(self.house, lead, enrolment, program, program.assets[0], now)
        if questionnaire := program.asked_after(row.get("step")):
            links["questionnaire"] = questionnaire_link(self.house, lead, enrolment, questionnaire)

    def _sheet(self, row: Mapping[str, Any], lead: Lead) -> AnswerSheet | None:
        """The answers that the row names, or of its enrolment, else her latest."""
        place, named = (row["scenario"], row["pass_number"]), row["data"].get("sheet")
        own = [s for s in lead.answers if (s.id == named if named else (s.scenario, s.pass_number) == place)]
        sheets = own or list(lead.answers)
        return sheets[-1] if sheets else None

    def _bundle(self, sheet: AnswerSheet) -> Bundle | None:
        """The version whose questionnaire was answered: the pinned one, else the newest."""
        for lead in self.leads.values():
            if sheet in lead.answers and sheet.scenario and sheet.pass_number:
                enrolment = lead.enrolment(sheet.scenario, sheet.pass_number)
                if enrolment and enrolment.version in self.bundles:
                    return self.bundles[enrolment.version]
        return self.published.newest.get(sheet.scenario or "")

    def _dossier(self, row: Mapping[str, Any], lead: Lead, language: str) -> dict[str, Any]:
        handoff: Handoff | None = next((h for h in lead.handoffs if h.id == row["data"].get("handoff")), None)
        zone = zone_info(self.company.zone)
        names = Names(self.published, language)
        return {
            "came_by": names.source(lead.source),
            "why_now": [names.reason(reason) for reason in handoff.because] if handoff else [],
            "missing": [names.field(field) for field in handoff.missing] if handoff else [],
            "history": [
                {
                    "when": f"{format_date(one.at.astimezone(zone), 'd MMM', locale=locale_of(language))}, "
                    f"{one.at.astimezone(zone):%H:%M}",
                    "what": one.what,
                }
                for one in self.histories.get((lead.id, language), [])[-_MOST_HISTORY:]
            ],
        }


def _told_of(row: Mapping[str, Any], lead: Lead) -> Appointment | None:
    """The appointment that a house mail tells of; whoever it was taken from is told of the time that was hers."""
    data = row["data"]
    found = lead.appointment(data.get("appointment"))
    if found is None or "was" not in data:
        return found
    starts_at = datetime.fromisoformat(data["was"])
    return replace(found, starts_at=starts_at, ends_at=starts_at + (found.ends_at - found.starts_at))


def _about(row: Mapping[str, Any], lead: Lead) -> Appointment | None:
    """The appointment that a scenario's mail is about: the one its pass began because of, or blocked for her."""
    enrolment = lead.enrolment(row["scenario"], row["pass_number"])
    found = appointment_of(lead, enrolment) if enrolment else None
    if found is None or enrolment is None:
        return None
    own = (found.scenario, found.pass_number) == (enrolment.scenario, enrolment.pass_number)
    return found if own or found.id == enrolment.appointment else None


def _language(company: Company, row: Mapping[str, Any], lead: Lead) -> str:
    """The language of a mail: the lead's, or for staff that of who reads it."""
    if row["recipient"] != "lead":
        user = company.user(row["recipient"].removeprefix("user:"))
        return language_of(user, company)
    return lead.language if lead.language in company.locales else company.locales[0]


def open_batch(connection: Connection, house: House, moment: Moment, rows: Sequence[Mapping[str, Any]]) -> LetterBatch:
    """Read what the rows' mails need: leads, versions, and the history of those whose dossier is written."""
    published = house.shelf.published(connection, moment.revision)
    ids = {row["lead_id"] for row in rows if row["lead_id"]}
    fresh = house.fresh.take(connection, ids)
    found = {**fresh, **snapshot.load(connection, list(ids - fresh.keys()), lock=False)}
    wanted = {row["version"] for row in rows if row["version"]}
    frozen = [row["frozen"] for row in rows if (row.get("frozen") or {}).get("attached")]
    wanted |= {one["version"] for one in frozen if one["version"] != one["company"]}
    wanted |= {e.version for lead in found.values() for e in lead.enrolments if lead.answers}
    bundles = {digest: house.shelf.bundle(connection, digest) for digest in wanted}
    company = published.company.company
    dossiers = {
        (row["lead_id"], _language(company, row, found[row["lead_id"]]))
        for row in rows
        if row["message"] == "house/dossier" and row["lead_id"] in found
    }
    pinned = {row["frozen"]["company"] for row in rows if row.get("frozen")} | {published.company.digest}
    companies = {digest: house.shelf.company(connection, digest).company for digest in pinned}
    told = histories(connection, published, found, dossiers)
    causes = [(row["lead_id"], row["cause"]) for row in rows if "slots" in row["data"]]
    kept = holds.held_for(connection, causes, moment.now) if causes else {}
    reps = sorted({row["recipient"].removeprefix("user:") for row in rows if row["message"] == DIGEST})
    asked = read_asked(connection, company, reps, moment.now)
    return LetterBatch(house, published, found, bundles, told, companies, kept, asked)


def alone(
    house: Stationery,
    published: Published,
    lead: Lead,
    told: Mapping[tuple[int, str], Sequence[Happening]],
    cause: str = "",
    kept: Sequence[Hold] = (),
) -> LetterBatch:
    """A batch for a mail of one lead, from memory alone; `told` is her history by (id, language), for a dossier, and
    `kept` are the times kept for the mail of `cause`."""
    company = published.company
    bundles = {bundle.digest: bundle for bundle in published.newest.values()}
    companies = {company.digest: company.company}
    return LetterBatch(house, published, {lead.id: lead}, bundles, told, companies, {(lead.id, cause): kept})


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
