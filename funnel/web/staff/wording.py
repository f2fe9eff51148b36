"""States, roles and tasks in words for people, in the language of the page."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from funnel.domain.lead import Appointment
from funnel.usecases.errors import Invalid
from funnel.usecases.naming import Names
from funnel.web.speech import _


def refused_text(invalid: Invalid, required: str) -> str:
    """Why a text cannot be taken: `required` when there is none."""
    if "unreadable" in invalid.errors.values():
        return _("It holds characters that we cannot read. Type it again, without pasting.")
    return required


def role_in_words(role: str) -> str:
    """What somebody does here."""
    known = {"rep": _("rep"), "marketer": _("marketer"), "manager": _("manager"), "admin": _("administrator")}
    return known.get(role, role)


def stage_in_words(stage: str) -> str:
    """How far a lead has come."""
    known = {
        "new": _("new lead"),
        "engaged": _("engaged"),
        "qualified": _("qualified"),
        "accepted": _("accepted by a rep"),
        "customer": _("customer"),
        "disqualified": _("not a lead for us"),
    }
    return known.get(stage, stage)


def appointment_state(state: str) -> str:
    """What became of an appointment."""
    known = {
        "booked": _("booked"),
        "moved": _("moved"),
        "cancelled": _("cancelled"),
        "held": _("took place"),
        "missed": _("missed"),
    }
    return known.get(state, state)


def appointment_stands(one: Appointment, now: datetime, *, asked: bool) -> tuple[str, str]:
    """The same beside the time itself, with how it is marked there: what is over has no outcome yet, or another time
    was `asked` for."""
    if one.open and asked:
        return _("another time asked for"), "warn"
    if one.open and one.ends_at <= now:
        return _("no outcome yet"), "warn"
    kinds = {"held": "ok", "missed": "bad", "cancelled": ""}
    return appointment_state(one.state), kinds.get(one.state, "info")


def what_came_of_it(state: str) -> str | None:
    """The same beside what had led to it; nothing as long as it lies ahead."""
    known = {
        "cancelled": _("appointment cancelled"),
        "held": _("appointment took place"),
        "missed": _("appointment missed"),
    }
    return known.get(state)


def enrolment_state(state: str) -> str:
    """Where somebody stands in a scenario."""
    known = {
        "waiting": _("waiting"),
        "awaiting": _("expecting"),
        "ended": _("ended"),
        "parked": _("needs help"),
        "paused": _("paused"),
    }
    return known.get(state, state)


def part_state(state: str) -> str:
    """Why a part of the product does not answer."""
    known = {
        "away: the tick does the work itself": _("away: the tick does the work itself"),
        "away": _("away"),
        "unknown": _("unknown"),
        "no sign of life": _("no sign of life"),
    }
    return known.get(state, state)


def task_row(
    row: Mapping[str, Any],
    lead: Mapping[str, Any],
    names: Names,
    when: Callable[[datetime], dict[str, str]],
    now: datetime,
) -> dict[str, Any]:
    """A task as templates take it; `when` tells an instant. A call without a text of its own is named after its
    appointment type."""
    due: datetime | None = row["due_at"]
    call = _("Call: %(title)s", title=names.appointment_type(row["call"])) if row["call"] else _("On the call list")
    return {
        "id": row["id"],
        "text": names.told(row["text"] or "") or call,
        "listed": row["list"] is not None,
        "lead": lead,
        "due": when(due) if due else None,
        "overdue": bool(due and due < now),
    }
