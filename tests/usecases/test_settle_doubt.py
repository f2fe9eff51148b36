"""After a worker's death: whoever settles what it left forgets its notes only when nothing of it is left."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import text

from funnel.delivery.notes import Notes
from funnel.storage import windows
from funnel.usecases.settle_doubt import settle_doubt
from tests.support.place import Place

PATIENCE = 60


def accepted_by_a_dead_worker(place: Place) -> int:
    """A mail that the server took, as a worker noted before it died; the row's id."""
    lead_id = place.submits().lead_id
    with Notes(place.settings.state / "notes", "dead") as notes:
        with place.house.database.write() as connection:
            (row,) = windows.claim(connection, "mail", "dead/1", place.now + timedelta(minutes=1), 180, 10)
            opened = {"id": row["id"], "lead_id": lead_id, "expect": "claimed", "state": "attempting"}
            windows.turn_window(connection, "dead/1", [{**opened, "begun_at": place.now}])
        notes.begun(row["id"], 1)
        notes.accepted(row["id"], 1, "250 taken")
    return int(row["id"])


def test_what_a_dead_worker_noted_is_believed_and_then_forgotten(place: Place) -> None:
    mail = accepted_by_a_dead_worker(place)
    assert settle_doubt(place.house)
    (row,) = place.rows()
    assert (row["id"], row["state"]) == (mail, "sent")
    assert list(place.house.notes.former()) == []
    assert not settle_doubt(place.house)


def test_notes_are_kept_while_somebody_else_is_settling_and_may_die_over_it(
    postgres_url: Callable[[str], str], build_place: Callable[..., Place]
) -> None:
    place = build_place(postgres_url("18"))
    mail = accepted_by_a_dead_worker(place)
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with ThreadPoolExecutor(1) as aside:
        with place.other().database.engine.connect() as first:
            first.execute(text("SELECT id FROM outbox WHERE id = :id FOR UPDATE"), {"id": mail})
            second = aside.submit(settle_doubt, place.house)
            until = time.monotonic() + PATIENCE
            while not second.done() and not place.sql(waits)[0][0]:
                assert time.monotonic() < until
                time.sleep(0.01)
            first.rollback()
        second.result(PATIENCE)
    assert place.row("results")["state"] == "sent"
    place.drain()
    assert place.sent() == [], "it was taken once already"
