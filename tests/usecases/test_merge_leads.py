"""Two leads that are one person: joined by hand, counted once, parted as they were."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from funnel.authoring.conditions import parse_condition
from funnel.authoring.vocabulary import scenario_vocabulary
from funnel.domain import events as on
from funnel.domain.company import User
from funnel.domain.conditions import Condition
from funnel.domain.engine.doubts import TWO
from funnel.domain.engine.merging import WITH_ANOTHER
from funnel.domain.lead import Appointment, Lead
from funnel.domain.scoring import ledger
from funnel.links import Purpose, Token
from funnel.storage import conditions, events, installation, leads, reached
from funnel.usecases.desk import LeadPage, read_desk, read_lead
from funnel.usecases.erase_lead import addresses_of, erase_lead
from funnel.usecases.errors import Conflict, Forbidden, NotFound
from funnel.usecases.export_lead import as_csv, export_lead
from funnel.usecases.find_lead import find_lead
from funnel.usecases.merge_leads import find_twins, merge_leads, part_leads, read_pair
from funnel.usecases.naming import Names
from funnel.usecases.preferences import unsubscribe
from funnel.usecases.read_published import read_published
from funnel.usecases.score.replay import replay_leads
from tests.support.home import CAMILLE, COMPANY, HUGO, tunnel_of
from tests.support.place import MONDAY, Place

HOME, WORK = "ana@home.example", "ana.lund@work.example"


def two(place: Place) -> tuple[int, int]:
    """She has written from her work, and then from home: two leads."""
    return place.submits(WORK).lead_id, place.submits(HOME).lead_id


def joins(place: Place, stays: int, goes: int) -> tuple[Lead, Lead]:
    merge_leads(place.house, HUGO, stays, goes, "hugo")
    return place.load(stays), place.load(goes)


def gives(place: Place, lead_id: int, points: int) -> None:
    place.happens(on.PointsGiven(lead_id=lead_id, occurred_at=place.now, points=points, because="an import"))


def page(place: Place, lead_id: int, user: User = HUGO) -> LeadPage:
    return read_lead(place.house, user, lead_id, "en")


def balanced(place: Place, *ids: int) -> bool:
    """The ledgers' sums are the scores, here and in the tables."""
    sums = dict(place.sql("SELECT lead_id, sum(points) FROM score_entries GROUP BY lead_id"))
    people = [place.load(one) for one in ids]
    return all(one.score == ledger.total(one.entries) == sums.get(one.id, 0) for one in people)


def test_joined_she_has_one_page_one_score_and_one_history_that_says_by_which_address(place: Place) -> None:
    work, home = two(place)
    gives(place, work, 10)
    gives(place, home, 7)
    first, second = joins(place, work, home)
    assert (first.score, first.merged_into, second.score, second.merged_into) == (17, None, 7, work)
    assert balanced(place, work, home)
    found = page(place, work)
    assert [one.lead.email for one in found.joined] == [HOME]
    assert {one.address for one in found.history if one.kind == "FormSubmitted"} == {WORK, HOME}
    assert [one.what for one in found.history if one.kind == "LeadsMerged"] == [
        f"Joined with {HOME} by hugo: one person"
    ]
    assert page(place, home).lead.id == work


def test_her_other_passes_stand_still_and_go_on_where_they_stood(place: Place) -> None:
    work, home = two(place)
    place.drain()
    (before,) = place.load(home).enrolments
    joins(place, work, home)
    (paused,) = place.load(home).enrolments
    assert (paused.state, paused.step, paused.due_at) == ("paused", before.step, before.due_at)
    place.set(place.now + timedelta(days=1))
    place.drain()
    part_leads(place.house, HUGO, home, "hugo")
    assert place.load(home).enrolments == (before,)
    place.set(place.now + timedelta(days=1))
    place.drain()
    assert place.row("offer", home)["state"] == "sent"


def test_while_they_are_joined_nothing_leaves_to_the_other_address(place: Place) -> None:
    work, home = two(place)
    place.drain()
    joins(place, work, home)
    place.set(place.now + timedelta(days=8))
    place.drain()
    assert [row["message"] for row in place.rows(home)] == ["tunnel/results"]
    assert place.row("offer", work)["state"] == "sent"


def test_a_threshold_that_both_together_come_to_hands_her_over_once(place: Place) -> None:
    work, home = two(place)
    gives(place, work, 30)
    gives(place, home, 30)
    first, second = joins(place, work, home)
    assert first.score == 60
    assert [one.because for one in first.handoffs] == [("Reached 50",)]
    assert second.handoffs == ()
    gives(place, home, 5)
    assert place.load(work).score == 65
    assert len(place.load(work).handoffs) == 1


def test_what_comes_by_the_other_address_is_hers(place: Place) -> None:
    work, home = two(place)
    joins(place, work, home)
    sent = place.submits(HOME, fields={"company": "Lund"})
    assert sent.lead_id == work
    assert place.load(work).company == "Lund"
    assert place.load(home).company is None
    clicked = on.LinkClicked(
        lead_id=home, occurred_at=place.now, key="c1", mail=1, message="tunnel/offer", link="prices", number=1,
        pass_number=1,
    )  # fmt: skip
    place.happens(clicked)
    with place.house.database.read() as connection:
        kinds = [row["kind"] for row in events.of_lead(connection, work)]
        assert kinds.count("FormSubmitted") == 2
        assert "LinkClicked" in kinds
        assert leads.find(connection, HOME) == work
        assert leads.search(connection, "home.example", 5) == [work]
    assert find_lead(place.house, HOME) == find_lead(place.house, str(home)) == work


def test_a_double_click_on_a_form_by_the_other_address_is_one_form_of_hers(place: Place) -> None:
    work, home = two(place)
    joins(place, work, home)
    first, second = place.submits(HOME, once="x"), place.submits(HOME, once="x")
    assert (first.lead_id, second.lead_id, second.repeated) == (work, work, True)


HELD = """
scoring:
  rules:
    - {id: came, title: {en: Came}, on: appointment.held, points: 20, half_life: 4 days}
"""


def test_her_appointment_by_the_other_address_stays_and_its_points_count_and_fade(place: Place) -> None:
    (place.home / "scenarios" / "company.yaml").write_text(COMPANY + HELD, encoding="utf-8")
    place.publish()
    work, home = two(place)
    call = place.books(home, MONDAY + timedelta(days=3), "idris", scenario="tunnel", pass_number=1)
    joins(place, work, home)
    place.drain()
    assert place.load(home).appointments == (call,)
    assert [one.id for found in page(place, work).everybody for one in found.appointments] == [call.id]
    assert place.row("appointment_booked", home)["state"] == "sent"
    place.set(call.ends_at)
    place.happens(on.AppointmentHeld(lead_id=home, occurred_at=place.now, appointment=call.id, by="idris"))
    assert (place.load(work).score, place.load(home).score) == (20, 20)
    place.set(place.now + timedelta(days=5))
    place.drain()
    faded = place.load(home).score
    assert 0 < faded < 20
    assert place.load(work).score == faded
    assert balanced(place, work, home)
    part_leads(place.house, HUGO, home, "hugo")
    assert (place.load(work).score, place.load(home).score) == (0, faded)


def test_what_is_offered_goes_over_to_her_and_what_is_accepted_stays(place: Place) -> None:
    work, home = two(place)
    place.happens(on.HandOffAsked(lead_id=home, occurred_at=place.now, because="asks for a call", by="hugo"))
    offered = place.load(home).handoff
    assert offered
    first, second = joins(place, work, home)
    assert second.handoff is None
    assert first.handoff
    assert (first.handoff.rep, first.handoff.because) == (offered.rep, ("asks for a call",))
    told = [row for row in page(place, work).tasks if row["rep"] == offered.rep]
    assert ["the hand-over is withdrawn" in row["text"] for row in told] == [True]
    part_leads(place.house, HUGO, home, "hugo")
    back = place.load(home).handoff
    assert back
    assert (back.id, back.state, back.rep, back.because) == (offered.id, "offered", offered.rep, offered.because)
    assert place.load(work).handoff is None


@pytest.mark.parametrize("accepted", [False, True])
def test_a_hand_over_that_both_their_points_had_brought_is_doubted_when_they_are_parted(
    lite: Place, *, accepted: bool
) -> None:
    work, home = two(lite)
    gives(lite, work, 30)
    gives(lite, home, 30)
    handoff = joins(lite, work, home)[0].handoff
    assert handoff
    if accepted:
        lite.happens(on.HandoffAccepted(lead_id=work, occurred_at=lite.now, handoff=handoff.id, by=handoff.rep))
    part_leads(lite.house, HUGO, home, "hugo")
    found = lite.load(work)
    assert found.score == 30
    state, text = ("accepted", TWO.flagged) if accepted else ("withdrawn", TWO.withdrawn)
    assert [one.state for one in found.handoffs] == [state]
    assert [(row["rep"], row["text"]) for row in page(lite, work).tasks] == [(handoff.rep, text)]


def test_a_hand_over_that_her_own_points_would_have_brought_stays_when_they_are_parted(lite: Place) -> None:
    work, home = two(lite)
    gives(lite, work, 30)
    gives(lite, home, 30)
    joins(lite, work, home)
    gives(lite, work, 25)
    part_leads(lite.house, HUGO, home, "hugo")
    found = lite.load(work)
    assert (found.score, [one.state for one in found.handoffs]) == (55, ["offered"])


@pytest.mark.parametrize("both", [False, True])
def test_two_reps_who_have_the_same_person_are_told_of_each_other(place: Place, *, both: bool) -> None:
    work, home = two(place)
    for lead_id, accepted in ((home, True), (work, both)):
        place.happens(on.HandOffAsked(lead_id=lead_id, occurred_at=place.now, because="asks for a call", by="hugo"))
        handoff = place.load(lead_id).handoff
        assert handoff
        if accepted:
            happened = on.HandoffAccepted(lead_id=lead_id, occurred_at=place.now, handoff=handoff.id, by=handoff.rep)
            place.happens(happened)
    theirs, mine = (one.handoff for one in map(place.load, (home, work)))
    assert theirs
    assert mine
    assert theirs.rep != mine.rep, "by load"
    joins(place, work, home)
    named = Names(read_published(place.house), "en", None)
    found = place.load(work).handoff
    assert found
    assert [named.reason(one) for one in found.because] == [
        "asks for a call", f"Is the same person as a lead whom {named.user(theirs.rep)} has accepted",
    ]  # fmt: skip
    [task] = page(place, work).tasks
    assert task["rep"] == theirs.rep
    assert named.told(task["text"]) == (
        f"This is the same person as your lead, and {named.user(mine.rep)} has her too: agree who goes on"
    )
    if not both:  # they have agreed that the one who had accepted takes her
        takes = on.HandoffAccepted(lead_id=work, occurred_at=place.now, handoff=found.id, by=theirs.rep)
        place.happens(takes)
    part_leads(place.house, HUGO, home, "hugo")
    parted = place.load(work).handoff
    assert parted
    assert (parted.state, parted.because) == ("accepted", ("asks for a call",))
    assert place.load(work).stage == "accepted", "somebody has her for what she asked herself"
    told = [row["text"] for row in page(place, work).tasks if row["done_at"] is None]
    assert not [text for text in told if text.startswith(WITH_ANOTHER)], "they have nothing to agree on any more"


def test_who_was_accepted_for_nothing_but_the_other_lead_is_flagged_when_they_are_parted(lite: Place) -> None:
    work, home = two(lite)
    lite.happens(on.HandOffAsked(lead_id=home, occurred_at=lite.now, because="asks for a call", by="hugo"))
    theirs = lite.load(home).handoff
    assert theirs
    lite.happens(on.HandoffAccepted(lead_id=home, occurred_at=lite.now, handoff=theirs.id, by=theirs.rep))
    mine = joins(lite, work, home)[0].handoff
    assert mine
    lite.happens(on.HandoffAccepted(lead_id=work, occurred_at=lite.now, handoff=mine.id, by=mine.rep))
    part_leads(lite.house, HUGO, home, "hugo")
    [task] = page(lite, work).tasks
    assert task["rep"] == mine.rep
    assert Names(read_published(lite.house), "en", None).told(task["text"]) == (
        "What brought this hand-over was the other address's, somebody else after all: ask before you rely on it"
    ), "she had asked for a call; there never were points"


def test_the_rep_who_had_accepted_keeps_her_and_is_offered_the_other_one(place: Place) -> None:
    work, home = two(place)
    place.happens(on.HandOffAsked(lead_id=home, occurred_at=place.now, because="asks for a call", by="hugo"))
    handoff = place.load(home).handoff
    assert handoff
    place.happens(on.HandoffAccepted(lead_id=home, occurred_at=place.now, handoff=handoff.id, by="camille"))
    first, second = joins(place, work, home)
    assert second.handoff
    assert (second.handoff.state, second.handoff.rep) == ("accepted", "camille")
    assert first.handoff
    assert (first.handoff.rep, first.stage) == ("camille", "accepted")
    part_leads(place.house, HUGO, home, "hugo")
    assert place.load(work).handoff is None
    assert place.load(work).stage == "new"
    assert place.load(home).handoff == second.handoff


def test_parted_each_is_as_before_and_what_came_between_stays_with_her(place: Place) -> None:
    work, home = two(place)
    gives(place, work, 10)
    gives(place, home, 7)
    place.drain()
    before = place.load(home)
    joins(place, work, home)
    place.submits(HOME, fields={"company": "Lund"})
    gives(place, home, 5)
    assert part_leads(place.house, HUGO, home, "hugo") == work
    first, second = place.load(work), place.load(home)
    assert second == before
    assert (first.score, first.company, second.company) == (15, "Lund", None)
    assert balanced(place, work, home)
    told = [one.what for one in page(place, work).history]
    assert f"Parted from {HOME} by hugo: two people" in told
    assert f"Parted from {WORK} by hugo: two people" in [one.what for one in page(place, home).history]
    joins(place, work, home)
    assert place.load(work).score == 22
    assert balanced(place, work, home)


def test_what_she_refuses_by_one_address_is_sent_to_none(place: Place) -> None:
    work, home = two(place)
    place.drain()
    joins(place, work, home)
    unsubscribe(place.house, place.house.links.sign(Token(Purpose.PREFERENCES, home)), "/u")
    place.set(place.now + timedelta(days=2))
    place.drain()
    offer = place.row("offer", work)
    assert (offer["state"], offer["reason"]) == ("skipped", "other address")
    assert not place.load(work).unsubscribed
    part_leads(place.house, HUGO, home, "hugo")
    place.set(place.now + timedelta(days=6))
    place.drain()
    assert place.row("reminder", work)["state"] == "sent"
    assert place.load(home).unsubscribed


def test_a_consent_withdrawn_by_one_address_counts_for_both_and_one_never_given_does_not(place: Place) -> None:
    work, home = place.submits(WORK).lead_id, place.submits(HOME, consent=False).lead_id
    joins(place, work, home)
    place.set(place.now + timedelta(days=2))
    place.drain()
    assert place.row("offer", work)["state"] == "sent"
    for given in (True, False):
        changed = on.ConsentChanged(
            lead_id=home, occurred_at=place.now, purpose="follow_up_email", given=given, wording="Yes", page="/u"
        )
        place.happens(changed)
    place.set(place.now + timedelta(days=6))
    place.drain()
    assert place.row("reminder", work)["reason"] == "other address"


def test_she_is_counted_once(place: Place) -> None:
    work, home = two(place)
    gives(place, home, 20)
    joins(place, work, home)
    with place.house.database.read() as connection:
        assert leads.count_from(connection, 15) == 1
        wanted = conditions.meeting(_everybody(), connection.dialect.name)
        assert [row.id for row in conditions.page(connection, wanted, 5)[1]] == [work]


def _everybody() -> Condition:
    return parse_condition("lead.email is known", scenario_vocabulary({}, None))


def test_erasing_her_erases_both_and_says_so_before(place: Place) -> None:
    work, home = two(place)
    joins(place, work, home)
    assert addresses_of(place.house, work) == [WORK, HOME]
    assert erase_lead(place.house, work, "hugo")
    assert place.load(work).erased
    assert place.load(home).erased
    assert place.sql("SELECT count(*) FROM leads WHERE email LIKE '%home.example'") == [(0,)]


def test_her_export_holds_both(place: Place) -> None:
    work, home = two(place)
    joins(place, work, home)
    kept = export_lead(place.house, work)
    assert kept["details"]["email"] == WORK
    assert kept[f"{HOME}: details"]["email"] == HOME
    assert f"{HOME}: forms" in as_csv(kept, "en")
    assert not any(WORK in kind for kind in export_lead(place.house, home))


def test_a_rep_joins_only_whom_she_may_change(place: Place) -> None:
    work, home = two(place)
    eve = place.submits("eve@example.org").lead_id
    with pytest.raises(Forbidden):
        merge_leads(place.house, CAMILLE, work, home, "camille")
    for one in (work, home):
        place.happens(on.HandOffAsked(lead_id=one, occurred_at=place.now, because="fits", by="hugo"))
    found = find_twins(place.house, CAMILLE, work, "example")
    assert [one.id for one in found.others] == [home]
    place.happens(on.DetailsChanged(lead_id=eve, occurred_at=place.now, fields={"name": "Joana Lundqvist"}))
    assert [one.id for one in find_twins(place.house, HUGO, work, "").others] == [home]
    with pytest.raises(Forbidden):
        read_pair(place.house, CAMILLE, work, eve)
    merge_leads(place.house, CAMILLE, work, home, "camille")
    assert page(place, home, CAMILLE).lead.id == work


def test_nobody_is_joined_twice_and_nobody_stands_for_who_stands_for_others(place: Place) -> None:
    work, home = two(place)
    eve = place.submits("eve@example.org").lead_id
    joins(place, work, home)
    for stays, goes in ((work, home), (home, work), (eve, home), (home, eve), (eve, work), (work, work)):
        with pytest.raises(Conflict):
            merge_leads(place.house, HUGO, stays, goes, "hugo")
    joins(place, work, eve)
    assert [one.lead.id for one in page(place, work).joined] == [home, eve]
    part_leads(place.house, HUGO, home, "hugo")
    with pytest.raises(Conflict):
        part_leads(place.house, HUGO, home, "hugo")
    with pytest.raises(NotFound):
        merge_leads(place.house, HUGO, work, 999_999, "hugo")


def test_of_two_who_join_at_once_one_is_told(place: Place) -> None:
    work, home = two(place)

    def join(pair: tuple[int, int]) -> str:
        try:
            merge_leads(place.house, HUGO, *pair, "hugo")
        except Conflict:
            return "told"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(join, ((work, home), (home, work))))
    assert done == ["done", "told"]
    assert sorted([place.load(work).merged_into or 0, place.load(home).merged_into or 0])[0] == 0


def test_points_that_came_from_both_sides_at_once_are_all_counted(place: Place) -> None:
    work, home = two(place)
    joins(place, work, home)

    def give(number: int) -> None:
        gives(place, (work, home)[number % 2], 1)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(give, range(20)))
    assert place.load(work).score == 20
    assert balanced(place, work, home)


def test_a_replay_tells_the_same_of_both(place: Place, build_place: Callable[..., Place]) -> None:
    work, home = two(place)
    gives(place, home, 30)
    place.drain()
    joins(place, work, home)
    gives(place, home, 25)
    place.set(place.now + timedelta(days=1))
    place.drain()
    part_leads(place.house, HUGO, home, "hugo")
    place.set(place.now + timedelta(days=3))
    place.drain()
    replays(place, work, home)


def replays(place: Place, *ids: int) -> None:
    """What is told of them by a replay is what is kept."""
    with place.house.database.read() as connection:
        moment = installation.moment(connection)
        published = place.house.shelf.published(connection, moment.revision)
        told = list(replay_leads(connection, place.house, published, list(ids), moment.now))
    assert len(told) == len(ids)
    for was, again, _ in told:
        assert again.entries == was.entries
        assert (again.stage, again.handoffs, again.merged_into) == (was.stage, was.handoffs, was.merged_into)
        assert [(e.state, e.step) for e in again.enrolments] == [(e.state, e.step) for e in was.enrolments]


def test_who_erases_herself_by_the_other_address_alone_leaves_a_page_that_can_be_read(place: Place) -> None:
    work, home = two(place)
    place.happens(on.DetailsChanged(lead_id=home, occurred_at=place.now, fields={"company": "Lund"}))
    joins(place, work, home)
    assert erase_lead(place.house, home, "lead")
    found = page(place, work)
    assert found.joined == []
    assert not place.load(work).erased
    assert "Joined with an erased address by hugo: one person" in [one.what for one in found.history]
    assert not any(HOME in one.what + one.address for one in found.history)


def test_on_the_desk_of_the_rep_who_has_both_she_stands_once(place: Place) -> None:
    work, home = two(place)
    place.happens(on.HandOffAsked(lead_id=home, occurred_at=place.now, because="asks for a call", by="hugo"))
    handoff = place.load(home).handoff
    assert handoff
    place.happens(on.HandoffAccepted(lead_id=home, occurred_at=place.now, handoff=handoff.id, by="camille"))
    joins(place, work, home)
    assert [row["lead_id"] for row in read_desk(place.house, CAMILLE).handoffs] == [work]
    with place.house.database.read() as connection:
        assert reached.people_by_step(connection)["tunnel"]["leads"] == 1


REVIEW = tunnel_of(
    """
sequence:
  - email: offer
    propose: {appointment: call}
  - await: appointment.booked
    within: 5 days
    otherwise: [{end: no_answer}]
  - await: appointment.held
    within: 60 days
    otherwise: [{end: not_held}]
  - wait: 2 days
  - email: results
  - email: reminder
  - end: held
""",
    "review",
)
"""A call, and its written summary (`results`), which follows it; then a mail of the house's own accord."""


def reviewed(place: Place) -> tuple[int, int]:
    """She stands before the call that was proposed to her, by either address."""
    work, home = (place.submits(one, scenario="review").lead_id for one in (WORK, HOME))
    place.drain()
    return work, home


def calls(place: Place, home: int, **more: Any) -> Appointment:
    """She books by the link in her mail."""
    return place.books(home, place.now + timedelta(days=1), "idris", **more)


@pytest.mark.parametrize("linked", [{"scenario": "review", "pass_number": 1}, {}])
@pytest.mark.parametrize("joined", ["before she books", "before the call", "after the call"])
def test_what_was_promised_after_a_call_that_she_books_is_kept(
    database_url: str, build_place: Callable[..., Place], joined: str, linked: dict[str, Any]
) -> None:
    place = build_place(database_url, {"review": REVIEW})
    work, home = reviewed(place)
    if joined == "before she books":
        joins(place, work, home)
        place.set(place.now + timedelta(days=7))  # her time to book has stood still too
        place.drain()
    call = calls(place, home, **linked)
    if joined == "before the call":
        joins(place, work, home)
    place.set(call.ends_at)
    place.happens(on.AppointmentHeld(lead_id=home, occurred_at=place.now, appointment=call.id, by="idris"))
    if joined == "after the call":
        joins(place, work, home)
    place.drain()
    (still,) = place.load(home).enrolments
    assert still.state == "waiting"
    place.set(place.now + timedelta(days=2))
    place.drain()
    assert place.row("results", home)["state"] == "sent"
    assert (place.row("reminder", home)["state"], place.row("reminder", home)["reason"]) == ("skipped", "same person")
    assert [e.ended_because for e in place.load(home).enrolments] == ["held"]
    replays(place, work, home)


def test_a_call_that_is_cancelled_moves_nothing_that_stands_still(
    sqlite_url: str, build_place: Callable[..., Place]
) -> None:
    place = build_place(sqlite_url, {"review": REVIEW})
    work, home = reviewed(place)
    call = calls(place, home)
    place.happens(on.AppointmentCancelled(lead_id=home, occurred_at=place.now, appointment=call.id, by="lead"))
    joins(place, work, home)
    assert [e.state for e in place.load(home).enrolments] == ["paused"]
    part_leads(place.house, HUGO, home, "hugo")
    assert [e.state for e in place.load(home).enrolments] == ["awaiting"]


def dossiers(place: Place, lead_id: int) -> list[str]:
    return [row["recipient"] for row in place.rows(lead_id) if row["message"] == "house/dossier"]


def test_a_booking_by_the_other_address_adds_its_reason_to_the_hand_over_that_her_rep_can_answer(place: Place) -> None:
    work, home = two(place)
    place.happens(on.HandOffAsked(lead_id=work, occurred_at=place.now, because="asks for a call", by="hugo"))
    joins(place, work, home)
    calls(place, home, scenario="tunnel", pass_number=1)
    place.drain()
    assert place.load(home).handoffs == ()
    (handoff,) = place.load(work).handoffs
    assert (handoff.rep, handoff.because) == ("camille", ("asks for a call", "booked call"))
    assert (dossiers(place, work), dossiers(place, home)) == (["user:camille", "user:camille"], [])
    told = place.row("appointment_booked_rep", home)
    assert (told["recipient"], told["state"]) == ("user:idris", "sent")
    assert [(row["lead_id"], row["id"]) for row in read_desk(place.house, CAMILLE).handoffs] == [(work, handoff.id)]
    replays(place, work, home)


def test_a_booking_by_the_other_address_offers_who_stands_for_both_to_the_rep_of_the_call(place: Place) -> None:
    work, home = two(place)
    joins(place, work, home)
    call = calls(place, home, scenario="tunnel", pass_number=1)
    calls_again = place.books(home, call.starts_at + timedelta(days=1), "idris")
    assert calls_again == call
    place.drain()
    first, second = place.load(work), place.load(home)
    assert [(one.id, one.rep, one.because, one.state) for one in first.handoffs] == [
        (f"{work}-1", "idris", ("booked call",), "offered")
    ]
    assert (first.stage, second.handoffs) == ("engaged", ())
    assert (dossiers(place, work), dossiers(place, home)) == (["user:idris"], [])
    replays(place, work, home)


@pytest.mark.parametrize("accepted", [False, True])
def test_when_they_are_parted_the_rep_of_her_call_is_offered_her_alone(lite: Place, *, accepted: bool) -> None:
    work, home = two(lite)
    joins(lite, work, home)
    calls(lite, home)
    handoff = lite.load(work).handoff
    assert handoff
    if accepted:
        lite.happens(on.HandoffAccepted(lead_id=work, occurred_at=lite.now, handoff=handoff.id, by="idris"))
    part_leads(lite.house, HUGO, home, "hugo")
    assert [one.state for one in lite.load(work).handoffs] == ["accepted" if accepted else "withdrawn"]
    assert [(one.rep, one.because, one.state) for one in lite.load(home).handoffs] == [
        ("idris", ("booked call",), "offered")
    ]
    replays(lite, work, home)
    joins(lite, work, home)
    part_leads(lite.house, HUGO, home, "hugo")
    assert [one.state for one in lite.load(home).handoffs] == ["offered"]


HANDED = """
scenario: missed
title: {en: What follows a missed call}
why: volume
team: consulting
on: {appointment.missed: call}
again: each
sequence:
  - hand_off: {because: {en: missed a call}, team: consulting}
  - wait: 1 day
  - email: reminder
  - end: over
"""


def test_what_follows_her_call_hands_over_who_stands_for_both(
    database_url: str, build_place: Callable[..., Place]
) -> None:
    place = build_place(database_url, {"review": REVIEW, "missed": HANDED})
    work, home = reviewed(place)
    joins(place, work, home)
    call = calls(place, home)
    handoff = place.load(work).handoff
    assert handoff
    place.happens(on.HandoffReturned(lead_id=work, occurred_at=place.now, handoff=handoff.id, by="idris", reason="No"))
    place.set(call.ends_at)
    place.happens(on.AppointmentMissed(lead_id=home, occurred_at=place.now, appointment=call.id, by="idris"))
    place.drain()
    assert [one.because for one in place.load(work).handoffs] == [("booked call",), ("missed a call",)]
    assert place.load(home).handoffs == ()
    place.set(place.now + timedelta(days=1))
    place.drain()
    written = next(row for row in place.rows(home) if row["message"] == "missed/reminder")
    assert (written["state"], written["reason"]) == ("skipped", "handed over")
    replays(place, work, home)
