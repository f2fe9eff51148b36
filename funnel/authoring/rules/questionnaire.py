"""The rules of a questionnaire: kinds and their choices, themes, bands, branches over earlier answers."""

from collections.abc import Callable

from funnel.authoring.conditions import parse_condition
from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import grouped
from funnel.authoring.rules.words import twice, unknown
from funnel.authoring.saying import Saying, say
from funnel.authoring.tokens import ConditionError
from funnel.authoring.vocabulary import RESERVED, branch_vocabulary
from funnel.domain.questionnaire import Question, Questionnaire

LONGEST_SCALE = 11
"""Steps of a scale that still fit a phone as targets for a thumb: 0 to 10."""

MAX_QUESTIONS = 200


def questionnaire_problems(questionnaire: Questionnaire) -> list[Problem]:
    """Everything wrong within one questionnaire."""
    if (number := len(questionnaire.questions)) > MAX_QUESTIONS:
        message = say("%(number)s questions; the limit is %(most)s", number=grouped(number), most=MAX_QUESTIONS)
        return [Problem(("pages",), "too-big", message, say("ask less"))]
    problems = [
        *twice([theme.id for theme in questionnaire.themes], ("themes",), say("two themes")),
        *twice([band.id for band in questionnaire.bands], ("bands",), say("two bands")),
        *_parts(questionnaire),
        *_bands(questionnaire),
        *_advice(questionnaire),
    ]
    earlier: list[Question] = []
    for page_index, page in enumerate(questionnaire.pages):
        for index, question in enumerate(page.questions):
            path: Path = ("pages", page_index, "questions", index)
            if any(question.id == other.id for other in earlier):
                message = say("two questions have the id %(id)s", id=repr(question.id))
                problems.append(Problem((*path, "id"), "duplicate-id", message, say("give each its own")))
            problems += [*_question(questionnaire, question, path), *_branch(questionnaire, question, earlier, path)]
            earlier.append(question)
    return problems


def _parts(questionnaire: Questionnaire) -> list[Problem]:
    """Points need themes to belong to, and bands that say what they mean."""
    first = next((question for question in questionnaire.questions if question.theme is not None), None)
    if first is not None and not questionnaire.themes:
        values = {"id": repr(first.id), "theme": repr(first.theme)}
        message = say("the question %(id)s belongs to the theme %(theme)s, and there are no 'themes:'", **values)
        fix = say("add 'themes:' with '- id: %(theme)s'", theme=first.theme)
        return [Problem((), "missing-key", message, fix)]
    if questionnaire.themes and not questionnaire.bands:
        message = say("nothing says what a result means: missing key 'bands'")
        return [Problem((), "missing-key", message, say("add 'bands:', the lowest with 'at_least: 0'"))]
    return []


def _points(questionnaire: Questionnaire, question: Question, path: Path) -> list[Problem]:
    """Points count for a theme, and are said of all choices and scales or of none; so are the words at both ends."""
    problems: list[Problem] = []
    scale, stated = question.scale, [choice for choice in question.choices if "points" in choice.model_fields_set]
    if question.theme is None and questionnaire.themes and (stated or scale is not None):
        message = say("the question %(id)s gives points to no theme", id=repr(question.id))
        problems.append(Problem(path, "bad-question", message, say("add 'theme:', or take the points out")))
    for index, choice in enumerate(question.choices if stated else ()):
        if "points" not in choice.model_fields_set:
            message = say("the choice %(id)s says nothing of 'points', others of this question do", id=repr(choice.id))
            problems.append(Problem((*path, "choices", index), "left-out", message, say("add 'points: 0', say")))
    if scale is None:
        return problems
    here: Path = (*path, "scale")
    problems += [
        Problem(
            here, "missing-key", say("missing key %(key)s", key=repr(key)), say("write it like '{low: 1, high: 5}'")
        )
        for key in ("low", "high")
        if key not in scale.model_fields_set
    ]
    if (scale.low_text is None) != (scale.high_text is None):
        key = "low_text" if scale.low_text is None else "high_text"
        message = say("one end of the scale has words, %(key)s is missing", key=repr(key))
        problems.append(Problem(here, "left-out", message, say("add '%(key)s:'", key=key)))
    others = [other.scale for other in questionnaire.questions if other.scale is not None and other.scale is not scale]
    if "points" not in scale.model_fields_set and any("points" in other.model_fields_set for other in others):
        message = say("this scale says nothing of 'points', others do")
        problems.append(Problem(here, "left-out", message, say("add 'points: 1', say")))
    return problems


def _question(questionnaire: Questionnaire, question: Question, path: Path) -> list[Problem]:
    problems: list[Problem] = []

    def fault(key: str, what: Saying, fix: Saying) -> None:
        where = (*path, key) if key else path
        message = say("the question %(id)s %(what)s", id=repr(question.id), what=what)
        problems.append(Problem(where, "bad-question", message, fix))

    if question.id in RESERVED:
        message = say("%(id)s is what conditions call the questionnaire's own result", id=repr(question.id))
        problems.append(Problem((*path, "id"), "reserved-id", message, say("call it 'my_%(id)s', say", id=question.id)))
    if question.theme is not None and questionnaire.themes:
        themes = [theme.id for theme in questionnaire.themes]
        problems += unknown(question.theme, themes, say("no theme"), (*path, "theme"))
    problems += twice([choice.id for choice in question.choices], (*path, "choices"), say("two choices"))
    _choices(question, fault)
    _scale(question, fault)
    _limits(question, fault)
    return [*problems, *_points(questionnaire, question, path)]


def _choices(question: Question, fault: Callable[[str, Saying, Saying], None]) -> None:
    if question.kind in ("single", "multiple"):
        if not question.choices:
            fault(
                "",
                say("is of kind %(kind)s and has no choices", kind=repr(question.kind)),
                say("add 'choices:' with an id and a text each"),
            )
        elif question.kind == "single" and len(question.choices) < 2:
            fault("choices", say("has a single choice, so there is nothing to choose"), say("add another"))
    elif question.choices:
        fault(
            "choices",
            say("is of kind %(kind)s, which has no choices", kind=repr(question.kind)),
            say("make it 'single' or 'multiple'"),
        )


def _scale(question: Question, fault: Callable[[str, Saying, Saying], None]) -> None:
    scale = question.scale
    if question.kind != "scale":
        if scale is not None:
            fault(
                "scale",
                say("is of kind %(kind)s, which has no scale", kind=repr(question.kind)),
                say("make it 'kind: scale'"),
            )
    elif scale is None:
        fault("", say("is of kind 'scale' and has no scale"), say("add 'scale: {low: 1, high: 5}'"))
    elif scale.low >= scale.high:
        fault(
            "scale",
            say("has a scale from %(low)s to %(high)s", low=scale.low, high=scale.high),
            say("let 'low' be less than 'high'"),
        )
    elif scale.high - scale.low >= LONGEST_SCALE:
        steps = scale.high - scale.low + 1
        fault(
            "scale",
            say("has a scale of %(steps)s steps", steps=steps),
            say("keep to %(most)s, or make it 'kind: number'", most=LONGEST_SCALE),
        )


def _limits(question: Question, fault: Callable[[str, Saying, Saying], None]) -> None:
    low, high = question.minimum, question.maximum
    key = next((one for one in ("minimum", "maximum", "unit") if getattr(question, one) is not None), None)
    if question.kind != "number" and key:
        fault(
            key,
            say("is of kind %(kind)s; %(key)s is for numbers", kind=repr(question.kind), key=repr(key)),
            say("leave it out, or make it 'kind: number'"),
        )
    elif low is not None and high is not None and low > high:
        fault("maximum", say("allows from %(low)s to %(high)s: nothing", low=low, high=high), say("swap them"))


def _branch(questionnaire: Questionnaire, question: Question, earlier: list[Question], path: Path) -> list[Problem]:
    if question.asked_when is None:
        return []
    try:
        parse_condition(question.asked_when, branch_vocabulary(questionnaire, earlier))
    except ConditionError as error:
        message, fix = error.message, error.fix
        if error.code == "unknown-name" and not earlier:
            message, fix = say("no question comes before this one"), say("ask it always, or later")
        return [Problem((*path, "asked_when"), error.code, message, fix, offset=error.offset)]
    return []


def _bands(questionnaire: Questionnaire) -> list[Problem]:
    problems = []
    seen: dict[int, str] = {}
    for index, band in enumerate(questionnaire.bands):
        if other := seen.get(band.at_least):
            values = {"one": repr(other), "other": repr(band.id), "share": band.at_least}
            message = say("the bands %(one)s and %(other)s both begin at %(share)s", **values)
            problems.append(Problem(("bands", index, "at_least"), "bad-points", message, say("move one")))
        seen.setdefault(band.at_least, band.id)
    if seen and 0 not in seen:
        message = say("shares below %(share)s have no band", share=min(seen))
        problems.append(Problem(("bands",), "bad-points", message, say("let the lowest begin at 0")))
    return problems


def _advice(questionnaire: Questionnaire) -> list[Problem]:
    problems = []
    for index, theme in enumerate(questionnaire.themes):
        limits = [advice.below for advice in theme.advice]
        path: Path = ("themes", index, "advice")
        if sorted(set(limits)) != limits:
            message = say("the advice of %(id)s is not in order of 'below'", id=repr(theme.id))
            problems.append(Problem(path, "bad-points", message, say("from the weakest share up, each once")))
    asked = {question.theme for question in questionnaire.questions}
    for index, theme in enumerate(questionnaire.themes):
        if theme.id not in asked:
            message = say("no question belongs to the theme %(id)s", id=repr(theme.id))
            path = ("themes", index, "id")
            problems.append(Problem(path, "unknown-id", message, say("give one 'theme:', or delete it"), "warning"))
    return problems
