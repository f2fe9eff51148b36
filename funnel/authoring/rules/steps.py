"""The rules of a step: what it names must exist, and it must be able to do what it says."""

from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import quote
from funnel.authoring.rules.spans import long_span
from funnel.authoring.rules.surroundings import (
    Surroundings,
    instant_problems,
    missing,
    questionnaire_problems,
    team_problems,
    word_problems,
)
from funnel.authoring.rules.triggers import away_problems, link_problems, out_of_reach, page_problems
from funnel.authoring.rules.words import unknown
from funnel.authoring.saying import say
from funnel.domain.tunnel.scenario import Scenario
from funnel.domain.tunnel.steps import (
    SAME,
    AwaitStep,
    BookStep,
    EmailStep,
    HandOffStep,
    StartStep,
    StatusStep,
    Step,
    TagStep,
    TaskStep,
    WaitStep,
    WebhookStep,
)


def step_problems(scenario: Scenario, step: Step, path: Path, around: Surroundings) -> list[Problem]:
    """Everything wrong with one step."""
    match step:
        case EmailStep():
            where = f"email_templates/{scenario.scenario}/{step.email}/"
            problems = missing(say("no e-mail"), where, step.email, around.emails, (*path, "email"))
            problems += _propose(scenario, step, path, around)
            return problems
        case AwaitStep():
            return _await(step, path, around)
        case WaitStep():
            return _wait(scenario, step, path)
        case BookStep():
            problems = word_problems(around, "appointment type", step.book.appointment, (*path, "book", "appointment"))
            return [*problems, *long_span(step.book.after, (*path, "book", "after"))]
        case HandOffStep():
            return _hand_off(scenario, step, path, around)
        case TaskStep():
            return _task(step, path, around)
        case TagStep():
            return word_problems(around, "tag", step.tag, (*path, "tag"))
        case StatusStep():
            return word_problems(around, "status", step.status, (*path, "status"))
        case WebhookStep():
            return word_problems(around, "webhook", step.webhook, (*path, "webhook"))
        case StartStep():
            where = f"scenarios/{step.start}.yaml"
            return missing(say("no scenario"), where, step.start, around.scenarios, (*path, "start"))
        case _:
            return []


def _propose(scenario: Scenario, step: EmailStep, path: Path, around: Surroundings) -> list[Problem]:
    if step.propose is None:
        return []
    here: Path = (*path, "propose")
    problems = long_span(step.propose.hold, (*here, "hold"))
    if step.propose.appointment != SAME:
        return [*problems, *word_problems(around, "appointment type", step.propose.appointment, (*here, "appointment"))]
    if not scenario.follows_appointment:
        message = say(
            "'same' is the type and the rep of the appointment that this scenario is about, and it is about none"
        )
        fix = say("name a type of company.yaml, or begin with 'on: appointment.missed'")
        problems.append(Problem((*here, "appointment"), "bad-value", message, fix))
    return problems


def _wait(scenario: Scenario, step: WaitStep, path: Path) -> list[Problem]:
    here: Path = (*path, "wait")
    if isinstance(step.wait, str):
        problems = long_span(step.wait, here)
        if step.do is not None:
            message = say("'do' is for who comes before a time; after a span everybody goes on")
            fix = say("write its steps after this one")
            problems.append(Problem((*path, "do"), "misplaced-key", message, fix, at="key"))
        return problems
    problems = long_span(step.wait.before, (*here, "before"))
    if step.wait.until[0].isdigit():
        problems += instant_problems(step.wait.until, (*here, "until"))
    if step.wait.until == "webinar" and (scenario.magnet is None or scenario.magnet.webinar is None):
        message = say("there is no webinar to wait for")
        problems.append(Problem((*here, "until"), "bad-value", message, say("add 'magnet: {webinar: ...}'")))
    return problems


def _await(step: AwaitStep, path: Path, around: Surroundings) -> list[Problem]:
    problems = [*long_span(step.within, (*path, "within"))]
    problems += _follow_up(step, path)
    asked = {
        key: (event, getattr(step, key))
        for key, event in (
            *((key, f"{key}.") for key in ("form", "questionnaire", "appointment", "segment", "score", "link")),
            *(("mail", "email."), ("page", "page."), ("away", "visit.")),
        )
    }
    if step.on_revision is not None and step.await_ not in ("link.clicked", "email.opened"):
        message = say(
            "only from an opening or a click is anybody moved back: who was led on by %(event)s stays",
            event=step.await_,
        )
        problems.append(Problem((*path, "on_revision"), "misplaced-key", message, say("leave it out"), at="key"))
    for key, (event, word) in asked.items():
        if word is None:
            continue
        if not step.await_.startswith(event):
            message = say("%(key)s says nothing beside 'await: %(event)s'", key=repr(key), event=step.await_)
            problems.append(Problem((*path, key), "misplaced-key", message, say("leave it out"), at="key"))
        elif key == "form":
            problems += unknown(word, around.scenarios, say("no scenario"), (*path, key))
        elif key == "questionnaire":
            problems += questionnaire_problems(around, word, (*path, key))
        elif key == "mail":
            problems += unknown(word, around.emails, say("no e-mail"), (*path, key))
        elif key == "link":
            problems += link_problems(word, around.links, (*path, key))
        elif key == "page":
            problems += page_problems(word, around.company, (*path, key))
        elif key == "away":
            problems += away_problems(word, (*path, key))
        elif key == "score":
            known = around.company if "scoring" not in around.lost else None
            problems += out_of_reach(word, known, (*path, key)) if known else []
        else:
            kind = "appointment type" if key == "appointment" else key
            problems += word_problems(around, kind, word, (*path, key))
    return problems


def _follow_up(step: AwaitStep, path: Path) -> list[Problem]:
    """Choices stand at the end of a questionnaire, each once."""
    if not step.follow_up:
        return []
    here: Path = (*path, "follow_up")
    if step.await_ != "questionnaire.completed":
        message = say(
            "choices stand at the end of a questionnaire, and this step awaits %(event)s", event=quote(step.await_)
        )
        return [Problem(here, "misplaced-key", message, say("write it at 'await: questionnaire.completed'"), at="key")]
    if step.questionnaire is None:
        message = say("nothing says at the end of which questionnaire these choices stand")
        return [Problem(here, "missing-key", message, say("add 'questionnaire: ...' beside it"), at="key")]
    if not isinstance(step.follow_up, list):
        return []
    twice = [number for number, choice in enumerate(step.follow_up) if choice in step.follow_up[:number]]
    return [
        Problem(
            (*here, number),
            "duplicate-id",
            say("%(choice)s is offered twice", choice=quote(step.follow_up[number])),
            say("keep one"),
        )
        for number in twice
    ]


def _hand_off(scenario: Scenario, step: HandOffStep, path: Path, around: Surroundings) -> list[Problem]:
    if step.hand_off.team is not None:
        return team_problems(around, step.hand_off.team, (*path, "hand_off", "team"))
    teams = [*around.words.get("team", ())]
    if scenario.team is None and len(teams) > 1:
        message = say("nothing says which team gets the lead")
        return [
            Problem(
                (*path, "hand_off"),
                "missing-key",
                message,
                say("add 'team:' here or above: %(words)s", words=", ".join(teams)),
            )
        ]
    if scenario.team is None and teams:
        return team_problems(around, teams[0], (*path, "hand_off"))
    return []


def _task(step: TaskStep, path: Path, around: Surroundings) -> list[Problem]:
    task, here = step.task, (*path, "task")
    if isinstance(task, str):
        return (
            []
            if task.strip()
            else [Problem(here, "empty-text", say("a task that says nothing"), say("say what to do"))]
        )
    if task.call is None and task.list is None and not task.text:
        return [Problem(here, "missing-key", say("a task that says nothing"), say("add 'text:', 'call:' or 'list:'"))]
    called = word_problems(around, "appointment type", task.call, (*here, "call")) if task.call else []
    return [*called, *long_span(task.within, (*here, "within"))]
