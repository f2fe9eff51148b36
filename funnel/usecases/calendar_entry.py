"""An appointment as an entry for her own calendar."""

from funnel.catalogue import Speech
from funnel.domain.model import in_language
from funnel.ports import Meeting
from funnel.usecases.own_appointment import OwnAppointment


def calendar_entry(own: OwnAppointment, language: str) -> Meeting:
    """The same UID and sequence as the invitation by mail, so that a calendar keeps one of the two."""
    company, appointment = own.company, own.appointment
    kind = next((one for one in company.appointment_types if one.id == appointment.type), None)
    rep = next((user for user in company.users if user.id == appointment.rep), None)
    title = in_language(kind.title, language) if kind else appointment.type
    domain = company.sender.email.rpartition("@")[2]
    return Meeting(
        uid=f"appointment-{appointment.id}@{domain}",
        sequence=appointment.sequence,
        stamp=own.now,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        summary=Speech(language).gettext("%(title)s: %(name)s", title=title, name=rep.name if rep else company.name),
        organizer=(company.sender.name, company.sender.email),
        attendees=[],
        description="",
        location="",
        language=language,
    )
