"""The calendar object that goes with a mail, frozen as JSON so that a repeat says the same."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from funnel.catalogue import Speech
from funnel.domain.company import AppointmentType, Company
from funnel.domain.engine.handing import DOSSIER
from funnel.domain.lead import Appointment, Lead
from funnel.ports import Meeting

_METHODS = {
    "house/appointment_booked": "REQUEST",
    "house/appointment_booked_rep": "REQUEST",
    "house/appointment_blocked_rep": "REQUEST",
    "house/appointment_moved": "REQUEST",
    "house/appointment_moved_rep": "REQUEST",
    "house/appointment_cancelled": "CANCEL",
    "house/appointment_cancelled_rep": "CANCEL",
    DOSSIER: "REQUEST",
}


def uid_of(company: Company, appointment_id: int) -> str:
    """The UID of an appointment, the same in every mail, calendar and feed: so a calendar keeps one of them."""
    return f"appointment-{appointment_id}@{company.domain}"


def location_of(kind: AppointmentType | None, phone: str | None, language: str, *, staff: bool = False) -> str:
    """Where a calendar says an appointment is: the number that rings, else the place; empty where neither is known."""
    return (phone or "") if kind is None or kind.channel == "phone" else kind.place(language, staff=staff)


def describe_invitation(
    company: Company,
    row: Mapping[str, Any],
    lead: Lead,
    appointment: Appointment,
    language: str,
    *,
    planned: bool = False,
) -> dict[str, Any] | None:
    """The invitation or cancellation that goes with the mail of an outbox row, as JSON; none for a mail that carries
    none. A rep from whom it was taken is told of her own; what a scenario has `planned` comes with its own mail."""
    method = "REQUEST" if planned else _METHODS.get(row["message"])
    if method is None or (method == "REQUEST" and not appointment.open):
        return None
    whose = row["recipient"].partition(":")[2] or appointment.rep
    rep = company.user(whose if method == "CANCEL" else appointment.rep)
    title = company.title_of(appointment.type, language)
    name = rep.name if rep else company.name
    speech = Speech(language)
    kind = company.appointment_type(appointment.type)
    calls = kind is None or kind.channel == "phone"
    return {
        "method": method,
        "uid": uid_of(company, appointment.id),
        "sequence": row["data"].get("sequence", appointment.sequence),  # a late CANCEL is older than a new REQUEST
        "starts_at": appointment.starts_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat(),
        "organizer": [company.sender.name, company.sender.email],
        "location": location_of(kind, lead.phone, language, staff=row["recipient"] != "lead"),
        "language": language,
        **_about(speech, title, lead, (name, rep.email if rep else None), calls=calls),
    }


def _about(speech: Speech, title: str, lead: Lead, rep: tuple[str, str | None], *, calls: bool) -> dict[str, Any]:
    """Who meets whom: of a lead who was erased nothing is said, not even her pseudonym."""
    name, address = rep
    theirs = [[name, address]] if address else []
    if lead.erased:
        summary = speech.gettext("%(title)s: %(name)s", title=title, name=name)
        return {"summary": summary, "attendees": theirs, "description": ""}
    called = lead.called
    return {
        "summary": speech.gettext("%(title)s: %(lead)s, %(rep)s", title=title, lead=called, rep=name),
        "attendees": [[lead.name, lead.email], *theirs],
        "description": _told(speech, calls, rep=name, lead=called, phone=lead.phone),
    }


def _told(speech: Speech, calls: bool, *, rep: str, lead: str, phone: str | None) -> str:
    """Who calls whom, or meets whom where it is not by telephone."""
    if not calls:
        return speech.gettext("%(rep)s meets %(lead)s", rep=rep, lead=lead)
    if phone:
        return speech.gettext("%(rep)s calls %(lead)s on %(phone)s", rep=rep, lead=lead, phone=phone)
    return speech.gettext("%(rep)s calls %(lead)s", rep=rep, lead=lead)


def read_invitation(meeting: Mapping[str, Any], stamp: datetime) -> Meeting:
    """The meeting that `describe_invitation` froze, as its calendar object is built at `stamp`."""
    return Meeting(
        uid=meeting["uid"],
        sequence=meeting["sequence"],
        stamp=stamp,
        starts_at=datetime.fromisoformat(meeting["starts_at"]),
        ends_at=datetime.fromisoformat(meeting["ends_at"]),
        summary=meeting["summary"],
        organizer=(meeting["organizer"][0], meeting["organizer"][1]),
        attendees=[(name, address) for name, address in meeting["attendees"]],
        description=meeting["description"],
        location=meeting["location"],
        language=meeting["language"],
    )
