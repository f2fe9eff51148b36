"""What open work still needs may not leave `company.yaml`: told at the list that it has gone from.

People may leave, or be away: what is left behind is told, for others to take it over.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from funnel.authoring.bundle import COMPANY_FILE
from funnel.authoring.findings import Finding, Level, Problem
from funnel.authoring.hints import listed
from funnel.authoring.positions import read_yaml
from funnel.authoring.saying import Saying, say
from funnel.domain.company import Company

Section = Literal["users", "appointment_types", "webhooks"]

OPEN: Mapping[str, Saying] = {
    "handoffs": say("handoffs"),
    "appointments": say("appointments"),
    "tasks": say("tasks"),
    "calls": say("calls"),
}
"""What may still be open, as `funnel.storage.in_use` calls it."""

_THE: Mapping[Section, Saying] = {
    "appointment_types": say("the appointment type"),
    "webhooks": say("the webhook"),
}


def removed(before: Company, after: Company) -> dict[Section, set[str]]:
    """The ids that stood in a list that open work needs, and stand there no more."""
    return {
        "appointment_types": {one.id for one in before.appointment_types} - {one.id for one in after.appointment_types},
        "webhooks": {one.id for one in before.webhooks} - {one.id for one in after.webhooks},
    }


def still_in_use(content: bytes, used: Mapping[Section, Mapping[str, Sequence[str]]]) -> list[Finding]:
    """A finding for each id in `used`: what is still open for it (`handoffs`, `tasks` ...), by the list it left."""
    document = read_yaml(COMPANY_FILE, content)
    findings = []
    for section, ids in used.items():
        for name, what in ids.items():
            level: Level = "warning" if section == "users" else "error"
            words = listed(OPEN.get(one, one) for one in what)
            if section == "users":
                values = {"name": repr(name), "words": words}
                message = say("%(name)s has left, or is away, and leaves behind: %(words)s", **values)
                fix = say("give them to others on /diary and /desk")
            else:
                values = {"the": _THE[section], "name": repr(name), "words": words}
                message = say("%(the)s %(name)s cannot be removed: open %(words)s", **values)
                fix = say("put %(name)s back until they are done", name=repr(name))
            # The list itself may be gone; the file's beginning stands for it then.
            path = (section,) if (section,) in document.keys else ()
            placed = Problem(path, "still-in-use", message, fix, level, at="key" if path else "value")
            findings.append(document.place(placed))
    return findings
