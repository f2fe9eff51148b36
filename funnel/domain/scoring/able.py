"""Which rules can still give points to somebody, by what she agrees to, the mails that reach her, and what they ask for
beside an event."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from funnel.domain.company import KEPT_AS, Company
from funnel.domain.conditions import Both, Condition, Known, Leaf, Not, Value, is_true, leaves
from funnel.domain.known import values_of
from funnel.domain.lead import Lead
from funnel.domain.scoring.rules import Rule
from funnel.domain.tunnel.trigger import Trigger

_BROUGHT = {"questionnaire": "answers.", "appointment": "appointment."}
"""What an event of a kind brings along: nobody knows before it what it will be."""

_OF_HERS = ("lead.", "source.")
"""What does not become another for anything that she does."""


@dataclass(frozen=True, slots=True)
class Reaching:
    """A mail that somebody has, or may still get: its own name, and the names of its links."""

    name: str
    links: frozenset[str]


def can_earn(company: Company, lead: Lead, mails: Collection[Reaching]) -> Callable[[Rule], bool]:
    """Whether a rule can give its points to this lead as she is: nothing is told of who has not agreed, only `mails`
    can be opened and have links to follow, and what a rule asks for beside its event must be so already, or come with
    it."""
    values = values_of(lead)

    def able(rule: Rule) -> bool:
        event = rule.trigger.event if rule.trigger else None
        if event and event in KEPT_AS and not (lead.watched and company.tracking.keeps(event)):
            return False
        if rule.trigger and not _is_reached(rule.trigger, mails):
            return False
        return rule.when is None or _may_be(rule.when, values, _comes_with(event) if event else _may_become)

    return able


def goes_unwatched(company: Company, lead: Lead, rules: Iterable[Rule]) -> bool:
    """Whether some of these rules would give points for what is told of those alone who have agreed, and she has not,
    or agrees no more."""
    told = {rule.trigger.event for rule in rules if rule.trigger and rule.points > 0} & KEPT_AS.keys()
    return not lead.watched and any(map(company.tracking.keeps, told))


def _is_reached(trigger: Trigger, mails: Collection[Reaching]) -> bool:
    match trigger.event:
        case "email.opened":
            return any(trigger.subject in (None, mail.name) for mail in mails)
        case "link.clicked":
            return any(trigger.subject in mail.links if trigger.subject else mail.links for mail in mails)
    return True


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
