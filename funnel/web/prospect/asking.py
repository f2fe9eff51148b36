"""A questionnaire as it is asked: which page comes next, which is still open, and what a page shows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from funnel.domain.company import Company
from funnel.domain.diagnosis import Answer, IsAsked, pages_to_show, questions_to_show
from funnel.domain.model import in_language
from funnel.domain.questionnaire import Question, Questionnaire
from funnel.usecases.open_form import OpenForm
from funnel.web.prospect.show import hidden
from funnel.web.speech import _, language

PREFIX = "q_"
"""Before a question's id in the names of fields."""


@dataclass(frozen=True)
class Round:
    """A questionnaire as a browser goes through it: the name under which its answers are kept, and where its pages are.
    `begin_url` is the page that the first questions stand in, `last_url` that of the step after all of them."""

    kept_as: str
    company: Company
    questionnaire: Questionnaire
    is_asked: IsAsked
    page_url: Callable[[int], str]
    begin_url: str
    last_url: str

    def with_answers(self, values: Mapping[str, Answer]) -> "Asking":
        """The questionnaire beside these answers."""
        return Asking(self.questionnaire, self.is_asked, values)


class Asking:
    """A questionnaire beside the answers so far. Pages go by their index in the file, which never moves."""

    def __init__(self, questionnaire: Questionnaire, is_asked: IsAsked, values: Mapping[str, Answer]) -> None:
        self.questionnaire = questionnaire
        self.values = values
        self.shown = pages_to_show(questionnaire, values, is_asked)
        self._is_asked = is_asked

    def questions(self, page: int) -> tuple[Question, ...]:
        """What a page asks."""
        return questions_to_show(self.questionnaire, page, self.values, self._is_asked)

    def after(self, page: int) -> int | None:
        """The next page that asks something; none: the details come."""
        return next((index for index in self.shown if index > page), None)

    def before(self, page: int) -> int | None:
        """The page before; none for the first."""
        return next((index for index in reversed(self.shown) if index < page), None)

    def open_page(self) -> int | None:
        """The first page with a required question that has no answer; none when all are answered."""
        for page in self.shown:
            if any(question.required and question.id not in self.values for question in self.questions(page)):
                return page
        return None

    @property
    def steps(self) -> int:
        """How many steps she goes through: the pages, then what follows them."""
        return len(self.shown) + 1


def asking(form: OpenForm, values: Mapping[str, Answer]) -> Asking:
    """The form's questionnaire beside these answers."""
    if form.questionnaire is None:
        raise ValueError(f"the form of {form.name} has no questionnaire")
    return Asking(form.questionnaire, form.is_asked, values)


def raw(values: Mapping[str, Answer]) -> dict[str, list[str]]:
    """Answers as a form would post them."""
    return {name: [*value] if isinstance(value, list) else [str(value)] for name, value in values.items()}


def page_context(
    here: Round, asked: Asking, page: int, posted: Mapping[str, Sequence[str]], errors: Mapping[str, str]
) -> dict[str, Any]:
    """What `_questions.html` takes. `posted` holds what is shown in the fields, by question."""
    spoken = language()
    this = asked.questionnaire.pages[page]
    questions = asked.questions(page)
    before = sum(len(asked.questions(index)) for index in asked.shown if index < page)
    total = sum(len(asked.questions(index)) for index in asked.shown)
    return {
        "title": in_language(asked.questionnaire.title, spoken),
        "action": here.page_url(page),
        "hidden": hidden(),
        "errors": errors,
        "summary": {
            name: _("Question %(number)s: %(error)s", number=number, error=errors[name])
            for number, question in enumerate(questions, before + 1)
            if (name := PREFIX + question.id) in errors
        },
        "page": {
            "number": asked.shown.index(page) + 1,
            "count": asked.steps,
            "title": in_language(this.title, spoken),
            "intro": in_language(this.intro or (asked.questionnaire.intro if not before else None), spoken) or None,
            "questions": [
                _question(number, question, posted.get(question.id, ()), spoken)
                for number, question in enumerate(questions, before + 1)
            ],
        },
        "progress": {"answered": before, "total": total},
        "can_go_back": asked.before(page) is not None,
        "resume_url": None,
        "results_url": None,
    }


def _question(number: int, question: Question, posted: Sequence[str], spoken: str) -> dict[str, Any]:
    scale = question.scale
    return {
        "id": question.id,
        "number": number,
        "kind": question.kind,
        "text": in_language(question.text, spoken),
        "hint": in_language(question.hint, spoken) or None,
        "required": question.required,
        "choices": [{"id": choice.id, "text": in_language(choice.text, spoken)} for choice in question.choices],
        "scale": scale
        and {
            "low": scale.low,
            "high": scale.high,
            "low_text": in_language(scale.low_text, spoken),
            "high_text": in_language(scale.high_text, spoken),
        },
        "minimum": question.minimum,
        "maximum": question.maximum,
        "unit": in_language(question.unit, spoken) or None,
        "max_length": question.max_length,
        "value": list(posted) if question.kind == "multiple" else next(iter(posted), None),
    }


def name_in_url(scenario: str) -> str:
    """A name of the files as addresses show it."""
    return scenario.replace("_", "-")
