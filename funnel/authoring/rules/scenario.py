"""The rules of a scenario: what it names must exist, and each step must be able to do what it says."""

import re
from collections.abc import Iterator

from funnel.authoring.compile import all_steps
from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import any_of, quote, suggest
from funnel.authoring.rules.attached import attached_problems
from funnel.authoring.rules.spans import long_span
from funnel.authoring.rules.steps import step_problems
from funnel.authoring.rules.surroundings import (
    Surroundings,
    asset_problems,
    instant_problems,
    missing,
    questionnaire_problems,
    team_problems,
    word_problems,
)
from funnel.authoring.saying import say
from funnel.domain.tunnel.form import Webinar
from funnel.domain.tunnel.scenario import START, Scenario
from funnel.domain.tunnel.steps import (
    SAME,
    AwaitStep,
    BookStep,
    EmailStep,
    ScoreStep,
    StatusStep,
    TagStep,
    Task,
    TaskStep,
    WebhookStep,
)

TARGETS = (
    *("visitors", "leads", "answered", "opened", "clicked", "downloaded", "qualified", "handed_over", "accepted"),
    *("booked", "held", "missed", "cancelled", "customers"),
)
"""What a scenario can set itself as an aim: what is counted of it (S117)."""

_SHARE = re.compile(r"^[0-9]{1,3}(\.[0-9])? ?%$")


def scenario_problems(scenario: Scenario, around: Surroundings) -> list[Problem]:
    """Everything that a scenario names and that is not there, and every step that could not be carried out."""
    problems = [*_head(scenario, around), *_form(scenario, around), *_magnet(scenario, around), *_targets(scenario)]
    problems += _left_out(scenario)
    for path, step in all_steps(scenario.sequence):
        problems += step_problems(scenario, step, path, around)
    return [*problems, *attached_problems(scenario, around)]


def named_words(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Every word of the company's that a scenario names, with its kind as in `SECTIONS`."""
    for consent in scenario.form.consents if scenario.form else ():
        yield "consent", consent
    for _, step in all_steps(scenario.sequence):
        match step:
            case EmailStep() if step.propose is not None and step.propose.appointment != SAME:
                yield "appointment type", step.propose.appointment
            case BookStep():
                yield "appointment type", step.book.appointment
            case TaskStep(task=Task(call=str() as call)):
                yield "appointment type", call
            case AwaitStep() if step.appointment is not None:
                yield "appointment type", step.appointment
            case AwaitStep() if step.segment is not None:
                yield "segment", step.segment
            case TagStep():
                yield "tag", step.tag
            case StatusStep():
                yield "status", step.status
            case WebhookStep():
                yield "webhook", step.webhook


def _head(scenario: Scenario, around: Surroundings) -> list[Problem]:
    problems: list[Problem] = []
    if scenario.team is not None:
        problems += team_problems(around, scenario.team, ("team",))
    if scenario.persona is not None:
        where = f"scenarios/personas/{scenario.persona}.yaml"
        problems += missing(say("no persona"), where, scenario.persona, around.personas, ("persona",))
    problems += _entry(scenario)
    if scenario.again not in (None, "never", "each"):
        try:
            if not scenario.again.startswith("after "):
                raise ValueError
            span = scenario.again.removeprefix("after ")
            problems += long_span(span, ("again",))
        except ValueError:
            message = say("%(again)s does not say when a lead may enter again", again=quote(scenario.again))
            problems.append(Problem(("again",), "bad-value", message, say("use 'never', 'each' or 'after 90 days'")))
    return problems


def _entry(scenario: Scenario) -> list[Problem]:
    """A tunnel says what it leads to and why; what follows an event inherits it (S117)."""
    problems: list[Problem] = []
    by_form = scenario.by_form
    if by_form or scenario.form is not None:
        for key, example in (("offer", "Service audit"), ("why", "volume")):
            if getattr(scenario, key) is None:
                message = say("missing key %(key)s: a tunnel says what it leads to, and why", key=repr(key))
                problems.append(
                    Problem((key,), "missing-key", message, say("add '%(key)s: %(example)s'", key=key, example=example))
                )
    if not by_form and scenario.form is not None:
        message = say("people come in by the form, and 'on: %(on)s' says otherwise", on=_said(scenario))
        problems.append(Problem(("on",), "misplaced-key", message, say("leave it out, or the form"), at="key"))
    if by_form and scenario.on is not None and scenario.form is None:
        message = say("nobody can send a form that is not there")
        problems.append(Problem(("on",), "missing-key", message, say("add 'form:'")))
    return problems


def _said(scenario: Scenario) -> str:
    return scenario.starts_on.event if scenario.starts_on else START


def _form(scenario: Scenario, around: Surroundings) -> list[Problem]:
    form = scenario.form
    if form is None:
        return []
    where = f"landing_pages/{scenario.scenario}/{form.page}.html"
    problems = missing(say("no page"), where, form.page, around.pages, ("form", "page"))
    if form.questionnaire is not None:
        problems += questionnaire_problems(around, form.questionnaire, ("form", "questionnaire"))
    seen: set[str] = set()
    for index, consent in enumerate(form.consents):
        if consent not in seen:
            problems += word_problems(around, "consent", consent, ("form", "consents", index))
        else:
            message = say("the consent %(consent)s is asked twice", consent=repr(consent))
            problems.append(Problem(("form", "consents", index), "duplicate-id", message, say("keep one")))
        seen.add(consent)
    return problems


def _magnet(scenario: Scenario, around: Surroundings) -> list[Problem]:
    form, magnet = scenario.form, scenario.magnet
    if magnet is None:
        if form is None or form.questionnaire is None:
            return []
        message = say("the form asks a questionnaire, and nothing says that its result is given")
        return [
            Problem(
                (),
                "missing-key",
                message,
                say("add 'magnet: {questionnaire: %(questionnaire)s}'", questionnaire=form.questionnaire),
            )
        ]
    problems: list[Problem] = []
    if form is None:
        message = say("a magnet is given for a form, and there is no form")
        problems.append(Problem((), "missing-key", message, say("add 'form:', or leave the magnet out")))
    given = [key for key in ("questionnaire", "asset", "webinar") if getattr(magnet, key) is not None]
    if len(given) != 1:
        message = (
            say("a magnet is one thing, this one has %(given)s", given=any_of(given))
            if given
            else say("a magnet that gives nothing")
        )
        fix = say("keep one of 'questionnaire:', 'asset:', 'webinar:'")
        return [*problems, Problem(("magnet",), "missing-key", message, fix)]
    if magnet.asset is not None:
        problems += asset_problems(around, scenario.scenario, magnet.asset, ("magnet", "asset"))
    if magnet.webinar is not None:
        problems += _webinar(magnet.webinar)
    if magnet.questionnaire is None:
        return problems
    problems += questionnaire_problems(around, magnet.questionnaire, ("magnet", "questionnaire"))
    if form is not None and form.questionnaire is None:
        message = say(
            "the result of %(questionnaire)s is promised, and the form does not ask it",
            questionnaire=repr(magnet.questionnaire),
        )
        problems.append(
            Problem(
                ("form",),
                "missing-key",
                message,
                say("add 'questionnaire: %(questionnaire)s'", questionnaire=magnet.questionnaire),
            )
        )
    elif form is not None and form.questionnaire != magnet.questionnaire:
        message = say(
            "the form asks %(asked)s, the magnet is the result of %(promised)s",
            asked=repr(form.questionnaire),
            promised=repr(magnet.questionnaire),
        )
        problems.append(
            Problem(
                ("magnet", "questionnaire"),
                "bad-value",
                message,
                say("write %(questionnaire)s", questionnaire=repr(form.questionnaire)),
            )
        )
    return problems


def _webinar(webinar: Webinar) -> list[Problem]:
    """A time that the calendar has, and whole addresses: they stand in mails and calendars."""
    problems = instant_problems(webinar.starts_at, ("magnet", "webinar", "starts_at"))
    for key, address in (("link", webinar.link), ("replay", webinar.replay)):
        if address is not None and not address.startswith(("https://", "http://")):
            message = say("%(address)s leads nowhere from a mail", address=quote(address))
            problems.append(Problem(("magnet", "webinar", key), "dead-link", message, say("write the whole address")))
    return problems


def _targets(scenario: Scenario) -> Iterator[Problem]:
    for name, target in scenario.targets.items():
        path: Path = ("targets", name)
        if name not in TARGETS:
            message = say("nothing is counted as %(name)s", name=quote(name))
            yield Problem(path, "unknown-key", message, suggest(name, TARGETS), at="key")
        share = _share_of(target)
        if share is None and (isinstance(target, str) or target < 0):
            message = say("%(target)s is not a target", target=quote(target))
            yield Problem(path, "bad-value", message, say("write it like 500 or 20%"))
        elif share is not None and name == "visitors":
            message = say("nobody knows of whom visitors would be a share")
            yield Problem(path, "bad-value", message, say("write a number, like 500"))
        elif share is not None and share > 100:
            message = say("%(target)s is more than all", target=quote(target))
            yield Problem(path, "bad-value", message, say("write it like 500 or 20%"))
    booked, held = (_share_of(scenario.targets.get(name, 0)) for name in ("booked", "held"))
    if booked is not None and held is not None and held > booked:
        message = say(
            "more appointments cannot take place than are booked: %(booked)s", booked=scenario.targets["booked"]
        )
        yield Problem(("targets", "held"), "bad-value", message, say("both are shares of all leads"))


def _share_of(target: int | str) -> float | None:
    """The per cent that a target states; none where it is a number, or no target."""
    return float(target.rstrip("% ")) if isinstance(target, str) and _SHARE.match(target) else None


def _left_out(scenario: Scenario) -> list[Problem]:
    """What all other steps of a kind state and one does not: probably forgotten, so a warning."""
    steps = all_steps(scenario.sequence)
    groups = (
        ("because", [(path, step) for path, step in steps if isinstance(step, ScoreStep)]),
        (
            "appointment",
            [(path, step) for path, step in steps if isinstance(step, AwaitStep) and step.await_.startswith("appoint")],
        ),
    )
    problems = []
    for key, group in groups:
        without = [path for path, step in group if getattr(step, key) is None]
        if len(without) == 1 and len(group) > 2:
            message = say(
                "this step says nothing of %(key)s, the other %(number)s like it do",
                key=repr(key),
                number=len(group) - 1,
            )
            problems.append(Problem(without[0], "left-out", message, say("add '%(key)s:'", key=key), "warning"))
    return problems
