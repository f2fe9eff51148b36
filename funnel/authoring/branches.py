"""A questionnaire's branches, parsed: whether a question is asked, given the answers before it."""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from funnel.authoring.conditions import parse_condition
from funnel.authoring.vocabulary import branch_vocabulary
from funnel.domain.conditions import Condition, Value, is_true
from funnel.domain.diagnosis import Answer, IsAsked
from funnel.domain.questionnaire import Question, Questionnaire

_REMEMBERED = 256
_lock = Lock()
_parsed: OrderedDict[int, tuple[Questionnaire, IsAsked]] = OrderedDict()


def branching(questionnaire: Questionnaire) -> IsAsked:
    """The function that `funnel.domain.diagnosis` asks; for one that the linter passed, maybe long ago.

    Parsed once for each object: it is kept with it, so that its id is nobody else's.
    """
    with _lock:
        found = _parsed.get(id(questionnaire))
        if found is None:
            found = _parsed[id(questionnaire)] = (questionnaire, _parse(questionnaire))
            if len(_parsed) > _REMEMBERED:
                _parsed.popitem(last=False)
        return found[1]


def _parse(questionnaire: Questionnaire) -> IsAsked:
    conditions: dict[str, Condition] = {}
    questions = questionnaire.questions
    for place, question in enumerate(questions):
        if question.asked_when:
            vocabulary = branch_vocabulary(questionnaire, questions[:place]).without_values()
            conditions[question.id] = parse_condition(question.asked_when, vocabulary)
    prefix = f"answers.{questionnaire.questionnaire}."

    def is_asked(question: Question, values: Mapping[str, Answer]) -> bool:
        condition = conditions.get(question.id)
        known: dict[str, Value] = {prefix + name: value for name, value in values.items()}
        return condition is None or is_true(condition, known)

    return is_asked
