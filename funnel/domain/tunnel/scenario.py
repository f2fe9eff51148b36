"""A scenario as its author writes it: form, magnet, sequence of steps named by their verb, targets."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from funnel.domain.model import Authored, Id, Text
from funnel.domain.spans import parse_span
from funnel.domain.tunnel.expectation import Expectation


def _a_span(text: str) -> str:
    parse_span(text)
    return text


SpanText = Annotated[str, AfterValidator(_a_span)]

EventName = Literal[
    "form.submitted",
    "questionnaire.completed",
    "appointment.booked",
    "appointment.held",
    "appointment.missed",
    "appointment.cancelled",
]
"""What a scenario can start on, wait for, or skip because of."""


class Step(Authored):
    """What every step may carry beside its verb."""

    id: Id | None = None
    unless: EventName | None = None


class Propose(Authored):
    """An appointment proposed in a mail: its type, and the link to all free slots."""

    appointment: Id


class EmailStep(Step):
    """Send an e-mail: a folder under `email_templates/<scenario>/`."""

    email: Id
    propose: Propose | None = None


class WaitStep(Step):
    """Wait a span; days and longer keep the local time of the lead's zone (S144)."""

    wait: SpanText


class AwaitStep(Step):
    """Wait for an event, at most `within`; then `otherwise`."""

    await_: EventName = Field(alias="await")
    questionnaire: Id | None = None
    appointment: Id | None = None
    since: Literal["here"] | None = None
    within: SpanText
    otherwise: "list[AnyStep]"


class Case(Authored):
    """One case of a choice."""

    when: str
    do: "list[AnyStep]"


class ChooseStep(Step):
    """Take the first case that is true; else `otherwise` (may be empty)."""

    choose: Annotated[list[Case], Field(min_length=1)]
    otherwise: "list[AnyStep]"


class WhenStep(Step):
    """Do the block when the condition is true; go on either way."""

    when: str
    do: "list[AnyStep]"


class HandOff(Authored):
    """To whom, and why: the rep is chosen by the team's load."""

    team: Id | None = None
    because: Text


class HandOffStep(Step):
    """Hand the lead to a rep with her whole history (S130); `otherwise` is for who does not fit the persona (S118)."""

    hand_off: HandOff
    otherwise: "list[AnyStep] | None" = None


class Task(Authored):
    """Something a person does: a call, or what the text says, within a time."""

    text: Text | None = None
    call: Id | None = None
    within: SpanText | None = None


class TaskStep(Step):
    """Put a task on the desk of the lead's rep, else of the scenario's team."""

    task: str | Task


class TagStep(Step):
    """Put a tag on the lead."""

    tag: Id


class StatusStep(Step):
    """Set the lead's status: one of the company's own words."""

    status: Id


class ScoreStep(Step):
    """Add points (or take them, below zero)."""

    score: int
    because: Text | None = None


class WebhookStep(Step):
    """Call one of the company's webhooks, signed by Standard Webhooks."""

    webhook: Id


class StartStep(Step):
    """Start another scenario for this lead, or this one again: its next pass."""

    start: Id


class EndStep(Step):
    """End here, and say why."""

    end: Id


VERBS: dict[str, type[Step]] = {
    "email": EmailStep,
    "wait": WaitStep,
    "await": AwaitStep,
    "choose": ChooseStep,
    "when": WhenStep,
    "hand_off": HandOffStep,
    "task": TaskStep,
    "tag": TagStep,
    "status": StatusStep,
    "score": ScoreStep,
    "webhook": WebhookStep,
    "start": StartStep,
    "end": EndStep,
}
"""Each verb and the model of its step."""


def verb_of(step: Any) -> str | None:
    """The verb a raw or modelled step is named by; none for something else."""
    if isinstance(step, Step):
        return next(verb for verb, model in VERBS.items() if isinstance(step, model))
    if isinstance(step, dict):
        return next((key for key in VERBS if key in step), None)
    return None


def _tag(step: Any) -> str | None:
    verb = verb_of(step)
    return f"<{verb}>" if verb else None


AnyStep = Annotated[
    Annotated[EmailStep, Tag("<email>")]
    | Annotated[WaitStep, Tag("<wait>")]
    | Annotated[AwaitStep, Tag("<await>")]
    | Annotated[ChooseStep, Tag("<choose>")]
    | Annotated[WhenStep, Tag("<when>")]
    | Annotated[HandOffStep, Tag("<hand_off>")]
    | Annotated[TaskStep, Tag("<task>")]
    | Annotated[TagStep, Tag("<tag>")]
    | Annotated[StatusStep, Tag("<status>")]
    | Annotated[ScoreStep, Tag("<score>")]
    | Annotated[WebhookStep, Tag("<webhook>")]
    | Annotated[StartStep, Tag("<start>")]
    | Annotated[EndStep, Tag("<end>")],
    Discriminator(_tag),
]
"""A step, told apart by its verb. The tags cannot be keys, so error positions stay true."""

Need = Literal["required", "optional"]


class Fields(Authored):
    """What the form asks of her; name and e-mail are always required (S128)."""

    name: Literal["required"] = "required"
    email: Literal["required"] = "required"
    position: Need | None = None
    company: Need | None = None
    phone: Need | None = None


class Form(Authored):
    """A landing page with its form; the self-evaluation's form is the questionnaire itself (S127)."""

    page: Id
    questionnaire: Id | None = None
    fields: Fields = Fields()
    consents: list[Id] = []


class Magnet(Authored):
    """What is given: the result of a questionnaire."""

    questionnaire: Id


Leaving = Literal["unsubscribed", "erased", "disqualified"]


class Scenario(Authored):
    """One tunnel, one offer (S117)."""

    scenario: Id
    title: Text
    offer: Text
    why: Literal["profit", "volume", "new_offer"]
    persona: Id | None = None
    team: Id | None = None
    again: str = "never"
    parameters: dict[Id, str | int | bool | list[str]] = {}
    form: Form | None = None
    magnet: Magnet | None = None
    leave_when: list[Leaving] = ["unsubscribed", "erased", "disqualified"]
    sequence: Annotated[list[AnyStep], Field(min_length=1)]
    targets: dict[str, int | str] = {}
    expect: Annotated[list[Expectation], Field(max_length=100)] = []


for _model in (AwaitStep, Case, ChooseStep, WhenStep, HandOffStep, Scenario):
    _model.model_rebuild()
