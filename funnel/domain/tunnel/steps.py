"""The steps of a scenario as its author writes them, each named by its verb."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from funnel.domain.model import Authored, Id, Text
from funnel.domain.spans import SpanText
from funnel.domain.tunnel.form import AssetName
from funnel.domain.tunnel.trigger import EventName, Trigger

_TIME = re.compile(
    r"^(webinar|appointment|[0-9]{4}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]"
    r"|(mon|tue|wed|thu|fri|sat|sun) ([01][0-9]|2[0-3]):[0-5][0-9])$"
)


def _a_time(text: str) -> str:
    if not _TIME.match(text):
        raise ValueError("not a time to wait for")
    return text


TimeText = Annotated[str, AfterValidator(_a_time)]
"""`webinar`, `appointment`, `2027-01-21 14:00` in the company's zone, or `mon 09:00` in the lead's."""

SUMMARY = "summary"
"""The choice of the language that asks for the result as a document, by mail."""
CALL = "call"
"""The choice of the language that asks for a number: somebody telephones."""

SAME = "same"
"""In `propose:`, the type and the rep of the appointment that the scenario is about."""

DIAGNOSIS = "diagnosis.pdf"
"""The attachment that is drawn from the enrolment's own answers."""


class Step(Authored):
    """What every step may carry beside its verb."""

    id: Id | None = None
    unless: EventName | None = None


class Propose(Authored):
    """An appointment proposed in a mail: its type, and the link to all free slots. With `slots` so many real ones of
    one rep are kept for her (S93): offered to nobody else for `hold`, at most `share` per cent of a rep's week, and in
    the company's `proposing_hours` by her own clock, where any rep has such."""

    appointment: Id
    slots: Annotated[int, Field(ge=1, le=5)] | None = None
    hold: SpanText = "48 hours"
    share: Annotated[int, Field(ge=1, le=100)] = 30


class EmailStep(Step):
    """Send an e-mail: a folder under `email_templates/<scenario>/`."""

    email: Id
    propose: Propose | None = None
    attach: list[AssetName] = []


class Until(Authored):
    """A time to wait for: `webinar` or `appointment` (its beginning), a date and time, a weekday and time; so much
    `before` it."""

    until: TimeText
    before: SpanText | None = None


class WaitStep(Step):
    """Wait a span, or until a time; days and longer keep the local time of the lead's zone (S144). `do` is carried out
    only by who has come before that time."""

    wait: Annotated[
        Annotated[SpanText, Tag("<span>")] | Annotated[Until, Tag("<until>")],
        Discriminator(lambda raw: "<until>" if isinstance(raw, dict | Until) else "<span>"),
    ]
    do: "list[AnyStep] | None" = None


class FollowUp(Authored):
    """A choice at the end of a questionnaire, as it is read; with `phone`, who takes it leaves a number."""

    text: Text
    phone: bool = False


class AwaitStep(Step):
    """Wait for an event, at most `within`; then `otherwise`."""

    await_: EventName = Field(alias="await")
    form: Id | None = None
    questionnaire: Id | None = None
    follow_up: Annotated[
        Annotated[list[Literal["summary", "call"]], Tag("<list>")] | Annotated[dict[Id, FollowUp], Tag("<dict>")],
        Discriminator(lambda raw: "<list>" if isinstance(raw, list) else "<dict>"),
    ] = []
    appointment: Id | None = None
    segment: Id | None = None
    score: Annotated[int, Field(ge=1)] | None = None
    mail: Id | None = None
    link: Id | None = None
    page: str | None = None
    away: SpanText | None = None
    since: Literal["here"] | None = None
    on_revision: Literal["keep", "move_back"] | None = None
    within: SpanText
    otherwise: "list[AnyStep]"

    @property
    def trigger(self) -> Trigger:
        """What it waits for."""
        named = (self.form, self.questionnaire, self.appointment, self.segment, self.mail, self.link, self.page)
        others = (self.away, str(self.score) if self.score else None)
        return Trigger(self.await_, next((one for one in (*named, *others) if one), None))

    @property
    def calls(self) -> frozenset[str]:
        """The choices at the questionnaire's end that ask for a call."""
        if isinstance(self.follow_up, list):
            return frozenset(self.follow_up) & {CALL}
        return frozenset(name for name, one in self.follow_up.items() if one.phone)


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
    """Something a person does: a call, or what the text says, within a time; `list`: it stands on the call list that
    is given to a provider (S96)."""

    text: Text | None = None
    call: Id | None = None
    list: Literal["call_list"] | None = None
    within: SpanText | None = None


class TaskStep(Step):
    """Put a task on the desk of the lead's rep, else of the scenario's team."""

    task: str | Task


class Book(Authored):
    """A time of the rep's that is blocked without asking: the first free one `after` so long."""

    appointment: Id
    after: SpanText


class BookStep(Step):
    """Block a slot in the rep's diary, moved off holidays and off what is booked (S89)."""

    book: Book


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
    "book": BookStep,
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
    | Annotated[BookStep, Tag("<book>")]
    | Annotated[TagStep, Tag("<tag>")]
    | Annotated[StatusStep, Tag("<status>")]
    | Annotated[ScoreStep, Tag("<score>")]
    | Annotated[WebhookStep, Tag("<webhook>")]
    | Annotated[StartStep, Tag("<start>")]
    | Annotated[EndStep, Tag("<end>")],
    Discriminator(_tag),
]
"""A step, told apart by its verb. The tags cannot be keys, so error positions stay true."""

for _model in (WaitStep, AwaitStep, Case, ChooseStep, WhenStep, HandOffStep):
    _model.model_rebuild()
