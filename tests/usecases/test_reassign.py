"""A rep who has left, or is away, with appointments ahead: they are listed, given to others, and nothing is lost."""

import re
from datetime import timedelta

import pytest

from funnel.delivery.ledger import Entry
from funnel.domain import events as on
from funnel.domain.lead import Appointment
from funnel.storage import booking, holds
from funnel.usecases.addresses import appointment_link
from funnel.usecases.answer_handoff import accept_handoff
from funnel.usecases.change_appointment import cancel_by_hand, open_change
from funnel.usecases.desk import read_desk
from funnel.usecases.errors import Conflict, Forbidden
from funnel.usecases.import_outcomes import judge_outcomes
from funnel.usecases.mark_outcome import mark_appointment
from funnel.usecases.naming import Names
from funnel.usecases.own_appointment import move_appointment, open_appointment, times_to_move_to
from funnel.usecases.publish_on_save import told
from funnel.usecases.read_diary import read_diaries
from funnel.usecases.reassign import Given, give_away
from funnel.usecases.wording import describe_appointment
from tests.support.databases import counted
from tests.support.home import CAMILLE, COMPANY, HUGO, IDRIS
from tests.support.invitations import event_of
from tests.support.place import MONDAY, Place
from tests.usecases.test_publish_scenarios import saved, without

STARTS = MONDAY + timedelta(days=2, hours=2)
HALF_AN_HOUR = timedelta(minutes=30)


def books(place: Place, address: str = "ana@example.org", rep: str = "camille") -> Appointment:
    """She books a call with a rep."""
    lead_id = place.submits(address).lead_id
    made = place.books(lead_id, STARTS, rep)
    place.drain()
    assert made.rep == rep
    return made


def left_behind(place: Place) -> list[int]:
    """What the manager sees in the diary."""
    found = read_diaries(place.house, HUGO, ["idris"], MONDAY, MONDAY + timedelta(days=7))
    return [row["id"] for row in found.left_behind]


def test_the_past_weeks_of_who_has_left_stay_in_everybodys_diary(lite: Place) -> None:
    made = books(lite)
    other = books(lite, "bea@example.org", "idris")
    lite.set(STARTS + timedelta(days=8))
    saved(lite, without(COMPANY, "id: camille"))
    week = MONDAY, MONDAY + timedelta(days=7)
    everybody = read_diaries(lite.house, HUGO, None, *week)
    assert [(row["id"], row["rep"]) for row in everybody.meetings] == [(made.id, "camille"), (other.id, "idris")]
    assert everybody.company.called("camille") == "Camille"
    assert [row["id"] for row in read_diaries(lite.house, HUGO, ["idris"], *week).meetings] == [other.id]


def last_to(place: Place, address: str) -> Entry:
    """The newest mail to somebody."""
    return [mail for mail in place.sent() if list(mail.to) == [address]][-1]


def test_who_is_free_at_the_same_time_takes_it_over_with_the_lead(place: Place) -> None:
    made = books(place)
    assert left_behind(place) == []
    saved(place, without(COMPANY, "id: camille"))
    assert left_behind(place) == [made.id]
    assert read_desk(place.house, HUGO).left_behind == 1
    assert give_away(place.house, HUGO, None) == Given(given=1, asked=0)
    place.drain()
    lead = place.load(1)
    (given,) = lead.appointments
    assert (given.id, given.rep, given.starts_at, given.sequence) == (made.id, "idris", STARTS, 1)
    assert lead.handoff
    assert (lead.handoff.rep, lead.handoff.state) == ("idris", "offered")
    assert left_behind(place) == []
    hers = last_to(place, "ana@example.org")
    for mail in (hers, last_to(place, "idris@verdanne.example")):
        event = event_of(mail)
        assert (str(event["x-method"]), event.decoded("sequence")) == ("REQUEST", 1)
        assert str(event["uid"]) == f"appointment-{made.id}@verdanne.example"
    with place.house.database.read() as connection:
        taken = booking.taken_cells(connection, ["camille", "idris"], 0, 2**31 - 1)
    assert not taken["camille"]
    assert len(taken["idris"]) == 8, "30 minutes and 10 behind"
    assert [row["rep"] for row in read_desk(place.house, HUGO).handoffs] == ["idris"]
    with pytest.raises(Conflict):
        give_away(place.house, HUGO, None)


def test_an_absence_that_is_declared_later_leaves_appointments_behind_but_not_the_lead(lite: Place) -> None:
    made = books(lite)
    line = next(one for one in COMPANY.splitlines() if "id: camille" in one)
    absent = line.replace("role: rep,", "role: rep, absences: [{from: 2027-06-09, to: 2027-06-10}],")
    done = saved(lite, COMPANY.replace(line, absent))
    assert [one.message for one in done.findings if one.code == "still-in-use"] == [
        "'camille' has left, or is away, and leaves behind: appointments (1)"
    ]
    assert left_behind(lite) == [made.id]
    assert read_desk(lite.house, HUGO).left_behind == 1
    assert give_away(lite.house, HUGO, [made.id], "idris") == Given(given=1, asked=0)
    lite.drain()
    lead = lite.load(1)
    assert lead.handoff
    assert (lead.appointments[0].rep, lead.handoff.rep) == ("idris", "camille")
    assert str(event_of(last_to(lite, "camille@verdanne.example"))["x-method"]) == "CANCEL"


def test_each_rep_is_told_when_it_is_by_the_clock_where_she_is(lite: Place) -> None:
    for name in ("appointment_cancelled_rep", "appointment_booked_rep", "appointment_moved_rep"):
        subject = lite.home / "email_templates" / "house" / name / "subject.en.txt"
        subject.write_text("{{ appointment.when }}, {{ appointment.city }}\n")
    here, there = (next(one for one in COMPANY.splitlines() if f"id: {name}" in one) for name in ("camille", "idris"))
    away = here.replace("role: rep,", "role: rep, absences: [{from: 2027-06-09, to: 2027-06-09}],")
    company = COMPANY.replace(there, there.replace("role: rep,", "role: rep, zone: America/New_York,"))
    made = books(lite)
    (lite.home / "scenarios" / "company.yaml").write_text(company.replace(here, away))
    lite.publish()
    at = STARTS + timedelta(hours=4)
    link = appointment_link(lite.house, lite.load(1), made.id).partition("/book/")[2].partition("/")[0]
    assert move_appointment(lite.house, link, at).appointment.rep == "idris"
    lite.drain()
    assert last_to(lite, "camille@verdanne.example").subject == "Wednesday, 9 June 2027, 12:00, Paris"
    assert last_to(lite, "idris@verdanne.example").subject == "Wednesday, 9 June 2027, 10:00, New York"


def test_who_is_away_is_told_of_the_time_that_was_hers_when_the_lead_chooses_another(lite: Place) -> None:
    made = books(lite)
    line = next(one for one in COMPANY.splitlines() if "id: camille" in one)
    saved(
        lite,
        COMPANY.replace(line, line.replace("role: rep,", "role: rep, absences: [{from: 2027-06-09, to: 2027-06-09}],")),
    )
    link = appointment_link(lite.house, lite.load(1), made.id).partition("/book/")[2].partition("/")[0]
    moved = move_appointment(lite.house, link, STARTS + timedelta(hours=3)).appointment
    assert (moved.rep, moved.starts_at) == ("idris", STARTS + timedelta(hours=3))
    lite.drain()
    event = event_of(last_to(lite, "camille@verdanne.example"))
    assert (str(event["x-method"]), event.decoded("dtstart")) == ("CANCEL", STARTS)
    assert event_of(last_to(lite, "idris@verdanne.example")).decoded("dtstart") == moved.starts_at


def test_the_desk_counts_what_was_left_behind_and_reads_none_of_it(lite: Place) -> None:
    books(lite)
    saved(lite, without(COMPANY, "id: camille"))
    with counted(lite.house.database) as sent:
        assert read_desk(lite.house, HUGO).left_behind == 1
    others = [one for one in sent if "FROM appointments" in one and "NOT IN" in one]
    assert any("count(*)" in one for one in others)
    assert not any("appointments.ends_at" in one for one in others)


def test_what_a_named_rep_cannot_take_stays_as_it_is(lite: Place) -> None:
    made = books(lite)
    books(lite, "bea@example.org", "idris")
    saved(lite, without(COMPANY, "id: camille"))
    assert give_away(lite.house, HUGO, [made.id], "idris") == Given(given=0, left=1)
    with pytest.raises(Conflict):
        give_away(lite.house, HUGO, [made.id], "camille")
    lite.drain()
    assert left_behind(lite) == [made.id]
    assert not [mail for mail in lite.sent() if "another time" in mail.text], "nobody is told that nobody is free"


def test_where_nobody_is_free_the_lead_chooses_among_times_that_are_kept(lite: Place) -> None:
    made = books(lite)
    other = books(lite, "bea@example.org", "idris")
    saved(lite, without(COMPANY, "id: camille"))
    body = lite.home / "email_templates/house/appointment_other_time/body.en.mjml"
    times = '{% for time in slots %}<a href="{{ time.url }}">{{ time.when }}</a> {% endfor %}'
    body.write_text(body.read_text().replace("Hello", times + "Hello"))
    lite.publish()
    for _pressed_twice in range(2):
        assert give_away(lite.house, HUGO, None) == Given(given=0, asked=1)
    lite.drain()
    assert left_behind(lite) == [made.id], "it stays until she has chosen"
    assert lite.row("appointment_other_time")["state"] == "sent", "one mail, however often the button is pressed"
    assert give_away(lite.house, HUGO, None) == Given(given=0, asked=1), "pressed again after the mail has left"
    links = re.findall(r"/book/([\w-]+)/appointment/move\?slot=(\w+)", last_to(lite, "ana@example.org").html)
    assert len(links) == 3
    with lite.house.database.read() as connection:
        kept = holds.kept_for(connection, 1, "call", ["camille", "idris"], MONDAY)
    assert {one.rep for one in kept} == {"idris"}
    moved = move_appointment(lite.house, links[0][0], kept[1].starts_at).appointment
    assert (moved.id, moved.rep, moved.starts_at) == (made.id, "idris", kept[1].starts_at)
    assert left_behind(lite) == []
    assert lite.load(2).appointments == (other,)


def asked_and_over(place: Place) -> Appointment:
    """She was asked for another time, since whom she was to meet has left, and her own is over by now."""
    made = books(place)
    books(place, "bea@example.org", "idris")
    saved(place, without(COMPANY, "id: camille"))
    assert give_away(place.house, HUGO, [made.id]) == Given(given=0, asked=1)
    place.drain()
    place.set(made.ends_at + timedelta(minutes=1))
    place.drain()
    return made


def test_the_times_that_are_kept_for_who_was_asked_can_be_had_though_hers_is_over(place: Place) -> None:
    place.set(STARTS - timedelta(hours=3))
    made = asked_and_over(place)
    link = appointment_link(place.house, place.load(1), made.id).rpartition("/book/")[2].partition("/")[0]
    with place.house.database.read() as connection:
        kept = holds.kept_for(connection, 1, "call", ["idris"], place.now)
    assert kept
    meeting = open_appointment(place.house, link)
    assert (meeting.ahead, meeting.may_move, meeting.may_cancel) == (True, True, True)
    assert {one.starts_at for one in kept} <= {one.starts_at for one in times_to_move_to(place.house, meeting)}
    moved = move_appointment(place.house, link, kept[0].starts_at).appointment
    assert (moved.id, moved.rep, moved.starts_at, moved.state) == (made.id, "idris", kept[0].starts_at, "moved")
    other = appointment_link(place.house, place.load(2), place.load(2).appointments[0].id)
    over = open_appointment(place.house, other.rpartition("/book/")[2].partition("/")[0])
    assert (over.ahead, over.may_move, over.may_cancel) == (False, False, False), "hers took place"


def test_a_colleague_closes_what_nobody_could_keep_without_calling_it_missed(place: Place) -> None:
    place.set(STARTS - timedelta(hours=3))
    made = asked_and_over(place)
    assert cancel_by_hand(place.house, HUGO, made.id, "Camille was ill").state == "cancelled"
    with pytest.raises(Conflict):
        cancel_by_hand(place.house, HUGO, place.load(2).appointments[0].id, "No")


def test_what_was_kept_before_its_rep_left_is_over_and_nobody_moves_or_cancels_it(place: Place) -> None:
    place.set(STARTS - timedelta(hours=3))
    made = books(place)
    place.set(made.ends_at + timedelta(days=1))
    place.drain()
    saved(place, without(COMPANY, "id: camille"))
    assert not open_change(place.house, HUGO, made.id).open
    with pytest.raises(Conflict):
        cancel_by_hand(place.house, HUGO, made.id, "She has left")
    later = made.starts_at + timedelta(days=2)
    chosen = on.SlotChosen(
        lead_id=1, occurred_at=place.now, type="call", starts_at=later, ends_at=later + HALF_AN_HOUR, reps=("idris",),
        by="hugo", moves=made.id,
    )  # fmt: skip
    place.happens(chosen)
    assert place.load(1).appointments == (made,)


def test_a_rep_who_takes_over_the_time_that_nobody_kept_is_asked_how_it_went(place: Place) -> None:
    place.set(STARTS - timedelta(hours=3))
    made = books(place)
    other = books(place, "bea@example.org", "idris")
    saved(place, without(COMPANY, "id: camille"))
    assert give_away(place.house, HUGO, [made.id]) == Given(given=0, asked=1)
    cancel_by_hand(place.house, HUGO, other.id, "Idris has time for Ana")
    assert give_away(place.house, HUGO, [made.id]) == Given(given=1)
    place.set(made.ends_at + timedelta(minutes=1))
    place.drain()
    assert (left_behind(place), open_change(place.house, HUGO, made.id).open) == ([], False)
    assert [row["id"] for row in read_desk(place.house, HUGO).appointments] == [made.id]
    link = appointment_link(place.house, place.load(1), made.id).rpartition("/book/")[2].partition("/")[0]
    assert not open_appointment(place.house, link).asked, "her page says the same"
    mark_appointment(place.house, HUGO, made.id, held=False)


def test_what_nobody_could_keep_stays_so_once_the_file_forgets_why(place: Place) -> None:
    place.set(STARTS - timedelta(hours=3))
    made = asked_and_over(place)
    saved(place, COMPANY)
    assert left_behind(place) == [made.id]
    with pytest.raises(Conflict):
        mark_appointment(place.house, HUGO, made.id, held=False)
    place.set(made.ends_at + timedelta(days=1))
    assert give_away(place.house, HUGO, None) == Given(given=0, asked=1)
    place.drain()
    asked = [row for row in place.rows(1) if row["message"] == "house/appointment_other_time"]
    assert [row["state"] for row in asked] == ["sent", "sent"]


def test_what_nobody_could_keep_stays_listed_until_she_has_chosen_and_nobody_is_asked_how_it_went(place: Place) -> None:
    place.set(STARTS - timedelta(hours=3))
    made = asked_and_over(place)
    assert left_behind(place) == [made.id]
    assert read_desk(place.house, HUGO).left_behind == 1
    with pytest.raises(Conflict):
        mark_appointment(place.house, HUGO, made.id, held=False)
    judged = judge_outcomes(place.house, f"appointment,outcome\n{made.id},missed\n".encode())
    assert (judged.marks, [line.number for line in judged.bad]) == ((), [2])
    asked_about = [row["id"] for row in read_desk(place.house, HUGO).appointments]
    assert asked_about == [place.load(2).appointments[0].id]
    place.set(made.ends_at + timedelta(days=1))
    place.drain()
    assert give_away(place.house, HUGO, None) == Given(given=0, asked=1), "asked once more, with fresh times"
    with place.house.database.read() as connection:
        kept = holds.kept_for(connection, 1, "call", ["idris"], place.now)
    assert kept
    link = appointment_link(place.house, place.load(1), made.id).rpartition("/book/")[2].partition("/")[0]
    move_appointment(place.house, link, kept[0].starts_at)
    assert left_behind(place) == []


def reminders(place: Place) -> dict[int, str]:
    """By lead, what has become of the newest reminder."""
    return {row["lead_id"]: row["state"] for row in place.rows() if row["message"] == "house/appointment_reminder"}


@pytest.mark.parametrize("away", [None, "role: rep, absences: [{from: 2027-06-09, to: 2027-06-09}],"])
def test_who_is_asked_for_another_time_is_reminded_of_that_one_alone(lite: Place, away: str | None) -> None:
    made = books(lite)
    books(lite, "bea@example.org", "idris")
    line = next(one for one in COMPANY.splitlines() if "id: camille" in one)
    saved(lite, COMPANY.replace(line, line.replace("role: rep,", away)) if away else without(COMPANY, "id: camille"))
    assert give_away(lite.house, HUGO, [made.id]) == Given(given=0, asked=1)
    lite.set(STARTS - HALF_AN_HOUR)
    lite.drain()
    assert reminders(lite) == {1: "skipped", 2: "sent"}
    link = appointment_link(lite.house, lite.load(1), made.id).rpartition("/book/")[2].partition("/")[0]
    moved = move_appointment(lite.house, link, STARTS + timedelta(hours=26)).appointment
    lite.set(moved.starts_at - HALF_AN_HOUR)
    lite.drain()
    assert reminders(lite) == {1: "sent", 2: "sent"}


def test_where_who_kept_times_has_left_too_she_chooses_among_those_of_whoever_is_there(lite: Place) -> None:
    made = books(lite)
    books(lite, "bea@example.org", "idris")
    saved(lite, without(COMPANY, "id: camille"))
    assert give_away(lite.house, HUGO, None) == Given(given=0, asked=1)
    saved(lite, without(COMPANY, "id: camille").replace("id: idris, name: Idris", "id: ada, name: Ada"))
    link = appointment_link(lite.house, lite.load(1), made.id).rpartition("/book/")[2].partition("/")[0]
    free = times_to_move_to(lite.house, open_appointment(lite.house, link))
    assert {rep for slot in free for rep in slot.reps} == {"ada"}


def test_only_who_leads_gives_appointments_to_others(lite: Place) -> None:
    books(lite)
    rep = HUGO.model_copy(update={"role": "rep"})
    with pytest.raises(Forbidden):
        give_away(lite.house, rep, None)


def test_what_a_rep_who_has_left_had_accepted_is_taken_over_by_whoever_accepts_first(lite: Place) -> None:
    books(lite)
    (offered,) = lite.load(1).handoffs
    accept_handoff(lite.house, CAMILLE, offered.id)
    assert read_desk(lite.house, IDRIS).handoffs == []
    with pytest.raises(Conflict):
        accept_handoff(lite.house, IDRIS, offered.id)
    saved(lite, without(COMPANY, "id: camille"))
    for user, looks in ((IDRIS, 1), (HUGO, 4)):
        with counted(lite.house.database) as statements:
            assert [row["lead_id"] for row in read_desk(lite.house, user).handoffs] == [1]
        assert sum("NOT IN" in one for one in statements) == looks, "a rep takes over leads, and nothing else"
    assert [row["state"] for row in read_desk(lite.house, IDRIS).handoffs] == ["offered"]
    accept_handoff(lite.house, IDRIS, offered.id)
    (kept,) = lite.load(1).handoffs
    assert (kept.id, kept.rep, kept.state) == (offered.id, "idris", "accepted")
    assert [row["state"] for row in read_desk(lite.house, IDRIS).handoffs] == ["accepted"]


def test_who_has_left_is_called_by_name_on_the_desk_and_in_mails_and_calls_nobody(lite: Place) -> None:
    made = books(lite)
    saved(lite, without(COMPANY, "id: camille"))
    published = lite.published
    assert Names(published, "en").user("camille") == "Camille"
    lead, company = lite.load(1), published.company.company
    assert describe_appointment(company, lead, made, "en")["rep"]["name"] == "Verdanne", "who of it, nobody knows yet"
    assert describe_appointment(company, lead, made, "en", reader=IDRIS)["rep"]["name"] == "Camille"
    assert read_desk(lite.house, HUGO).left_behind == 1
    assert read_desk(lite.house, IDRIS).left_behind == 0, "he cannot give them to anybody"
    give_away(lite.house, HUGO, None)
    assert lite.row("appointment_moved")["data"]["before"] == "Camille"
    assert read_desk(lite.house, HUGO).left_behind == 0


def test_who_takes_over_the_lead_of_a_rep_who_has_left_leaves_her_no_task(lite: Place) -> None:
    books(lite)
    saved(lite, without(COMPANY, "id: camille"))
    accept_handoff(lite.house, IDRIS, lite.load(1).handoffs[-1].id)
    assert lite.load(1).handoffs[-1].rep == "idris"
    assert read_desk(lite.house, HUGO).tasks == []


def test_every_colleague_who_has_left_keeps_her_name_and_who_is_back_has_the_name_of_now(lite: Place) -> None:
    def called(company: str) -> tuple[str, str]:
        saved(lite, company)
        names = Names(lite.published, "en")
        return names.user("hugo"), names.user("camille")

    hugo = "  - {id: hugo, name: Hugo Petit, email: hugo@verdanne.example, role: manager}\n"
    managed = COMPANY.replace("users:\n", f"users:\n{hugo}")
    assert called(managed) == ("Hugo Petit", "Camille")
    assert called(COMPANY) == ("Hugo Petit", "Camille"), "a manager, whom no lead was ever handed to"
    assert called(without(COMPANY, "id: camille")) == ("Hugo Petit", "Camille")
    assert called(COMPANY.replace("name: Camille", "name: Camille Roux")) == ("Hugo Petit", "Camille Roux")
    assert called(without(COMPANY, "id: camille")) == ("Hugo Petit", "Camille Roux")


def test_what_is_published_is_read_without_a_look_at_open_or_closed_work(lite: Place) -> None:
    books(lite)
    saved(lite, without(COMPANY, "id: camille"))
    with counted(lite.house.database) as statements:
        assert lite.published.revision
    assert not [one for one in statements if "handoffs" in one or "appointments" in one or "tasks" in one]


def test_the_terminal_of_a_demonstration_tells_what_somebody_who_left_leaves_behind(lite: Place) -> None:
    books(lite)
    lines = told(saved(lite, without(COMPANY, "id: camille")))
    assert lines[0] == "saved and published: company"
    assert "'camille' has left, or is away, and leaves behind: handoffs (1), appointments (1)" in lines[1]
    assert "/diary" in lines[1]
