"""Opens, clicks and visits that something waits for: they must be kept, of people who are asked whether they agree."""

from collections.abc import Iterator

from funnel.authoring.compile import all_steps
from funnel.authoring.findings import Path, Problem
from funnel.authoring.home import Home
from funnel.authoring.rulebook import RULES
from funnel.authoring.saying import say
from funnel.domain.company import KEPT_AS
from funnel.domain.lead import VISIT_TRACKING
from funnel.domain.tunnel.scenario import Scenario
from funnel.domain.tunnel.steps import AwaitStep


def untold_in(home: Home, scenario: Scenario) -> Iterator[Problem]:
    """What a scenario starts on, awaits or is spared by, and nothing would tell of."""
    if scenario.starts_on is not None:
        event = scenario.starts_on.event
        yield from _untold(home, event, ("on", event) if isinstance(scenario.on, dict) else ("on",))
    for path, step in all_steps(scenario.sequence):
        if isinstance(step, AwaitStep):
            yield from _untold(home, step.await_, (*path, "await"))
        if step.unless is not None:
            yield from _untold(home, step.unless, (*path, "unless"))


def untold_rules(home: Home) -> Iterator[Problem]:
    """The same of what gives points."""
    if home.company is None or "scoring" in home.lost:
        return
    for index, rule in enumerate(home.company.scoring.rules):
        if isinstance(rule.on, dict):
            [event] = rule.on
            yield from _untold(home, event, (*RULES, index, "on", event))
        elif rule.on is not None:
            yield from _untold(home, rule.on, (*RULES, index, "on"))


def _untold(home: Home, event: str, path: Path) -> Iterator[Problem]:
    what = KEPT_AS.get(event)
    if what is None or home.company is None or "tracking" in home.lost:
        return
    if not home.company.tracking.keeps(event):
        message = say("%(event)s never comes: 'tracking' does not keep each one", event=repr(event))
        fix = say("write 'tracking: {%(what)s: consented}' in company.yaml, or take another event", what=what)
        yield Problem(path, "never-told", message, fix, "warning")
    elif what != "visits" and not _is_asked(home):
        message = say("%(event)s never comes: no form asks for the consent 'visit_tracking'", event=repr(event))
        fix = say("add 'visit_tracking' to the consents of a form and of company.yaml, or take another event")
        yield Problem(path, "never-told", message, fix, "warning")


def _is_asked(home: Home) -> bool:
    """Whether a form asks for it, or one that cannot be read might."""
    forms = (one.form for one in home.scenarios.values())
    return not home.whole or any(VISIT_TRACKING in form.consents for form in forms if form)
