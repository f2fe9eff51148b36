"""A lead's history in words, for dossier and desk: what she did, what was sent, what was decided (S145)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from funnel.domain.lead import Lead
from funnel.domain.model import in_language
from funnel.storage import events, outbox_lists
from funnel.usecases.shelf import Published


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a timeline. `by` says whose doing: the lead's, staff's, or the machine's (folded away)."""

    at: datetime
    what: str
    by: str
    kind: str


def histories(
    connection: Connection, published: Published, leads: Mapping[int, Lead], wanted: Sequence[int]
) -> dict[int, list[Happening]]:
    """The histories of the leads wanted, oldest first."""
    return {lead_id: history(connection, published, leads[lead_id]) for lead_id in set(wanted) if lead_id in leads}


def history(connection: Connection, published: Published, lead: Lead) -> list[Happening]:
    """Everything about one lead in the order of time."""
    found: list[Happening] = []
    for row in events.of_lead(connection, lead.id):
        teller = _TELLERS.get(row["kind"])
        if teller:
            by, what = teller(published, row["payload"])
            if not what:
                continue
            found.append(Happening(row["recorded_at"], what, by, row["kind"]))
    for row in outbox_lists.of_lead(connection, lead.id):
        if row["channel"] == "mail" and row["state"] in ("sent", "skipped", "refused", "failed", "in_doubt"):
            at = row["left_at"] or row["planned_at"]
            name = _title(row["message"])
            reason = f" ({row['reason']})" if row["reason"] else ""
            state = row["state"].replace("_", " ")
            to = "" if row["recipient"] == "lead" else f" to {_name(published, row['recipient'].removeprefix('user:'))}"
            found.append(Happening(at, f"Mail “{name}” {state}{to}{reason}", "machine", "mail"))
    return sorted(found, key=lambda one: one.at)


def _title(message: str) -> str:
    return message.rpartition("/")[2].replace("_", " ")


def _scenario(published: Published, name: str) -> str:
    bundle = published.newest.get(name)
    return in_language(bundle.scenario.title, published.company.company.locales[0]) if bundle else _title(name)


def _type(published: Published, payload: Mapping[str, Any]) -> str:
    kinds = published.company.company.appointment_types
    kind = next((one for one in kinds if one.id == payload["type"]), None)
    return in_language(kind.title, published.company.company.locales[0]) if kind else str(payload["type"])


def _name(published: Published, user_id: str) -> str:
    return next((u.name for u in published.company.company.users if u.id == user_id), user_id)


Teller = Callable[[Published, Mapping[str, Any]], tuple[str, str]]

_TELLERS: dict[str, Teller] = {
    "FormSubmitted": lambda p, x: ("lead", f"Sent the form of “{_scenario(p, x['scenario'])}”"),
    "QuestionnaireCompleted": lambda p, x: ("lead", f"Completed the questionnaire: {x['share']} out of 100"),
    "EmailProven": lambda p, x: ("lead", "Confirmed the e-mail address"),
    "EmailCorrected": lambda p, x: ("lead", "Corrected the e-mail address"),
    "DetailsChanged": lambda p, x: (
        "lead" if x["by"] == "lead" else "staff",
        f"Gave {', '.join(sorted(x['fields']))}",
    ),
    "SlotChosen": lambda p, x: ("lead", f"Asks to be called on {x['phone']}" if x.get("phone") else ""),
    "AppointmentBooked": lambda p, x: ("lead", f"Booked: {_type(p, x)}, with {_name(p, x['rep'])}"),
    "AppointmentCancelled": lambda p, x: ("lead" if x["by"] == "lead" else "staff", "Cancelled the appointment"),
    "AppointmentHeld": lambda p, x: ("staff", f"Appointment held, marked by {_name(p, x['by'])}"),
    "AppointmentMissed": lambda p, x: ("staff", f"Appointment missed, marked by {_name(p, x['by'])}"),
    "HandOffAsked": lambda p, x: ("staff", f"Handed over by {_name(p, x['by'])}"),
    "HandoffAccepted": lambda p, x: ("staff", f"Accepted by {_name(p, x['by'])}"),
    "HandoffReturned": lambda p, x: ("staff", f"Returned by {_name(p, x['by'])}: {x['reason']}"),
    "TaskDone": lambda p, x: ("staff", f"Task done by {_name(p, x['by'])}"),
    "Unsubscribed": lambda p, x: ("lead", "Stopped marketing mail"),
    "ConsentChanged": lambda p, x: (
        "lead",
        ("Agreed to " if x["given"] else "Withdrew ") + x["purpose"].replace("_", " "),
    ),
    "PointsGiven": lambda p, x: ("staff", f"{x['points']:+d} points: {x['because']}"),
    "ScenarioStarted": lambda p, x: ("staff", f"Started “{_scenario(p, x['scenario'])}”"),
    "StepDue": lambda p, x: ("machine", f"Step {x['step'].replace('_', ' ')} of {_title(x['scenario'])}"),
}
