"""The cap in a real delivery: what is over it waits or is skipped, whoever sends; what was asked for goes (S84)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from funnel.domain.cap import SKIPPED
from funnel.usecases.deliver import deliver
from tests.support.home import TUNNEL
from tests.support.place import MONDAY, Place

NAMES = ("tunnel", "second", "third")
WEDNESDAY = MONDAY + timedelta(days=2, hours=1)
WEEK = timedelta(days=7)


@pytest.fixture
def three(database_url: str, build_place: Callable[..., Place]) -> Place:
    """Three tunnels, whose offers (marketing) come two days after the start; two a week is the most."""
    files = {name: TUNNEL.replace("scenario: tunnel", f"scenario: {name}") for name in NAMES}
    return build_place(database_url, files)


def ends(place: Place, lead_id: int, mail: str = "offer") -> Counter[str]:
    """How many of her mails of that name stand where."""
    rows = [row for row in place.rows(lead_id) if row["message"].endswith(f"/{mail}")]
    return Counter(f"{row['state']} {row['reason']}" if row["reason"] else row["state"] for row in rows)


def begins_all(place: Place, people: int = 1) -> list[int]:
    """So many leads in all three tunnels, and Wednesday come: three offers each are ready."""
    ids = place.leads(people)
    for name in NAMES:
        place.starts(ids, name)
    place.drain()
    place.set(WEDNESDAY)
    while place.runner.run("due"):
        pass
    return ids


def test_s84_the_third_in_a_week_waits_and_is_skipped_after_seven_days(three: Place) -> None:
    (ana,) = begins_all(three)
    assert ends(three, ana, "results") == {"sent": 3}, "what was asked for does not count and is not counted"
    three.drain()
    (waiting,) = [row for row in three.rows(ana) if row["state"] == "ready" and row["message"].endswith("/offer")]
    assert sum(ends(three, ana).values()) == 3
    assert ends(three, ana)["sent"] == 2
    assert waiting["not_before"] - waiting["planned_at"] == WEEK
    three.set(waiting["not_before"] - timedelta(minutes=1))
    three.drain()
    assert ends(three, ana)["sent"] == 2
    three.set(waiting["not_before"] + timedelta(minutes=1))
    three.drain()
    assert ends(three, ana) == {"sent": 2, f"skipped {SKIPPED}": 1}


def test_s84_what_waits_leaves_once_an_older_one_counts_no_more(three: Place) -> None:
    (ana,) = begins_all(three)
    three.drain()
    three.sql(
        "UPDATE outbox SET left_at = :at WHERE lead_id = :id AND state = 'sent' AND kind = 'marketing'",
        at=WEDNESDAY - timedelta(days=6),
        id=ana,
    )
    three.sql("UPDATE outbox SET not_before = :at WHERE state = 'ready'", at=WEDNESDAY)
    three.set(WEDNESDAY + timedelta(days=1, minutes=5))
    three.drain()
    assert ends(three, ana) == {"sent": 3}


def test_s84_two_workers_at_once_never_send_more_than_the_cap(three: Place) -> None:
    ids = begins_all(three, 30)
    houses = [three.house, three.other()]

    def works(house: object) -> None:
        while deliver(house):  # type: ignore[arg-type]
            pass

    with ThreadPoolExecutor(2) as both:
        for done in [both.submit(works, house) for house in houses]:
            done.result()
    three.set(WEDNESDAY + timedelta(minutes=2))
    three.drain()
    assert {ends(three, one)["sent"] for one in ids} == {2}
    assert {ends(three, one)["ready"] + ends(three, one)[f"ready {SKIPPED}"] for one in ids} == {1}
    assert sum(mail.subject.startswith("offer") for mail in three.sent()) == 60
