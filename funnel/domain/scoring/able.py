"""Which rules can still give points to somebody, by what she agrees to and what they ask for beside an event."""

from collections.abc import Callable, Mapping

from funnel.domain.company import KEPT_AS, Company
from funnel.domain.conditions import Both, Condition, Known, Leaf, Not, Value, is_true, leaves
from funnel.domain.known import values_of
from funnel.domain.lead import Lead
from funnel.domain.scoring.rules import Rule

_BROUGHT = {"questionnaire": "answers.", "appointment": "appointment."}
"""What an event of a kind brings along: nobody knows before it what it will be."""

_OF_HERS = ("lead.", "source.")
"""What does not become another for anything that she does."""


def can_earn(company: Company, lead: Lead) -> Callable[[Rule], bool]:
    """Whether a rule can give its points to this lead as she is: nothing is told of who has not agreed, and what a
    rule asks for beside its event must be so already, or come with it."""
    values = values_of(lead)

    def able(rule: Rule) -> bool:
        event = rule.trigger.event if rule.trigger else None
        if event and event in KEPT_AS and not (lead.watched and company.tracking.keeps(event)):
            return False
        return rule.when is None or _may_be(rule.when, values, _comes_with(event) if event else _may_become)

    return able


def _comes_with(event: str) -> Callable[[Leaf], bool]:
    brought = _BROUGHT.get(event.partition(".")[0])
    return lambda leaf: brought is not None and leaf.name.path.startswith(brought)


def _may_become(leaf: Leaf) -> bool:
    """What is not known of her yet may be told; who she is she stays."""
    return isinstance(leaf, Known) or not leaf.name.path.startswith(_OF_HERS)


def _may_be(condition: Condition, values: Mapping[str, Value], may: Callable[[Leaf], bool]) -> bool:
    """Whether it is true, or may be where `may` says so of what it looks at."""
    match condition:
        case Both(how, left, right):
            sides = (_may_be(left, values, may), _may_be(right, values, may))
            return all(sides) if how == "and" else any(sides)
        case Not(inner):
            return not is_true(inner, values) or any(map(may, leaves(inner)))
    return is_true(condition, values) or may(condition)
