"""Every table in one place: importing this module makes `metadata` whole, for migrations and their test."""

from funnel.storage import (
    answers,
    appointments,
    calendars,
    calls_to_action,
    diary_cells,
    enrolments,
    events,
    handoffs,
    holds,
    installation,
    leads,
    outbox,
    users,
)
from funnel.storage.database import metadata

TABLES = (
    answers.answers,
    appointments.appointments,
    diary_cells.diary_cells,
    holds.holds,
    calendars.busy_times,
    calendars.calendars,
    calls_to_action.calls_to_action,
    calls_to_action.visits,
    enrolments.enrolments,
    events.events,
    events.facts,
    events.intake_keys,
    handoffs.handoffs,
    handoffs.tasks,
    installation.audit,
    installation.blobs,
    installation.clock,
    installation.leases,
    installation.publications,
    installation.secrets,
    installation.version_files,
    installation.versions,
    leads.consents,
    leads.leads,
    leads.score_entries,
    leads.submissions,
    leads.suppressions,
    leads.tags,
    outbox.attempts,
    outbox.outbox,
    users.users,
)

__all__ = ["TABLES", "metadata"]
