"""What sets something off: an event by its name, and which of its kind (`{appointment.booked: results_call}`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

EventName = Literal[
    "form.submitted",
    "questionnaire.completed",
    "asset.downloaded",
    "appointment.booked",
    "appointment.moved",
    "appointment.held",
    "appointment.missed",
    "appointment.cancelled",
    "webinar.attended",
    "webinar.missed",
    "segment.entered",
    "segment.left",
    "score.reached",
    "email.opened",
    "link.clicked",
]
"""What a scenario can start on, wait for, or skip because of, and what a rule can give points for."""

On = Annotated[
    Annotated[EventName, Tag("<event>")]
    | Annotated[dict[EventName, str | int], Field(min_length=1, max_length=1), Tag("<of>")],
    Discriminator(lambda raw: "<of>" if isinstance(raw, dict) else "<event>"),
]
"""An event as it is written: its name, or its name with which of its kind."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event, and which of its kind: the scenario of a form, a questionnaire, a file, a type of appointment, the
    scenario of a webinar, a segment, a number of points, a mail, a link. Without a subject: any."""

    event: str
    subject: str | None = None

    def __str__(self) -> str:
        return f"{self.event}: {self.subject}" if self.subject else self.event

    def meets(self, event: str, subject: str | None) -> bool:
        """Whether something that has happened sets it off."""
        return event == self.event and self.subject in (None, subject)


def trigger_of(written: str | Mapping[Any, str | int]) -> Trigger:
    """The trigger that was written."""
    if isinstance(written, str):
        return Trigger(written)
    [(event, subject)] = written.items()
    return Trigger(event, str(subject))
