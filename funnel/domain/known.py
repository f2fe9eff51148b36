"""What is known of a lead, under the names that conditions use; storage answers the same names in SQL."""

from collections.abc import Collection, Mapping
from datetime import datetime

from funnel.domain.conditions import Value
from funnel.domain.lead import AnswerSheet, Appointment, Enrolment, Lead
from funnel.domain.scoring import ledger
from funnel.domain.spans import SpanText
from funnel.domain.tunnel.program import Program
from funnel.domain.tunnel.steps import SAME, BookStep
from funnel.domain.webinar import state_of

FIELDS = ("name", "email", "phone", "company", "position", "language", "zone")
"""The lead's own columns that are texts, as `lead.<field>`."""


def sheet_of(lead: Lead, questionnaire: str, enrolment: Enrolment | None) -> AnswerSheet | None:
    """This enrolment's latest answers to a questionnaire, else the lead's latest."""
    sheets = [sheet for sheet in lead.answers if sheet.questionnaire == questionnaire]
    if enrolment:
        own = [s for s in sheets if (s.scenario, s.pass_number) == (enrolment.scenario, enrolment.pass_number)]
        sheets = own or sheets
    return sheets[-1] if sheets else None


def values_of(lead: Lead, enrolment: Enrolment | None = None) -> dict[str, Value]:
    """Every name with its value for this lead, in this enrolment where there is one; what is missing is absent."""
    found: dict[str, Value] = {f"lead.{field}": getattr(lead, field) for field in FIELDS}
    found |= {"score": lead.score, "stage": lead.stage, "status": lead.status}
    found.update({f"score.{group}": points for group, points in ledger.totals(lead.entries).items()})
    found |= {"tags": sorted(lead.tags), "segments": sorted(lead.segments)}
    if enrolment:
        found["pass"] = enrolment.pass_number
    found.update({f"source.{key}": value for key, value in lead.source.items()})
    found.update({f"consents.{purpose}": given for purpose, given in lead.consents.items()})
    for questionnaire in {sheet.questionnaire for sheet in lead.answers}:
        sheet = sheet_of(lead, questionnaire, enrolment)
        if sheet:
            found.update(_answers(sheet))
    appointment = appointment_of(lead, enrolment)
    if appointment:
        found["appointment.type"] = appointment.type
        found["appointment.state"] = appointment.state
        found["appointment.starts_at"] = appointment.starts_at
        found["appointment.misses"] = sum(one.state == "missed" for one in lead.chain(appointment))
    return found


def values_inside(program: Program, lead: Lead, enrolment: Enrolment, zone: str, now: datetime) -> dict[str, Value]:
    """The same, and how the webinar stands that her scenario gives, by the company's `zone`: what its choices look
    at."""
    known = values_of(lead, enrolment)
    magnet = program.scenario.magnet
    if magnet and magnet.webinar:
        known["webinar.state"] = state_of(magnet.webinar, zone, now)
    return known


def appointment_of(lead: Lead, enrolment: Enrolment | None) -> Appointment | None:
    """The appointment that this enrolment is about: the one it began because of, else its latest, else hers."""
    if enrolment:
        if cause := lead.appointment(enrolment.appointment):
            return cause
        for one in reversed(lead.appointments):
            if (one.scenario, one.pass_number) == (enrolment.scenario, enrolment.pass_number):
                return one
    return lead.appointments[-1] if lead.appointments else None


def is_planned(program: Program | None, type_id: str) -> bool:
    """Whether a program keeps the time of such an appointment without asking her (S89)."""
    steps = (one.step for one in program.steps.values()) if program else ()
    return any(isinstance(step, BookStep) and step.book.appointment == type_id for step in steps)


def blocked_after(program: Program) -> frozenset[SpanText]:
    """After how long a program keeps times without asking."""
    return frozenset(one.step.book.after for one in program.steps.values() if isinstance(one.step, BookStep))


def proposed_types(lead: Lead, enrolment: Enrolment, proposes: Collection[str]) -> frozenset[str]:
    """The appointment types that an enrolment's mails propose, `same` read as that of the appointment it is about."""
    about = appointment_of(lead, enrolment) if SAME in proposes else None
    return frozenset(proposes) - {SAME} | ({about.type} if about else set())


def _answers(sheet: AnswerSheet) -> Mapping[str, Value]:
    prefix = f"answers.{sheet.questionnaire}"
    found: dict[str, Value] = {f"{prefix}.{question}": value for question, value in sheet.values.items()}
    found.update({f"{prefix}.score.{theme}": share for theme, share in sheet.themes.items()})
    found[f"{prefix}.score"] = sheet.score
    found[f"{prefix}.share"] = sheet.share
    found[f"{prefix}.band"] = sheet.band
    found[f"{prefix}.follow_up"] = sheet.follow_up
    return found
