"""`load(apply(effects)) == evolve(...)`: what the tables say is what the rules made of it, whatever happens to whom."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funnel.domain import events as on
from funnel.domain.lead import Lead
from funnel.domain.verdicts import Says
from funnel.storage import events
from funnel.usecases.merge_leads import merge_leads, part_leads
from funnel.usecases.record_events import record_events
from tests.support.home import COMPANY, TUNNEL
from tests.support.place import MONDAY, Place

NUMBER = count()
WATCHED = """
scenario: watched
title: {en: Watched}
on: start
offer: {en: An audit}
why: volume
team: consulting
sequence:
  - await: link.clicked
    on_revision: move_back
    within: 5 days
    otherwise: []
  - email: offer
  - score: 5
  - await: link.clicked
    id: again
    within: 5 days
    otherwise: []
  - tag: late
  - wait: 90 days
"""
SCENARIOS = {"tunnel": TUNNEL, "watched": WATCHED}
SUGGESTIONS = """
suggestions:
  - {id: silver, title: {en: Silver?}, when: score.engagement >= 20, status: warm}
  - {id: plan, title: {en: A plan?}, when: lead.company is known, tag: plan, untag: late}
"""
WORDS = st.sampled_from(["", "Ana", "O'Brien", 'Ünï \\ "x" 🙂', "a:b"])
STARTS = st.integers(0, 30).map(lambda n: MONDAY + timedelta(days=2, minutes=20 * n))


def form(lead: Lead, at: datetime, draw: Any) -> list[on.AnyEvent]:
    return [
        on.FormSubmitted(
            lead_id=lead.id,
            occurred_at=at,
            key=f"form/{next(NUMBER)}",
            scenario="tunnel",
            submission=f"f{next(NUMBER)}",
            fields={name: text for name in ("name", "phone", "company") if (text := draw(WORDS))},
            consents={"follow_up_email": draw(st.booleans()), "visit_tracking": draw(st.booleans())},
            wordings={"follow_up_email": draw(WORDS)},
            page="/l/tunnel",
            zone=draw(st.sampled_from([None, "Europe/Paris", "Asia/Tokyo"])),
            source=draw(st.dictionaries(st.sampled_from(["utm_source", "cta"]), WORDS, max_size=2)),
            proven=draw(st.booleans()),
        )
    ]


def sheet(lead: Lead, at: datetime, draw: Any) -> list[on.AnyEvent]:
    return [
        on.QuestionnaireCompleted(
            lead_id=lead.id,
            occurred_at=at,
            sheet=f"s{next(NUMBER)}",
            questionnaire="cx",
            values={"one": [draw(WORDS)], "two": draw(st.integers(-5, 5)), "three": None},
            score=draw(st.integers(0, 100)),
            share=draw(st.integers(0, 100)),
            themes={"people": 3},
            band=draw(st.sampled_from([None, "low"])),
        )
        for _ in range(draw(st.integers(1, 3)))
    ]


def points(lead: Lead, at: datetime, draw: Any) -> list[on.AnyEvent]:
    return [
        on.PointsGiven(lead_id=lead.id, occurred_at=at, points=draw(st.integers(-60, 60)), because=draw(WORDS) or "why")
        for _ in range(draw(st.integers(1, 3)))
    ]


def slot(lead: Lead, at: datetime, draw: Any) -> list[on.AnyEvent]:
    starts = draw(STARTS)
    inside = lead.enrolments[-1] if lead.enrolments and draw(st.booleans()) else None
    kind, minutes = draw(st.sampled_from([("call", 30), ("visit", 45)]))
    return [
        on.SlotChosen(
            lead_id=lead.id,
            occurred_at=at,
            type=kind,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=minutes),
            reps=("idris", "camille"),
            scenario=inside.scenario if inside else None,
            pass_number=inside.pass_number if inside else None,
        )
    ]


def meeting(lead: Lead, at: datetime, draw: Any) -> list[on.AnyEvent]:
    if not lead.appointments:
        return []
    which = draw(st.sampled_from(lead.appointments)).id
    kind = draw(st.sampled_from([on.AppointmentCancelled, on.AppointmentHeld, on.AppointmentMissed]))
    return [kind(lead_id=lead.id, occurred_at=at, appointment=which, by="idris")]


def handoff(lead: Lead, at: datetime, draw: Any) -> list[on.AnyEvent]:
    asked = on.HandOffAsked(lead_id=lead.id, occurred_at=at, because=draw(WORDS) or "fits", by="solene")
    number = f"{lead.id}-{max(len(lead.handoffs), 1)}"
    accepted = on.HandoffAccepted(lead_id=lead.id, occurred_at=at, handoff=number, by="camille")
    returned = on.HandoffReturned(
        lead_id=lead.id, occurred_at=at, handoff=number, by="idris", reason="no", disqualified=draw(st.booleans())
    )
    return draw(st.lists(st.sampled_from([asked, accepted, returned]), min_size=1, max_size=4))  # type: ignore[no-any-return]


def preference(lead: Lead, at: datetime, draw: Any) -> list[on.AnyEvent]:
    changed = on.ConsentChanged(
        lead_id=lead.id, occurred_at=at, purpose="follow_up_email", given=draw(st.booleans()), wording="Yes", page="/u"
    )
    gone = on.Unsubscribed(lead_id=lead.id, occurred_at=at, page="/u")
    return draw(st.lists(st.sampled_from([changed, gone]), min_size=1, max_size=2))  # type: ignore[no-any-return]


def details(lead: Lead, at: datetime, draw: Any) -> list[on.AnyEvent]:
    fields = {name: text for name in ("name", "phone", "company", "position") if (text := draw(WORDS))}
    corrected = on.EmailCorrected(
        lead_id=lead.id, occurred_at=at, email=f"New{next(NUMBER)}@Example.org", scenario="tunnel", pass_number=1
    )
    changed = on.DetailsChanged(lead_id=lead.id, occurred_at=at, fields=fields, by="camille")
    proven = on.EmailProven(lead_id=lead.id, occurred_at=at)
    return draw(st.lists(st.sampled_from([changed, proven, corrected]), min_size=1, max_size=2))  # type: ignore[no-any-return]


def touch(lead: Lead, at: datetime, draw: Any) -> list[on.AnyEvent]:
    verdicts: st.SearchStrategy[Says] = st.sampled_from(["human", "machine", "unsure"])
    agreed = on.ConsentChanged(
        lead_id=lead.id, occurred_at=at, purpose="visit_tracking", given=draw(st.booleans()), wording="Yes", page="/u"
    )
    clicked = on.LinkClicked(
        lead_id=lead.id, occurred_at=at, key=f"c{next(NUMBER)}", mail=1, message="tunnel/offer", link="prices",
        number=1, pass_number=draw(st.sampled_from([None, 1])), verdict=draw(verdicts),
    )  # fmt: skip
    opened = on.EmailOpened(
        lead_id=lead.id, occurred_at=at, key=f"o{next(NUMBER)}", mail=1, message="tunnel/offer", verdict=draw(verdicts)
    )
    of = draw(st.sampled_from(sorted(lead.unsure) or ["nothing"]))
    revised = on.VerdictRevised(
        lead_id=lead.id, occurred_at=at, of=of, touched="link.clicked", subject="prices", message="tunnel/offer",
        verdict=draw(verdicts),
    )  # fmt: skip
    return [agreed, *draw(st.lists(st.sampled_from([clicked, opened, revised]), min_size=1, max_size=3, unique_by=id))]


def led(lead: Lead, at: datetime, draw: Any) -> list[on.AnyEvent]:
    """In a scenario that waits for clicks, which turn out to be a machine's now and then."""
    agreed = on.ConsentChanged(
        lead_id=lead.id, occurred_at=at, purpose="visit_tracking", given=True, wording="Yes", page="/u"
    )
    begun = on.ScenarioStarted(lead_id=lead.id, occurred_at=at, scenario="watched", by="solene")
    clicked = on.LinkClicked(
        lead_id=lead.id, occurred_at=at, key=f"c{next(NUMBER)}", mail=1, message="watched/offer", link="prices",
        number=1, pass_number=1,
    )  # fmt: skip
    keys = [one.key for place in lead.enrolments for one in place.happened if one.key]
    revised = on.VerdictRevised(
        lead_id=lead.id, occurred_at=at, of=draw(st.sampled_from([clicked.key or "", *keys])), touched="link.clicked",
        subject="prices", message="watched/offer", pass_number=1, verdict="machine",
    )  # fmt: skip
    return [agreed, begun, *draw(st.lists(st.sampled_from([clicked, revised, clicked]), min_size=1, max_size=4))]


def suggestion(lead: Lead, at: datetime, draw: Any) -> list[on.AnyEvent]:
    names = st.sampled_from(["silver", "plan", "gone"])
    answers = st.builds(
        on.SuggestionAnswered, lead_id=st.just(lead.id), occurred_at=st.just(at), suggestion=names,
        accepted=st.booleans(), by=st.just("idris"),
    )  # fmt: skip
    return draw(st.lists(answers, min_size=1, max_size=3))  # type: ignore[no-any-return]


HAPPENINGS: list[Callable[[Lead, datetime, Any], list[on.AnyEvent]]] = [
    form, sheet, points, slot, meeting, handoff, preference, details, touch, led, suggestion,
]  # fmt: skip


def play(place: Place, data: st.DataObject) -> None:
    """A lead's story through the real door; after each of its steps the tables hold what was folded."""
    place.set(MONDAY)
    lead_id = place.lead(f"lead{next(NUMBER)}@example.org")
    lead = place.load(lead_id)
    for _ in range(data.draw(st.integers(1, 7), "steps")):
        if data.draw(st.booleans(), "time passes"):
            place.set(place.now + timedelta(hours=data.draw(st.integers(1, 150), "hours")))
            place.drain()
            lead = place.load(lead_id)
        batch = data.draw(st.sampled_from(HAPPENINGS), "what")(lead, place.now, data.draw)
        if batch:
            lead = record_events(place.house, batch).leads[lead_id]
            assert place.load(lead_id) == lead
    assert place.sql("SELECT failed FROM events WHERE failed IS NOT NULL") == []
    assert place.sql("SELECT coalesce(sum(points), 0) FROM score_entries WHERE lead_id = :id", id=lead_id) == [
        (lead.score,)
    ]


def play_two(place: Place, data: st.DataObject) -> None:
    """The same for two leads who are joined and parted on the way; the score of who stands for both holds the other's,
    and nothing of the other's is left when they are parted."""
    place.set(MONDAY)
    ids = [place.lead(f"lead{next(NUMBER)}@example.org") for _ in range(2)]
    people = {one: place.load(one) for one in ids}
    for _ in range(data.draw(st.integers(2, 8), "steps")):
        which = data.draw(st.sampled_from(ids), "who")
        if data.draw(st.integers(0, 3), "joining") == 0:
            people |= joined_or_parted(place, ids, which)
        elif batch := data.draw(st.sampled_from(HAPPENINGS), "what")(people[which], place.now, data.draw):
            people |= record_events(place.house, batch).leads
        assert {one: place.load(one) for one in ids} == people
        for lead in people.values():
            others = [one for one in people.values() if one.merged_into == lead.id]
            from_others = sum(one.points for one in lead.entries if one.source.startswith("merge/"))
            assert from_others == sum(one.score for one in others)
            assert lead.score == sum(one.points for one in lead.entries)
    assert place.sql("SELECT failed FROM events WHERE failed IS NOT NULL") == []


def joined_or_parted(place: Place, ids: list[int], which: int) -> dict[int, Lead]:
    other = next(one for one in ids if one != which)
    joined = [one for one in ids if place.load(one).merged_into]
    if joined:
        part_leads(place.house, None, joined[0], "shell")
    else:
        merge_leads(place.house, None, which, other, "shell")
    return {one: place.load(one) for one in ids}


SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.fixture
def on_sqlite(sqlite_url: str, build_place: Callable[..., Place]) -> Place:
    return build_place(sqlite_url, SCENARIOS, COMPANY + SUGGESTIONS)


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=SHARED)
def test_the_tables_hold_what_was_folded(on_sqlite: Place, data: st.DataObject) -> None:
    play(on_sqlite, data)


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=SHARED)
def test_whoever_is_joined_with_whom(lite: Place, data: st.DataObject) -> None:
    play_two(lite, data)


@pytest.fixture(params=[pytest.param("16", marks=pytest.mark.slow), "18"])
def on_postgres(
    request: pytest.FixtureRequest, postgres_url: Callable[[str], str], build_place: Callable[..., Place]
) -> Place:
    return build_place(postgres_url(request.param), SCENARIOS, COMPANY + SUGGESTIONS)


@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=SHARED)
def test_on_postgresql_too(on_postgres: Place, data: st.DataObject) -> None:
    play(on_postgres, data)


def test_events_are_kept_in_the_order_in_which_they_were_decided(place: Place) -> None:
    """Replay goes by recorded time and id: those of one batch, and of writers that waited for each other."""
    ana = place.lead()

    def give(n: int) -> None:
        batch = [on.PointsGiven(lead_id=ana, occurred_at=MONDAY, points=1, because=f"{n}.{m}") for m in range(5)]
        record_events(place.house, batch)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(give, range(24)))
    decided = [because for (because,) in place.sql("SELECT because FROM score_entries ORDER BY id")]
    with place.house.database.read() as connection:
        kept = [row["payload"] for row in events.of_lead(connection, ana) if row["kind"] == "PointsGiven"]
    recorded = [payload["because"] for payload in kept]
    assert recorded == decided
