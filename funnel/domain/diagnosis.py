"""A questionnaire's answers: which questions are asked, what was answered, and what it says about the lead."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from funnel.domain.contact import clean_text
from funnel.domain.model import Text
from funnel.domain.questionnaire import Question, Questionnaire, Scale, Theme

Answer = str | int | list[str]
"""A choice's id or a text; a scale's or a number's value; the ids of several choices, in the order of the file."""

IsAsked = Callable[[Question, Mapping[str, Answer]], bool]
"""Whether a question with `asked_when` is asked, given the answers before it. Built from the parsed conditions."""

RefusalCode = Literal[
    "required",
    "unknown_choice",
    "one_only",
    "not_a_number",
    "too_small",
    "too_large",
    "too_long",
    "unreadable",
]

ADVICE_COUNT = 3

_SPACES_IN_NUMBERS = str.maketrans("", "", " \u00a0\u202f")  # 1 200 as the French write it
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+")
_DIGITS = 15
_BOUND = 10**_DIGITS - 1
"""The highest number that is taken, whatever the questionnaire allows, and its negative the lowest."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an answer cannot be taken: a code that the web puts into words, and the limit that it passed."""

    code: RefusalCode
    limit: int | None = None


class Reading(NamedTuple):
    """The answers that were taken and the refusals of the others, both by question id."""

    values: dict[str, Answer]
    errors: dict[str, Refusal]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the answers say (S127). Shares are whole per cents, 0-100; everything by theme id, in the file's order.

    A theme is left out when none of its questions was asked, or when they give no points. `weakest` is another theme
    than `strongest` wherever there are two. `advice` is that of the weakest themes first.
    """

    score: int
    share: int
    themes: Mapping[str, int]
    band: str | None
    strongest: str | None
    weakest: str | None
    advice: tuple[tuple[str, Text], ...]


def read_answers(
    questions: Iterable[Question],
    raw: Mapping[str, Sequence[str]],
    is_asked: IsAsked,
    earlier: Mapping[str, Answer] | None = None,
) -> Reading:
    """Read the fields of a form: `raw` by question id, for one page or for all questions in their order.

    `earlier` holds the answers of the pages before, for branching. Answers to questions that are not asked, and fields
    that are no question, are dropped; blank ones count as not given.
    """
    known = dict(earlier or {})
    reading = Reading({}, {})
    for question in questions:
        known.pop(question.id, None)  # an answer given again replaces the one before, also by nothing
        if question.asked_when is not None and not is_asked(question, known):
            continue
        given = [text for text in raw.get(question.id, ()) if text.strip()]
        answer = _read(question, given) if given else None
        if isinstance(answer, Refusal):
            reading.errors[question.id] = answer
        elif answer is not None:
            reading.values[question.id] = known[question.id] = answer
        elif question.required:
            reading.errors[question.id] = Refusal("required")
    return reading


def pages_to_show(questionnaire: Questionnaire, values: Mapping[str, Answer], is_asked: IsAsked) -> tuple[int, ...]:
    """The indices of the pages that ask something, as far as the answers so far can tell."""
    return tuple(dict.fromkeys(page for _, page in _walk(questionnaire, values, is_asked)))


def questions_to_show(
    questionnaire: Questionnaire, page: int, values: Mapping[str, Answer], is_asked: IsAsked
) -> tuple[Question, ...]:
    """The questions that a page (its index) asks, as far as the answers so far can tell."""
    return tuple(question for question, index in _walk(questionnaire, values, is_asked) if index == page)


def diagnose(questionnaire: Questionnaire, values: Mapping[str, Answer], is_asked: IsAsked | None = None) -> Diagnosis:
    """Judge the answers by the points reached of those that could be reached with the questions that were asked.

    A question asked but left open reached nothing. Without `is_asked` (a stored sheet) a branched question counts as
    asked when it was answered. Ties go by the order in the file.
    """
    points = {
        question.id: (question.theme, _reached(question, values.get(question.id)), _reachable(question))
        for question, _ in _walk(questionnaire, values, is_asked)
    }
    reached, reachable = sum(p[1] for p in points.values()), sum(p[2] for p in points.values())
    themes: dict[str, int] = {}
    for theme in questionnaire.themes:
        of_theme = [p for p in points.values() if p[0] == theme.id]
        if could := sum(p[2] for p in of_theme):
            themes[theme.id] = _share(sum(p[1] for p in of_theme), could)
    share = _share(reached, reachable) if reachable else 0
    strongest = max(themes, key=themes.__getitem__, default=None)
    others = [theme for theme in themes if theme != strongest]
    return Diagnosis(
        score=reached,
        share=share,
        themes=themes,
        band=_band(questionnaire, share),
        strongest=strongest,
        weakest=min(others, key=themes.__getitem__, default=strongest),
        advice=_advice(questionnaire.themes, themes),
    )


def _walk(
    questionnaire: Questionnaire, values: Mapping[str, Answer], is_asked: IsAsked | None
) -> Iterator[tuple[Question, int]]:
    """Every question that is asked, with its page. An answer to one that is not asked counts for no later branch."""
    known: dict[str, Answer] = {}
    for index, page in enumerate(questionnaire.pages):
        for question in page.questions:
            if question.asked_when is not None:
                asked = question.id in values if is_asked is None else is_asked(question, known)
                if not asked:
                    continue
            if question.id in values:
                known[question.id] = values[question.id]
            yield question, index


def _read(question: Question, given: list[str]) -> Answer | Refusal:
    if question.kind == "multiple":
        ids = {choice.id for choice in question.choices}
        if not ids.issuperset(given):
            return Refusal("unknown_choice")
        return [choice.id for choice in question.choices if choice.id in given]
    if len(given) > 1:
        return Refusal("one_only")
    match question.kind:
        case "single":
            known = any(choice.id == given[0] for choice in question.choices)
            return given[0] if known else Refusal("unknown_choice")
        case "scale":
            scale = question.scale or Scale()
            step = _whole_number(given[0])
            return step if step is not None and scale.low <= step <= scale.high else Refusal("unknown_choice")
        case "number":
            return _read_number(question, given[0])
        case _:
            return _read_text(question, given[0])


def _read_number(question: Question, text: str) -> int | Refusal:
    number = _whole_number(text)
    if number is None:
        return Refusal("not_a_number")
    low = -_BOUND if question.minimum is None else max(question.minimum, -_BOUND)
    high = _BOUND if question.maximum is None else min(question.maximum, _BOUND)
    if number < low:
        return Refusal("too_small", low)
    return number if number <= high else Refusal("too_large", high)


def _read_text(question: Question, text: str) -> str | Refusal:
    clean = clean_text(text, lines=question.kind == "long_text")
    if clean is None:
        return Refusal("unreadable")
    return clean if len(clean) <= question.max_length else Refusal("too_long", question.max_length)


def _whole_number(text: str) -> int | None:
    """The number that a text says; of one with digits without end the first, beyond every bound like itself."""
    text = text.translate(_SPACES_IN_NUMBERS)
    if not _WHOLE_NUMBER.fullmatch(text):
        return None
    size = int(text.lstrip("+-").lstrip("0")[: _DIGITS + 1] or 0)
    return -size if text.startswith("-") else size


def _reached(question: Question, answer: Answer | None) -> int:
    match question.kind, answer:
        case "single", str():
            return next((choice.points for choice in question.choices if choice.id == answer), 0)
        case "multiple", list():
            return sum(choice.points for choice in question.choices if choice.id in answer)
        case "scale", int():
            scale = question.scale or Scale()
            return (answer - scale.low) * scale.points
    return 0


def _reachable(question: Question) -> int:
    match question.kind:
        case "single":
            return max((choice.points for choice in question.choices if choice.points > 0), default=0)
        case "multiple":
            return sum(choice.points for choice in question.choices if choice.points > 0)
        case "scale":
            scale = question.scale or Scale()
            return max(0, (scale.high - scale.low) * scale.points)
    return 0


def _share(reached: int, reachable: int) -> int:
    """Whole per cents, rounded half up, kept within 0-100 (points may be negative)."""
    return min(100, max(0, (200 * reached + reachable) // (2 * reachable)))


def _band(questionnaire: Questionnaire, share: int) -> str | None:
    reached = [band for band in questionnaire.bands if band.at_least <= share]
    return max(reached, key=lambda band: band.at_least).id if reached else None


def _advice(themes: Sequence[Theme], shares: Mapping[str, int]) -> tuple[tuple[str, Text], ...]:
    weakest_first = sorted((theme for theme in themes if theme.id in shares), key=lambda theme: shares[theme.id])
    found: list[tuple[str, Text]] = []
    for theme in weakest_first:
        fitting = [advice for advice in theme.advice if shares[theme.id] < advice.below]
        if fitting:
            found.append((theme.id, min(fitting, key=lambda advice: advice.below).text))
    return tuple(found[:ADVICE_COUNT])
