"""`expect:` against the scenario it stands in: its mails, the boxes of its form, answers to its questions, its ends."""

from collections.abc import Collection, Iterator, Mapping

from funnel.authoring.branches import branching
from funnel.authoring.compile import all_steps, mails_sent
from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import quote, suggest
from funnel.authoring.refusals import refusal_words
from funnel.authoring.rules.surroundings import instant_problems
from funnel.authoring.rules.triggers import link_problems, page_problems
from funnel.authoring.rules.words import NO, bad_zone
from funnel.authoring.saying import Saying, say
from funnel.domain.company import Company
from funnel.domain.diagnosis import read_answers
from funnel.domain.questionnaire import Questionnaire
from funnel.domain.tunnel.expectation import NOTHING, SILENT, Expectation
from funnel.domain.tunnel.scenario import Scenario
from funnel.domain.tunnel.steps import AwaitStep, EndStep


def expectation_problems(
    scenario: Scenario,
    mails: Collection[str],
    questionnaires: Mapping[str, Questionnaire],
    company: Company | None,
    links: Collection[str] = (),
) -> Iterator[Problem]:
    """Every word of `expect:` that names nothing; the company's own words only where it is known. `mails` are the
    scenario's e-mail folders, `links` the names of the links in them."""
    yield from _left_out(scenario)
    seen: set[str] = set()
    sent = mails_sent(scenario)
    if not sent <= set(mails):  # a step names a mail that is not there: the fault is told at the step
        sent |= set(mails)
    for place, one in enumerate(scenario.expect):
        path: Path = ("expect", place)
        if one.lead in seen:
            message = say("two leads are called %(name)s", name=repr(one.lead))
            yield Problem((*path, "lead"), "duplicate-id", message, say("give each its own name"))
        seen.add(one.lead)
        yield from _words(scenario, one, path, company, sent)
        yield from _answers(scenario, one, path, questionnaires)
        yield from _follow_up(scenario, one, path)
        yield from _touches(one, path, company, links)
        if one.zone is not None:
            yield from bad_zone(one.zone, (*path, "zone"))
        if one.comes is not None:
            yield from instant_problems(one.comes, (*path, "comes"))


def _left_out(scenario: Scenario) -> Iterator[Problem]:
    """What all other leads state and one does not: probably forgotten, so a warning."""
    for key in ("behaves", "gets", "ends", "handed_over", "appointment"):
        without = [place for place, one in enumerate(scenario.expect) if key not in one.model_fields_set]
        if len(without) == 1 and len(scenario.expect) > 2:
            message = say(
                "this lead says nothing of %(key)s, the other %(number)s do",
                key=repr(key),
                number=len(scenario.expect) - 1,
            )
            yield Problem(("expect", without[0]), "left-out", message, say("add '%(key)s:'", key=key), "warning")


def _words(
    scenario: Scenario, one: Expectation, path: Path, company: Company | None, sent: Collection[str]
) -> Iterator[Problem]:
    form = scenario.form
    ends = {step.end for _, step in all_steps(scenario.sequence) if isinstance(step, EndStep)}
    lists: list[tuple[str, Saying, list[str] | None, Collection[str] | None]] = [
        ("gets", say("no e-mail of this scenario"), one.gets, sent),
        ("consents", say("no box of this form"), one.consents, set(form.consents if form else ())),
        (
            "tagged",
            NO["tag"],
            one.tagged,
            {tag for group in company.tags.values() for tag in group} if company else None,
        ),
        ("tags", NO["tag"], one.tags, {tag for group in company.tags.values() for tag in group} if company else None),
    ]
    for key, no, words, known in lists:
        for index, word in enumerate(words or []):
            if known is not None and word not in known:
                message = say("%(no)s %(name)s", no=no, name=quote(word))
                yield Problem((*path, key, index), "unknown-id", message, suggest(word, known))
    known_ends = {*ends, "completed", "mark_corrected", *scenario.leave_when}
    if one.ends is not None and one.ends not in known_ends:
        message = say("no end %(name)s", name=quote(one.ends))
        yield Problem((*path, "ends"), "unknown-id", message, suggest(one.ends, known_ends))
    types = {kind.id for kind in company.appointment_types} if company else set()
    if company and one.appointment is not None and one.appointment not in types:
        message = say("%(no)s %(name)s", no=NO["appointment type"], name=quote(one.appointment))
        yield Problem((*path, "appointment"), "unknown-id", message, suggest(one.appointment, types))
    if company and one.language is not None and one.language not in company.locales:
        message = say("no language %(language)s", language=quote(one.language))
        yield Problem((*path, "language"), "unknown-id", message, suggest(one.language, company.locales))


def _touches(one: Expectation, path: Path, company: Company | None, links: Collection[str]) -> Iterator[Problem]:
    """Links that no mail has, and pages that are none."""
    for index, name in enumerate(one.clicks or []):
        yield from link_problems(name, links, (*path, "clicks", index))
    for index, page in enumerate(one.visits or []):
        if "*" in page:
            message = say("%(page)s stands for many pages", page=repr(page))
            yield Problem((*path, "visits", index), "bad-value", message, say("write one that she looks at"))
        else:
            yield from page_problems(page, company, (*path, "visits", index))


def _asking(scenario: Scenario) -> Iterator[AwaitStep]:
    """The steps that wait for a questionnaire."""
    return (step for _, step in all_steps(scenario.sequence) if isinstance(step, AwaitStep) and step.questionnaire)


def _follow_up(scenario: Scenario, one: Expectation, path: Path) -> Iterator[Problem]:
    steps = list(_asking(scenario))
    says = one.gets is not None or one.ends is not None
    if says and one.follow_up is None and one.behaves not in SILENT and any(step.follow_up for step in steps):
        drawn = say("this lead says nothing of %(key)s: what she chooses is drawn", key="'follow_up'")
        yield Problem(path, "left-out", drawn, say("add '%(key)s:'", key="follow_up"), "warning")
    choices = [choice for step in steps for choice in step.follow_up]
    choices += [NOTHING for step in steps if len(step.follow_up) == 1]
    if one.follow_up is not None and one.follow_up not in choices:
        message = say("no choice %(choice)s at the end of a questionnaire", choice=quote(one.follow_up))
        fix = suggest(one.follow_up, choices) if choices else say("add 'follow_up:' to the step that awaits it")
        yield Problem((*path, "follow_up"), "unknown-id", message, fix)


def _answers(
    scenario: Scenario, one: Expectation, path: Path, questionnaires: Mapping[str, Questionnaire]
) -> Iterator[Problem]:
    name = scenario.form.questionnaire if scenario.form else None
    name = name or next((step.questionnaire for step in _asking(scenario)), None)
    questionnaire = questionnaires.get(name or "")
    if questionnaire is None:
        return
    questions = {question.id: question for question in questionnaire.questions}
    for key, answer in one.answers.items():
        here: Path = (*path, "answers", key)
        question = questions.get(key)
        if question is None:
            message = say("no question %(key)s in %(name)s", key=quote(key), name=name)
            yield Problem(here, "unknown-id", message, suggest(key, questions), at="key")
            continue
        given = [str(part) for part in answer] if isinstance(answer, list) else [str(answer)]
        always = question.model_copy(update={"asked_when": None})
        if refusal := read_answers([always], {key: given}, branching(questionnaire)).errors.get(key):
            choices = [choice.id for choice in question.choices]
            fix = suggest(given[0], choices) if choices else say("give what the form would take")
            why = refusal_words(refusal.code)
            message = say("%(answer)s is no answer to this question (%(why)s)", answer=quote(answer), why=why)
            yield Problem(here, "unknown-value", message, fix)
