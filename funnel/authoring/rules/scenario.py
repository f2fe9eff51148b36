"""The rules of a scenario: what it names must exist, and each step must be able to do what it says."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from funnel.authoring.compile import all_steps
from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import nearest, quote, suggest
from funnel.authoring.rules.company import no_reps
from funnel.authoring.rules.spans import long_span
from funnel.authoring.rules.words import unknown
from funnel.domain.company import Company
from funnel.domain.tunnel.scenario import (
    AwaitStep,
    EmailStep,
    HandOffStep,
    Scenario,
    ScoreStep,
    StartStep,
    StatusStep,
    Step,
    TagStep,
    TaskStep,
    WaitStep,
    WebhookStep,
)

TARGETS = (
    *("visitors", "leads", "answered", "opened", "clicked", "downloaded", "qualified", "handed_over", "accepted"),
    *("booked", "held", "missed", "cancelled", "customers"),
)
"""What a scenario can set itself as an aim: what is counted of it (S117)."""

_SHARE = re.compile(r"^[0-9]{1,3}(\.[0-9])? ?%$")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a scenario: the company (none: its words are not checked), and the files by kind.

    `words` are the company's own by their kind, as `declared` gives them: of its sections that are `lost` to a fault
    nothing is known. `emails` are this scenario's e-mail folders, `pages` the names of its pages.
    """

    company: Company | None
    words: Mapping[str, Collection[str]]
    lost: Collection[str] = ()
    scenarios: Collection[str] = ()
    questionnaires: Collection[str] = ()
    personas: Collection[str] = ()
    emails: Collection[str] = ()
    pages: Collection[str] = ()


def scenario_problems(scenario: Scenario, around: Surroundings) -> Iterator[Problem]:
    """Everything that a scenario names and that is not there, and every step that could not be carried out."""
    yield from _head(scenario, around)
    yield from _form(scenario, around)
    yield from _magnet(scenario, around)
    yield from _targets(scenario)
    yield from _left_out(scenario)
    for path, step in all_steps(scenario.sequence):
        yield from _step(scenario, step, path, around)


def named_words(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Every word of the company's that a scenario names, with its kind as in `SECTIONS`."""
    for consent in scenario.form.consents if scenario.form else ():
        yield "consent", consent
    for _, step in all_steps(scenario.sequence):
        match step:
            case EmailStep() if step.propose is not None:
                yield "appointment type", step.propose.appointment
            case AwaitStep() if step.appointment is not None:
                yield "appointment type", step.appointment
            case TagStep():
                yield "tag", step.tag
            case StatusStep():
                yield "status", step.status
            case WebhookStep():
                yield "webhook", step.webhook


def _word(around: Surroundings, kind: str, word: str, path: Path) -> list[Problem]:
    return unknown(word, around.words[kind], kind, path) if kind in around.words else []


def _missing(what: str, where: str, name: str, there: Collection[str], path: Path) -> list[Problem]:
    if name in there:
        return []
    near = nearest(name, there)
    fix = f"did you mean {near!r}?" if near else f"create {where}"
    return [Problem(path, "missing-file", f"no {what} {quote(name)}", fix)]


def _questionnaire(around: Surroundings, name: str, path: Path) -> list[Problem]:
    where = f"scenarios/questionnaires/{name}.yaml"
    return _missing("questionnaire", where, name, around.questionnaires, path)


def _head(scenario: Scenario, around: Surroundings) -> list[Problem]:
    problems: list[Problem] = []
    if scenario.team is not None:
        problems += _team(around, scenario.team, ("team",))
    if scenario.persona is not None:
        where = f"scenarios/personas/{scenario.persona}.yaml"
        problems += _missing("persona", where, scenario.persona, around.personas, ("persona",))
    if scenario.again not in ("never", "each"):
        try:
            if not scenario.again.startswith("after "):
                raise ValueError
            span = scenario.again.removeprefix("after ")
            problems += long_span(span, ("again",))
        except ValueError:
            message = f"{quote(scenario.again)} does not say when a lead may enter again"
            problems.append(Problem(("again",), "bad-value", message, "use 'never', 'each' or 'after 90 days'"))
    return problems


def _form(scenario: Scenario, around: Surroundings) -> Iterator[Problem]:
    form = scenario.form
    if form is None:
        return
    where = f"landing_pages/{scenario.scenario}/{form.page}.html"
    yield from _missing("page", where, form.page, around.pages, ("form", "page"))
    if form.questionnaire is not None:
        yield from _questionnaire(around, form.questionnaire, ("form", "questionnaire"))
    seen: set[str] = set()
    for index, consent in enumerate(form.consents):
        if consent not in seen:
            yield from _word(around, "consent", consent, ("form", "consents", index))
        else:
            message = f"the consent {consent!r} is asked twice"
            yield Problem(("form", "consents", index), "duplicate-id", message, "keep one")
        seen.add(consent)


def _magnet(scenario: Scenario, around: Surroundings) -> list[Problem]:
    form, magnet = scenario.form, scenario.magnet
    if magnet is None:
        if form is None or form.questionnaire is None:
            return []
        message = "the form asks a questionnaire, and nothing says that its result is given"
        return [Problem((), "missing-key", message, f"add 'magnet: {{questionnaire: {form.questionnaire}}}'")]
    problems = _questionnaire(around, magnet.questionnaire, ("magnet", "questionnaire"))
    if form is None:
        message = "a magnet is given for a form, and there is no form"
        problems.append(Problem((), "missing-key", message, "add 'form:', or leave the magnet out"))
    elif form.questionnaire is None:
        message = f"the result of {magnet.questionnaire!r} is promised, and the form does not ask it"
        problems.append(Problem(("form",), "missing-key", message, f"add 'questionnaire: {magnet.questionnaire}'"))
    elif form.questionnaire != magnet.questionnaire:
        message = f"the form asks {form.questionnaire!r}, the magnet is the result of {magnet.questionnaire!r}"
        problems.append(Problem(("magnet", "questionnaire"), "bad-value", message, f"write {form.questionnaire!r}"))
    return problems


def _targets(scenario: Scenario) -> Iterator[Problem]:
    for name, target in scenario.targets.items():
        path: Path = ("targets", name)
        if name not in TARGETS:
            message = f"nothing is counted as {quote(name)}"
            yield Problem(path, "unknown-key", message, suggest(name, TARGETS), at="key")
        if (isinstance(target, str) and not _SHARE.match(target)) or (isinstance(target, int) and target < 0):
            yield Problem(path, "bad-value", f"{quote(target)} is not a target", "write it like 500 or 20%")


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
            message = f"this step says nothing of {key!r}, the other {len(group) - 1} like it do"
            problems.append(Problem(without[0], "left-out", message, f"add '{key}:'", "warning"))
    return problems


def _step(scenario: Scenario, step: Step, path: Path, around: Surroundings) -> list[Problem]:
    match step:
        case EmailStep():
            where = f"email_templates/{scenario.scenario}/{step.email}/"
            problems = _missing("e-mail", where, step.email, around.emails, (*path, "email"))
            if step.propose is not None:
                propose: Path = (*path, "propose", "appointment")
                problems += _word(around, "appointment type", step.propose.appointment, propose)
            return problems
        case AwaitStep():
            return _await(step, path, around)
        case WaitStep():
            return long_span(step.wait, (*path, "wait"))
        case HandOffStep():
            return _hand_off(scenario, step, path, around)
        case TaskStep():
            return _task(step, path)
        case TagStep():
            return _word(around, "tag", step.tag, (*path, "tag"))
        case StatusStep():
            return _word(around, "status", step.status, (*path, "status"))
        case WebhookStep():
            return _word(around, "webhook", step.webhook, (*path, "webhook"))
        case StartStep():
            where = f"scenarios/{step.start}.yaml"
            return _missing("scenario", where, step.start, around.scenarios, (*path, "start"))
        case _:
            return []


def _await(step: AwaitStep, path: Path, around: Surroundings) -> list[Problem]:
    problems = long_span(step.within, (*path, "within"))
    for key, word in (("questionnaire", step.questionnaire), ("appointment", step.appointment)):
        if word is None:
            continue
        if not step.await_.startswith(f"{key}."):
            message = f"{key!r} says nothing beside 'await: {step.await_}'"
            problems.append(Problem((*path, key), "misplaced-key", message, "leave it out", at="key"))
        elif key == "questionnaire":
            problems += _questionnaire(around, word, (*path, key))
        else:
            problems += _word(around, "appointment type", word, (*path, key))
    return problems


def _hand_off(scenario: Scenario, step: HandOffStep, path: Path, around: Surroundings) -> list[Problem]:
    if step.hand_off.team is not None:
        return _team(around, step.hand_off.team, (*path, "hand_off", "team"))
    teams = [*around.words.get("team", ())]
    if scenario.team is None and len(teams) > 1:
        message = "nothing says which team gets the lead"
        return [Problem((*path, "hand_off"), "missing-key", message, f"add 'team:' here or above: {', '.join(teams)}")]
    if scenario.team is None and teams:
        return _team(around, teams[0], (*path, "hand_off"))
    return []


def _team(around: Surroundings, team: str, path: Path) -> list[Problem]:
    told = _word(around, "team", team, path)
    if told or around.company is None or {"teams", "users"} & set(around.lost):
        return told
    return no_reps(around.company, team, path)


def _task(step: TaskStep, path: Path) -> list[Problem]:
    task, here = step.task, (*path, "task")
    if isinstance(task, str):
        return [] if task.strip() else [Problem(here, "empty-text", "a task that says nothing", "say what to do")]
    if task.call is None and not task.text:
        return [Problem(here, "missing-key", "a task that says nothing", "add 'text:' or 'call:'")]
    return long_span(task.within, (*here, "within"))
