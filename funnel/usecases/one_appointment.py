"""One appointment with its lead, whoever opens it by its number."""

from datetime import datetime

from funnel.domain.company import Company
from funnel.domain.lead import Appointment, Lead
from funnel.storage import appointments, installation, snapshot
from funnel.usecases.errors import NotFound
from funnel.usecases.house import House


def find_appointment(house: House, appointment_id: int) -> tuple[Lead, Appointment, Company, datetime]:
    """An appointment with its lead, the company and the time; `NotFound` for what is none."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        lead_id = appointments.lead_of(connection, appointment_id)
        lead = snapshot.load(connection, [lead_id], lock=False).get(lead_id) if lead_id else None
    appointment = lead.appointment(appointment_id) if lead else None
    if lead is None or appointment is None:
        raise NotFound("There is no such appointment.")
    return lead, appointment, company, moment.now
