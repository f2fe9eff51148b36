"""What the machine calls by ids, in words for people: steps, mails, tasks, appointment types."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from funnel.domain.company import Company
from funnel.domain.model import in_language
from funnel.usecases.errors import Invalid
from funnel.web.speech import language
from funnel.web.staff.page import Calendar


def step_in_words(step: str) -> str:
    """`await_appointment_held` -> `waits for “appointment held”`."""
    verb, _under, rest = step.partition("_")
    what = rest.replace("_", " ")
    match verb:
        case "wait":
            return str(_("waits"))
        case "await":
            return str(_("waits for “%(what)s”", what=what))
        case "email":
            return str(_("is sent “%(what)s”", what=what))
    return step.replace("_", " ")


def message_in_words(message: str) -> str:
    """`self_evaluation/your_results` -> `your results`."""
    return message.rpartition("/")[2].replace("_", " ")


def title_of(company: Company, appointment_type: str) -> str:
    """An appointment type's title; its id when it is no longer in `company.yaml`."""
    kind = next((one for one in company.appointment_types if one.id == appointment_type), None)
    return in_language(kind.title, language()) if kind else appointment_type


def refused_text(invalid: Invalid, required: str) -> str:
    """Why a text cannot be taken: `required` when there is none."""
    if "unreadable" in invalid.errors.values():
        return str(_("It holds characters that we cannot read. Type it again, without pasting."))
    return required


def task_row(row: Mapping[str, Any], lead: Mapping[str, Any], company: Company, days: Calendar) -> dict[str, Any]:
    """A task as templates take it. A call without a text of its own is named after its appointment type."""
    due: datetime | None = row["due_at"]
    return {
        "id": row["id"],
        "text": row["text"] or _("Call: %(title)s", title=title_of(company, row["call"] or "")),
        "lead": lead,
        "due": days.when(due) if due else None,
        "overdue": bool(due and due < days.now),
    }
