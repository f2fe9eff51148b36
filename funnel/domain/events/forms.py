"""What she does with forms, files and her own page: sent, answered, agreed to, asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from funnel.domain.events.base import Event
from funnel.domain.verdicts import Reason, Says


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmitted(Event):
    """A form was sent. Fields fill what is empty, or overwrite when `proven` (her own link).

    `created` says that this form made the lead, `answered` that its questionnaire follows as an event of its own.
    `consents` hold every purpose asked, true or false; `wordings` the text shown with each. `decided_at` is when she
    has last decided about a purpose herself, where it is to be confirmed.
    """

    scenario: str
    submission: str
    fields: Mapping[str, str]
    consents: Mapping[str, bool] = field(default_factory=dict)
    wordings: Mapping[str, str] = field(default_factory=dict)
    page: str = ""
    language: str = "en"
    zone: str | None = None
    source: Mapping[str, str] = field(default_factory=dict)
    proven: bool = False
    created: bool = False
    answered: bool = False
    decided_at: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionnaireCompleted(Event):
    """A questionnaire was answered, in an enrolment (scenario, pass) or outside any; with `submission` it was the form
    itself of that scenario (S127)."""

    sheet: str
    questionnaire: str
    values: Mapping[str, Any]
    score: int
    share: int
    themes: Mapping[str, int]
    band: str | None
    follow_up: str | None = None
    scenario: str | None = None
    pass_number: int | None = None
    submission: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailProven(Event):
    """She acted from a page that her mail led to: the address is hers. `ticked` holds the purposes that her forms
    ticked while nobody knew whether they were hers and that count by this, with the wording shown; `pages` are those of
    the forms and `times` when they came, by purpose, or `page` is the one whose button confirmed them, now."""

    ticked: Mapping[str, str] = field(default_factory=dict)
    page: str = ""
    pages: Mapping[str, str] = field(default_factory=dict)
    times: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailCorrected(Event):
    """The browser that sent the form gave another address for it; what was asked for is sent there, and the question
    about the ticks that are `to_confirm`. `booked_by`: who has booked each of her appointments, by its number.
    `elsewhere`: that address is another lead's, who gets the form as one of her own, and this pass ends."""

    email: str
    scenario: str
    pass_number: int
    elsewhere: bool = False
    to_confirm: tuple[str, ...] = ()
    booked_by: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsChanged(Event):
    """She (by her own link) or a rep changed her details."""

    fields: Mapping[str, str]
    by: str = "lead"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetDownloaded(Event):
    """A file that was given to her was loaded, by a link of this enrolment; by a person as far as the request tells."""

    asset: str
    scenario: str
    pass_number: int
    verdict: Says = "human"
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetAsked(Event):
    """The link to a file that was given to her had expired, and she asked for a new one."""

    asset: str
    scenario: str
    pass_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribed(Event):
    """She wants no marketing mail (RFC 8058, or the page's button)."""

    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChanged(Event):
    """She gave or withdrew a purpose on her own page."""

    purpose: str
    given: bool
    wording: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureAsked(Event):
    """She, or staff for her, asked to be erased. `pseudonym` is drawn by chance and stands where her address stood."""

    pseudonym: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceChosen(Event):
    """She wants marketing mails more slowly, or as usual again."""

    slow: bool
