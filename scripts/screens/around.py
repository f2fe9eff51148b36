"""What is broken, over or gone while a picture is taken."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from scripts.screens import people
from scripts.screens.story import Story

Around = Callable[[Story], AbstractContextManager[None]]

BROKEN = "scenarios/self_evaluation.yaml"


def spoiled(story: Story) -> AbstractContextManager[None]:
    """Somebody has saved the scenario with a mistake in it."""
    text = (story.product.home / BROKEN).read_text().replace("- wait: 2 days", "- wait: a fortnight", 1)
    return story.product.saved(BROKEN, text, "a fortnight")


def standing_still(story: Story) -> AbstractContextManager[None]:
    """A step failed for some people, and a connection broke while a mail left."""
    return story.product.rewritten(
        ("enrolments", "state = 'parked', reason = 'the mail cannot be written: ''lead.firstname'' is undefined'"),
        ("outbox", "state = 'in_doubt', reason = 'the connection broke after DATA'"),
    )


def held_back(story: Story) -> AbstractContextManager[None]:
    """Its steps have been paused for long."""
    return story.product.rewritten(("publications", "paused = 1"), ("enrolments", "due_at = began_at"))


def links_expired(story: Story) -> AbstractContextManager[None]:
    """Links to files work for a minute only."""
    file = "scenarios/company.yaml"
    text = (story.product.home / file).read_text().replace("asset_links_last: 90 days", "asset_links_last: 1 minute")
    return story.product.saved(file, text, "This link has expired", story.facts["asset"])


def webinar_over(story: Story) -> AbstractContextManager[None]:
    """The webinar took place long ago; its replay is there."""
    return _webinar_rewritten(story)


def webinar_closed(story: Story) -> AbstractContextManager[None]:
    """The webinar took place long ago, and nobody recorded it."""
    return _webinar_rewritten(story, r"\n +replay:.*")


def _webinar_rewritten(story: Story, without: str = "") -> AbstractContextManager[None]:
    file = "scenarios/webinar.yaml"
    text = re.sub(r'starts_at: "\d{4}', 'starts_at: "2020', (story.product.home / file).read_text())
    return story.product.saved(file, re.sub(without, "", text), "It took place on", people.WEBINAR)


def nobody_free(story: Story) -> AbstractContextManager[None]:
    """Everybody has gone on holiday."""
    file = "scenarios/company.yaml"
    lines = (story.product.home / file).read_text().splitlines(keepends=True)
    hours = ("      mon:", "      tue:", "      wed:", "      thu:", "      fri:")
    kept = "".join(line for line in lines if not line.startswith(hours))
    text = kept.replace("    availability:\n", "")
    return story.product.saved(file, text, "Our diary is full", story.facts["book"])


def no_call_to_action(story: Story) -> AbstractContextManager[None]:
    """The company has moved house, and its file has given up every call to action but the article's."""
    file = "scenarios/company.yaml"
    text = (story.product.home / file).read_text()
    start = text.index("  - id: linkedin_champions")
    cut = text[:start] + text[text.index("webhooks:", start) :]
    address = "20 rue des Tisserands"
    return story.product.saved(file, cut.replace("18 rue des Tisserands", address), address, "/privacy")


@contextmanager
def visits_told(story: Story) -> Iterator[None]:
    """The tracker has told of some visits, and somebody of what is none."""
    if not story.told:
        story.tells_visits()
        story.told = True
    yield


def no_visits(story: Story) -> AbstractContextManager[None]:
    """The company keeps no visits."""
    file = "scenarios/company.yaml"
    text = (story.product.home / file).read_text() + "\ntracking: {visits: none}\n"
    return story.product.saved(file, text, "push() {}", "/t.js")


@contextmanager
def an_hour_before(story: Story) -> Iterator[None]:
    """Her appointment begins in an hour."""
    if not story.late:  # time never goes back, and some seconds have passed when the second picture is taken
        story.product.move_to(story.facts["an_hour_before"])
        story.late = True
    yield


@contextmanager
def a_week_after_a_miss(story: Story) -> Iterator[None]:
    """Two have missed their appointments, and a week has passed."""
    if not story.missed:
        story.misses()
    yield


def database_away(story: Story) -> AbstractContextManager[None]:
    """The leads' database does not answer."""
    return story.product.without_leads()
