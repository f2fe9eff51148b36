"""A scenario as its author writes it: form, magnet, sequence of steps, targets."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from funnel.domain.model import Authored, Id, Text
from funnel.domain.tunnel.expectation import Expectation
from funnel.domain.tunnel.form import Form, Magnet
from funnel.domain.tunnel.steps import AnyStep
from funnel.domain.tunnel.trigger import EventName, Trigger, trigger_of

START = "start"
"""`on: start`: only another scenario's step, or a person, starts it."""

Entry = Annotated[
    Annotated[Literal[EventName, "start"], Tag("<event>")]
    | Annotated[dict[EventName, str | int], Field(min_length=1, max_length=1), Tag("<of>")],
    Discriminator(lambda raw: "<of>" if isinstance(raw, dict) else "<event>"),
]
"""What a scenario starts on: an event, an event and which of its kind (`{segment.entered: gold}`), or `start`."""

Leaving = Literal["unsubscribed", "erased", "disqualified"]


class Scenario(Authored):
    """One tunnel, one offer (S117); or, with `on:`, what follows an event of any tunnel."""

    scenario: Id
    title: Text
    offer: Text | None = None
    why: Literal["profit", "volume", "new_offer"] | None = None
    on: Entry | None = None
    persona: Id | None = None
    team: Id | None = None
    again: str | None = None
    parameters: dict[Id, str | int | bool | list[str]] = {}
    form: Form | None = None
    magnet: Magnet | None = None
    leave_when: list[Leaving] = ["unsubscribed", "erased", "disqualified"]
    sequence: Annotated[list[AnyStep], Field(min_length=1)]
    targets: dict[str, int | str] = {}
    expect: Annotated[list[Expectation], Field(max_length=100)] = []

    @property
    def starts_on(self) -> Trigger | None:
        """What starts it by itself; none where that is its form, a step or a person."""
        return trigger_of(self.on) if self.on not in (None, START) else None

    @property
    def by_form(self) -> bool:
        """Whether people come in by its own form."""
        starts = self.starts_on
        own = starts is not None and starts.event == "form.submitted" and starts.subject in (None, self.scenario)
        return self.on is None or own

    @property
    def begins_by_forms(self) -> bool:
        """Whether people come in by a form, its own or another's."""
        return self.by_form or (self.starts_on is not None and self.starts_on.event == "form.submitted")

    @property
    def follows_appointment(self) -> bool:
        """Whether it is about the appointment that it starts on."""
        return self.starts_on is not None and self.starts_on.event.startswith("appointment.")

    @property
    def enters_again(self) -> str:
        """When a lead may enter once more: as it says, else never by a form and each time by an event."""
        return self.again or ("each" if self.on and self.on != "form.submitted" else "never")
