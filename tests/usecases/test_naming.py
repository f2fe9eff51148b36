"""Ids never reach a person: what scenarios wait for, end with and do is told in the reader's words."""

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from funnel.authoring.load import load_folder
from funnel.catalogue import Speech
from funnel.domain.engine.handoffs import NO_REP
from funnel.domain.engine.late import ASKED
from funnel.domain.engine.mails import CHANGED
from funnel.domain.engine.meetings import CORRECTED, NO_TIME, UNREACHED
from funnel.domain.engine.points import FADED, NO_LONGER
from funnel.domain.model import in_language
from funnel.domain.tunnel.steps import AwaitStep, EndStep
from funnel.domain.tunnel.trigger import EventName
from funnel.usecases.calendar_words import calendar_fault
from funnel.usecases.naming import Names, plain
from funnel.usecases.results import answer_told
from funnel.usecases.shelf import Published
from funnel.usecases.source_words import came_by

HOME = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def published() -> Published:
    """The shipped files."""
    loaded = load_folder(HOME)
    assert loaded.company is not None
    return Published(1, loaded.company, loaded.bundles, frozenset(), {})


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_event_that_can_be_waited_for_is_told_in_words(published: Published, language: str) -> None:
    names = Names(published, language)
    for event in get_args(EventName):
        assert names.event(event) not in (event, plain(event)), event


def test_where_somebody_came_from_is_told_by_titles(published: Published) -> None:
    ctas = {one.id: one for one in published.company.company.calls_to_action}
    names = Names(replace(published, calls_to_action=ctas), "en")
    told = {"utm_source": "service_forum", "utm_medium": "talk", "utm_campaign": "conference"}
    talk, scenario = names.call_to_action("service_forum"), names.scenario("conference")
    assert "_" not in talk
    assert came_by(names, {"cta": "service_forum", **told}) == talk
    other = {**told, "utm_campaign": "spring_letter"}
    assert came_by(names, {"cta": "service_forum", **other}) == f"{talk}, campaign: spring letter"
    assert came_by(names, told) == f"campaign: {scenario}, medium: talk, source: {talk}"
    assert came_by(names, {"utm_source": "spring_letter"}) == "source: spring letter", "and what nobody has named"


def test_why_points_went_is_told_in_french(published: Published) -> None:
    names = Names(published, "fr")
    rule = published.company.rules.standing[0]
    english, french = (in_language(rule.title, language) for language in ("en", "fr"))
    assert names.reason(f"{english}{NO_LONGER}").replace("\u00a0", " ") == f"{french} : ce n'est plus le cas"
    assert names.reason(FADED) == "estompés"


def test_how_the_shipped_scenarios_end_is_told_in_french(published: Published) -> None:
    names = Names(published, "fr")
    steps = [one.step for bundle in published.newest.values() for one in bundle.program.steps.values()]
    for ending in {step.end for step in steps if isinstance(step, EndStep)}:
        assert names.ended(ending) != plain(ending), ending


def test_what_every_step_of_the_shipped_scenarios_does_is_told_and_only_a_choice_is_called_one(
    published: Published,
) -> None:
    names = Names(published, "en")
    for bundle in published.newest.values():
        for step, instruction in bundle.program.steps.items():
            told = names.step(bundle.name, step)
            assert (told == "a choice") == bool(instruction.branches), (bundle.name, step, told)
            assert not isinstance(instruction.step, AwaitStep) or "." not in told, told


@pytest.mark.parametrize("language, told", [("en", "Cancelled"), ("fr", "Annulé")])
def test_a_mail_is_called_by_the_usual_case_of_its_subject(published: Published, language: str, told: str) -> None:
    assert Names(published, language).mail("house/appointment_cancelled_rep") == told


@pytest.mark.parametrize("language, told", [("en", "Moved"), ("fr", "Rendez-vous déplacé")])
def test_so_is_the_mail_about_a_move(published: Published, language: str, told: str) -> None:
    assert Names(published, language).mail("house/appointment_moved") == told


def test_the_task_of_a_lead_whom_nobody_could_take_is_told_in_french_with_its_reason(published: Published) -> None:
    names = Names(published, "fr")
    told = names.told(NO_REP + "Asked to be called")
    assert told == "Aucun commercial n'a pu prendre ce prospect\u00a0: A demandé à être appelé"
    assert Names(published, "en").told(NO_REP + "Met at the fair") == "No rep could take this lead: Met at the fair"


def test_what_the_engine_writes_of_its_own_is_told_in_french(published: Published) -> None:
    names = Names(published, "fr")
    for reason in (CHANGED, CORRECTED):
        assert names.why_not_sent(reason) not in (reason, Names(published, "en").why_not_sent(reason))
    for text in (NO_TIME, UNREACHED, ASKED, CORRECTED):
        assert names.told(text) != text


@pytest.mark.parametrize(
    "language, told",
    [
        ("en", "Look at the entry that begins on 1 March 1962."),
        ("fr", "Regardez l'événement qui commence le 1er mars 1962."),
    ],
)
def test_an_entry_that_makes_a_calendar_unreadable_is_told_by_its_day(language: str, told: str) -> None:
    speech = Speech(language)
    assert calendar_fault("too_many 1962-03-01", speech) == f"{calendar_fault('too_many', speech)} {told}"
    assert calendar_fault("no_calendar", speech) != calendar_fault("unreachable", speech)


def test_entries_that_are_left_out_are_told_by_their_number_and_first_days() -> None:
    speech = Speech("en")
    assert calendar_fault("left_out 1", speech).startswith("An entry of your calendar cannot be understood")
    assert calendar_fault("left_out 1 1962-03-01", speech).endswith("Look at the entry that begins on 1 March 1962.")
    assert calendar_fault("left_out 3 1962-03-01 2026-10-20", speech).endswith(
        "Look at the entries that begin on: 1 March 1962, 20 October 2026, …"
    )


@pytest.mark.parametrize("language, asked", [("en", "How many working hours"), ("fr", "Combien d'heures ouvrées")])
def test_a_number_is_told_with_what_it_counts(published: Published, language: str, asked: str) -> None:
    told = answer_told(published, "cx_maturity", "reply_hours", 24, language)
    assert told.startswith(asked)
    assert told.endswith("? 24\u00a0h")
    assert answer_told(published, "contact_centre", "agents_number", 24, language).endswith("? 24"), "it says of what"
