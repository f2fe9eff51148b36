"""A questionnaire as its author writes it: pages, questions, branches, themes, bands with advice."""

from typing import Annotated, Literal

from pydantic import Field

from funnel.domain.model import Authored, Id, Text

QuestionKind = Literal["single", "multiple", "scale", "number", "short_text", "long_text"]


class Choice(Authored):
    """An answer that can be chosen, with the points it gives to its question's theme."""

    id: Id
    text: Text
    points: int = 0


class Scale(Authored):
    """A scale from `low` to `high`; each step above `low` gives `points`."""

    low: int = 1
    high: int = 5
    low_text: Text | None = None
    high_text: Text | None = None
    points: int = 1


class Question(Authored):
    """One question. `asked_when` is a condition over `answers.<this questionnaire>.<earlier question>`."""

    id: Id
    kind: QuestionKind
    text: Text
    hint: Text | None = None
    theme: Id | None = None
    required: bool = True
    choices: list[Choice] = []
    scale: Scale | None = None
    minimum: int | None = None
    maximum: int | None = None
    unit: Text | None = None
    max_length: Annotated[int, Field(ge=1, le=1000)] = 500
    asked_when: str | None = None


class Page(Authored):
    """A page of questions, asked together."""

    title: Text
    intro: Text | None = None
    questions: Annotated[list[Question], Field(min_length=1)]


class Band(Authored):
    """What a share of the points means: from `at_least` per cent of what could be reached."""

    id: Id
    at_least: Annotated[int, Field(ge=0, le=100)]
    title: Text
    summary: Text


class Advice(Authored):
    """What to do about a theme whose share is below `below` per cent."""

    below: Annotated[int, Field(ge=1, le=101)]
    text: Text


class Theme(Authored):
    """A theme that questions belong to, its advice from the weakest share up."""

    id: Id
    title: Text
    advice: Annotated[list[Advice], Field(min_length=1)]


class Questionnaire(Authored):
    """A self-diagnosis: its questions, themes and bands (S127)."""

    questionnaire: Id
    title: Text
    intro: Text | None = None
    minutes: Annotated[int, Field(ge=1, le=60)] = 3
    themes: list[Theme] = []
    pages: Annotated[list[Page], Field(min_length=1)]
    bands: list[Band] = []

    @property
    def questions(self) -> list[Question]:
        """Every question in order."""
        return [question for page in self.pages for question in page.questions]
