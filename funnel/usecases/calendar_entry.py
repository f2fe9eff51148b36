"""An appointment as an entry for her own calendar."""

from funnel.catalogue import Speech
from funnel.ports import Meeting
from funnel.usecases.invitations import location_of, uid_of
from funnel.usecases.own_appointment import OwnAppointment


def calendar_entry(own: OwnAppointment, language: str) -> Meeting:
    """The same UID and sequence as the invitation by mail, so that a calendar keeps one of the two."""
    company, appointment = own.company, own.appointment
    rep, title = company.user(appointment.rep), company.title_of(appointment.type, language)
    return Meeting(
        uid=uid_of(company, appointment.id),
        sequence=appointment.sequence,
        stamp=own.now,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        summary=Speech(language).gettext("%(title)s: %(name)s", title=title, name=rep.name if rep else company.name),
        organizer=(company.sender.name, company.sender.email),
        attendees=[],
        description="",
        location=location_of(own.kind, own.lead.phone if own.proven else None, language),
        language=language,
    )
