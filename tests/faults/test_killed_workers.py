"""A worker killed by SIGKILL at a named point loses no mail and sends none twice, as the mail server itself counts."""

import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.faults.conftest import Works
from tests.support.place import Place

Build = Callable[[str, str], Works]
Address = Callable[[str], str]

ASKED, MARKETING = 40, 40


def queue_mails(place: Place) -> list[str]:
    """As many asked as marketing mails wait; the addresses they are for."""
    place.starts(place.leads(ASKED, "asked.org"))
    place.starts(place.leads(MARKETING, "marketing.org"), "news")
    assert place.states() == {"ready": ASKED + MARKETING}
    return [f"lead{n}@{host}" for host in ("asked.org", "marketing.org") for n in range(ASKED)]


def taken(place: Place) -> Counter[str]:
    """How many mails the server has taken, by address."""
    return Counter(mail.to[0] for mail in place.sent())


def recover(works: Works) -> None:
    """Another worker and the tick come; nobody waits for a lease to run out."""
    works.worker()
    works.tick()
    works.settled()


@pytest.mark.parametrize(
    "database, point",
    [
        ("sqlite", "claimed"),
        ("sqlite", "attempting"),
        ("sqlite", "accepted"),
        ("pg18", "accepted"),
        pytest.param("pg18", "claimed", marks=pytest.mark.slow),
        pytest.param("pg18", "attempting", marks=pytest.mark.slow),
        *(pytest.param("pg16", point, marks=pytest.mark.slow) for point in ("claimed", "attempting", "accepted")),
    ],
)
def test_killed_at_a_point_everyone_has_her_mail_once(
    database: str, url_of: Address, build_works: Build, valkey_url: str, point: str
) -> None:
    works = build_works(url_of(database), valkey_url)
    everyone = queue_mails(works.place)
    works.ring()
    worker = works.held(point)
    state = {"claimed": "claimed"}.get(point, "attempting")
    assert works.place.states()[state] >= works.place.settings.send_window
    assert len(works.place.sent()) == (works.place.settings.send_window if point == "accepted" else 0)
    worker.kill()
    recover(works)
    assert taken(works.place) == Counter(everyone)
    assert works.place.states() == {"sent": ASKED + MARKETING}


@pytest.mark.parametrize(
    "database", ["sqlite", *(pytest.param(one, marks=pytest.mark.slow) for one in ("pg18", "pg16"))]
)
def test_killed_with_one_on_the_wire_only_that_one_is_in_doubt(
    database: str, url_of: Address, build_works: Build, valkey_url: str
) -> None:
    """The server has taken the message and the worker dies before it hears so."""
    works = build_works(url_of(database), valkey_url)
    place = works.place
    everyone = queue_mails(place)
    place.sql("UPDATE leads SET email = 'stall@asked.org' WHERE email = 'lead7@asked.org'")
    place.sql("UPDATE leads SET email = 'stall@marketing.org' WHERE email = 'lead7@marketing.org'")
    works.ring()
    for stalled in ("stall@asked.org", "stall@marketing.org"):
        worker = works.worker()
        works.ring()
        works.until(lambda address=stalled: taken(place)[address], 20, f"the message to {stalled} is taken")  # type: ignore[misc]
        worker.kill()
    recover(works)
    place.set(max([place.now, *(row["not_before"] for row in place.rows())]))
    works.settled()
    numbers = taken(place)
    ordinary = {address: number for address, number in numbers.items() if not address.startswith("stall")}
    assert ordinary == {address: 1 for address in everyone if not address.startswith("lead7@")}
    assert numbers["stall@marketing.org"] == 1, "marketing in doubt is parked"
    assert place.states() == {"sent": ASKED + MARKETING - 1, "in_doubt": 1}
    assert numbers["stall@asked.org"] == 2, "what was asked for is sent again"
    first, second = [mail for mail in place.sent() if mail.to == ("stall@asked.org",)]
    assert first.raw == second.raw
    assert first.headers["Message-ID"] == second.headers["Message-ID"]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("round_", range(3))
def test_killed_again_and_again_at_any_moment(
    database_url: str, build_works: Build, valkey_url: str, round_: int
) -> None:
    """Each kill may leave one message on the wire: that one twice when asked for, once and parked when marketing."""
    works = build_works(database_url, valkey_url)
    place = works.place
    place.starts(place.leads(400, "asked.org"))
    place.starts(place.leads(400, "marketing.org"), "news")
    works.tick()
    kills = 0
    for n in range(6):
        worker = works.worker()
        before = place.taken()
        works.until(lambda before=before: place.taken() > before or works.idle(), 40, "it works")  # type: ignore[misc]
        time.sleep(0.013 * ((7 * n + 5 * round_) % 11))
        worker.kill()
        kills += 1
        if works.idle():
            break
    works.worker()
    place.set(place.now)
    works.until(lambda: "attempting" not in place.states() and "claimed" not in place.states(), 120, "nothing is held")
    due = [row["not_before"] for row in place.rows() if row["state"] == "ready"]
    place.set(max([place.now, *due]))
    works.settled(60)
    numbers = taken(place)
    parked = place.states().get("in_doubt", 0)
    asked = {address: number for address, number in numbers.items() if address.endswith("asked.org")}
    marketing = {address: number for address, number in numbers.items() if address.endswith("marketing.org")}
    assert len(asked) == 400
    assert sum(asked.values()) - 400 <= kills
    assert set(marketing.values()) == {1}
    assert 400 - parked <= len(marketing) <= 400
    assert parked <= kills
