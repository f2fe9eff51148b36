"""The names a condition may use, each with its type and, where it is known, every value it can take."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

from funnel.domain.company import Company
from funnel.domain.conditions import Type
from funnel.domain.known import FIELDS
from funnel.domain.lead import AppointmentState, Stage
from funnel.domain.questionnaire import Question, QuestionKind, Questionnaire
from funnel.domain.scoring.rules import GROUPS

RESERVED = frozenset(("score", "share", "band", "follow_up"))
"""What `answers.<questionnaire>.` offers beside its questions; no question may be called so."""

_TYPES: dict[QuestionKind, Type] = {
    "single": "text",
    "multiple": "list",
    "scale": "number",
    "number": "number",
    "short_text": "text",
    "long_text": "text",
}


@dataclass(frozen=True, slots=True)
class Declared:
    """A name's type; `values` are the only texts it can be equal to, if that is known."""

    type: Type
    values: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every declared name, and the prefixes below which any name is a text (`source.`)."""

    names: Mapping[str, Declared]
    open_prefixes: tuple[str, ...] = ()

    def get(self, path: str) -> Declared | None:
        """What is declared of a dotted name."""
        if found := self.names.get(path):
            return found
        if any(path.startswith(prefix) and path.count(".") == 1 for prefix in self.open_prefixes):
            return Declared("text")
        return None

    def without(self, name: str) -> "Vocabulary":
        """The same but for one name, which says nothing where there is no scenario."""
        return Vocabulary({one: known for one, known in self.names.items() if one != name}, self.open_prefixes)

    def without_values(self) -> "Vocabulary":
        """The same names and types, compared with any value."""
        return Vocabulary({name: Declared(known.type) for name, known in self.names.items()}, self.open_prefixes)

    def after(self, prefix: str) -> list[str]:
        """The words that may follow a dotted prefix (empty: the first words)."""
        start = f"{prefix}." if prefix else ""
        words = {name.removeprefix(start).split(".")[0] for name in self.names if name.startswith(start)}
        return sorted(words | ({p.rstrip(".") for p in self.open_prefixes} if not prefix else set()))


def scenario_vocabulary(
    questionnaires: Mapping[str, Questionnaire], company: Company | None, lost: Collection[str] = ()
) -> Vocabulary:
    """The names of a scenario's conditions. Without the company, or for its sections that are `lost` to a fault, its
    own words are not checked."""
    names = {f"lead.{field}": Declared("text") for field in FIELDS}
    names["score"] = names["pass"] = Declared("number")
    names |= {f"score.{group}": Declared("number") for group in GROUPS}
    names["stage"] = Declared("text", get_args(Stage))
    names["appointment.state"] = Declared("text", get_args(AppointmentState))
    names["appointment.starts_at"] = Declared("instant")
    names["appointment.misses"] = Declared("number")
    types: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    segments: tuple[str, ...] | None = None
    statuses: tuple[str, ...] | None = None
    if company is not None:
        if "locales" not in lost:
            names["lead.language"] = Declared("text", tuple(company.locales))
        if "appointment_types" not in lost:
            types = tuple(kind.id for kind in company.appointment_types)
        if "tags" not in lost:
            tags = tuple(tag for group in company.tags.values() for tag in group)
        if "segments" not in lost:
            segments = tuple(company.segments)
        if "statuses" not in lost:
            statuses = tuple(company.statuses)
    names["appointment.type"] = Declared("text", types)
    names["tags"] = Declared("list", tags)
    names["segments"] = Declared("list", segments)
    names["status"] = Declared("text", statuses)
    for questionnaire in questionnaires.values():
        names |= _answers(questionnaire, questionnaire.questions)
        names |= _results(questionnaire)
    return Vocabulary(names, ("source.",))


def branch_vocabulary(questionnaire: Questionnaire, earlier: Iterable[Question]) -> Vocabulary:
    """The names of a question's `asked_when`: the answers to the questions before it."""
    return Vocabulary(_answers(questionnaire, earlier))


def _answers(questionnaire: Questionnaire, questions: Iterable[Question]) -> dict[str, Declared]:
    return {
        f"answers.{questionnaire.questionnaire}.{question.id}": Declared(
            _TYPES[question.kind],
            tuple(choice.id for choice in question.choices) if question.kind in ("single", "multiple") else None,
        )
        for question in questions
    }


def _results(questionnaire: Questionnaire) -> dict[str, Declared]:
    start = f"answers.{questionnaire.questionnaire}"
    names = {f"{start}.score": Declared("number"), f"{start}.share": Declared("number")}
    names |= {f"{start}.score.{theme.id}": Declared("number") for theme in questionnaire.themes}
    names[f"{start}.band"] = Declared("text", tuple(band.id for band in questionnaire.bands))
    names[f"{start}.follow_up"] = Declared("text")
    return names
