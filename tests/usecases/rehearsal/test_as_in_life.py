"""A rehearsal and a real run of the same events agree, step by step: mails, ends, appointments, handoffs, points."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from funnel.authoring.load import Loaded, load_folder
from funnel.delivery.sink import Sink
from funnel.domain.contact import normal_email
from funnel.storage import enrolments, leads, outbox_lists
from funnel.usecases.record_events import record_events
from funnel.usecases.rehearsal import Rehearsal, rehearse
from tests.support.home import COMPANY, TUNNEL
from tests.support.place import Place, settings_of
from tests.usecases.rehearsal.conftest import HOME

PEOPLE = 10
_SOON = timedelta(minutes=5)
"""A real clock goes on while mails leave; a machine may be slow."""


@pytest.fixture(params=["sqlite", pytest.param("18", marks=pytest.mark.slow)])
def place(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    published_template: Path,
    postgres_url: Callable[[str], str],
    sink: Sink,
) -> Iterator[Place]:
    """A house on the shipped scenarios."""
    lite = request.param == "sqlite"
    if lite:
        shutil.copy(published_template, tmp_path / "funnel.db")
    url = f"sqlite:///{tmp_path / 'funnel.db'}" if lite else postgres_url(request.param)
    made = Place(settings_of(url, tmp_path, HOME, sink.url), HOME, tmp_path / "mail")
    if not lite:
        made.publish()
    yield made
    made.close()


def come_to(place: Place, instant: datetime) -> None:
    """Business time goes on to the instant, stopping wherever something is due."""
    while True:
        with place.house.database.read() as connection:
            steps, scores = enrolments.next_due(connection), leads.next_review(connection)
            found = [at for at in (steps, scores, outbox_lists.next_ready(connection)) if at]
        due = min(found, default=None)
        if due is None or due > instant:
            place.set(instant)
            return
        place.set(max(due, place.now))
        place.drain()


def live(place: Place, done: Rehearsal) -> None:
    """The events of a rehearsal come in by the real door, each at its time."""
    place.set(done.begins_at)
    met = {lead.id: (lead.email, lead.language) for lead in done.leads.values()}
    for (instant, lead_id), batch in groupby(done.happened, key=lambda event: (event.occurred_at, event.lead_id)):
        come_to(place, instant)
        events = list(batch)
        if new := met.pop(lead_id, None):
            email, language = new
            with place.house.database.write() as connection:
                key = normal_email(email) or email
                made = leads.find_or_create(connection, email, key, language, instant)
            assert made == (lead_id, True)
        record_events(place.house, events)
        place.drain()
    come_to(place, done.ends_at)
    place.drain()


def mails_lived(place: Place, lead_id: int) -> list[tuple[str, str, str, datetime]]:
    """How each mail of hers ended in the real house, and when."""
    return sorted(
        (row["message"], row["recipient"], row["reason"] or row["state"], row["left_at"] or row["planned_at"])
        for row in place.rows(lead_id)
        if row["channel"] == "mail"
    )


def mails_rehearsed(done: Rehearsal, person: str) -> list[tuple[str, str, str, datetime]]:
    """The same, as rehearsed: a skipped one counts from when it was planned."""
    return sorted(
        (e.what, e.detail["to"], e.detail.get("reason") or "sent", e.at if e.kind == "mail" else e.detail["planned_at"])
        for e in done.of(person)
        if e.kind in ("mail", "skipped")
    )


def shape(lead: Any) -> Any:
    """What a lead is at the end, without instants that a real clock smears."""
    return (
        lead.email, lead.name, lead.phone, lead.zone, lead.stage, lead.score, lead.tags, lead.consents,
        lead.unsubscribed,
        [(e.scenario, e.pass_number, e.state, e.step, e.ended_because) for e in lead.enrolments],
        [(a.type, a.rep, a.starts_at, a.state, a.sequence) for a in lead.appointments],
        [(h.id, h.rep, h.state, h.because) for h in lead.handoffs],
        [(s.questionnaire, s.score, s.band) for s in lead.answers],
    )  # fmt: skip


def test_what_was_rehearsed_is_what_happens(shipped: Loaded, place: Place) -> None:
    assert shipped.company is not None
    done = rehearse(shipped.bundles, shipped.company, "self_evaluation", people=PEOPLE, days=70)
    assert len(done.happened) > 3 * PEOPLE
    agrees(place, done)


@pytest.mark.parametrize(
    "scenario, days, seen",
    [("no_show", 30, ("missed", "proposed", "call_list")), ("recurring_visits", 150, ("rescheduled", "cancelled"))],
)
def test_s92_to_s96_and_s89_what_follows_an_appointment_is_as_rehearsed(
    shipped: Loaded, place: Place, scenario: str, days: int, seen: tuple[str, ...]
) -> None:
    assert shipped.company is not None
    done = rehearse(shipped.bundles, shipped.company, scenario, people=6, days=days)
    kinds = {entry.kind for entry in done.entries}
    assert {"booked", "held", *seen} <= kinds
    agrees(place, done)


def test_who_moves_while_a_mail_waits_gets_it_in_the_hours_of_her_new_zone(
    sqlite_url: str, build_place: Callable[..., Place]
) -> None:
    late = COMPANY + 'sending_window: {from: "10:00", to: "19:00"}\n'
    moving = TUNNEL.replace("wait: 2 days", "wait: 71 hours") + "expect: [{lead: lea, behaves: moves}]\n"
    place = build_place(sqlite_url, {"tunnel": moving}, late)
    loaded = load_folder(place.home)
    assert loaded.company is not None
    done = rehearse(loaded.bundles, loaded.company, "tunnel", people=0, days=4, begins_on=date(2027, 6, 7))
    (offer,) = [e for e in done.of("lea") if e.kind == "mail" and e.what == "tunnel/offer"]
    moved = datetime(2027, 6, 10, 7, tzinfo=UTC)
    assert moved < offer.at == datetime(2027, 6, 10, 14, tzinfo=UTC), "ten o'clock in Montreal, not in Paris"
    agrees(place, done)


def agrees(place: Place, done: Rehearsal) -> None:
    """The same events in a real house give the same mails, and leave the same leads."""
    live(place, done)
    for person in done.people:
        lead = done.leads[person.id]
        assert shape(place.load(lead.id)) == shape(lead), person.behaves
        rehearsed, lived = mails_rehearsed(done, person.id), mails_lived(place, lead.id)
        assert [one[:3] for one in lived] == [one[:3] for one in rehearsed], person.behaves
        for real, seen in zip(lived, rehearsed, strict=True):
            assert timedelta() <= real[3] - seen[3] < _SOON, (person.behaves, real, seen)
    assert place.sql("SELECT failed FROM events WHERE failed IS NOT NULL") == []
