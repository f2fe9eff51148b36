"""What follows an appointment (S88) and the visits that come round again (S89), branch by branch, from the staff's
clicks."""

from datetime import timedelta
from typing import Any

from tests.e2e.people import Colleague, Prospect, invitation, words
from tests.e2e.place import PARIS, Place, instant, on_both

PHONE = "+33 6 12 34 56 78"
SHEET = "As promised: the improvement plan on one page"
NEXT_STEPS = "After our workshop: what happens now"
AHEAD = "Our next visit, Ada"
FOUR_MONTHS = timedelta(days=118)
"""Four months that begin in February have so many days, less a little for the hour."""


def met(place: Place, kind: str, *, gold: bool = False, held: bool = True) -> tuple[Prospect, Colleague]:
    """A lead for whom a manager has set an appointment with Camille, and marked what came of it; and that manager."""
    place.to_next(0)
    ada = Prospect(place, "Ada Berg")
    ada.walk_in({"phone": PHONE}, consent=False)
    manager = Colleague(place, "manager")
    lead = ada.lead["id"]
    form = manager.browser.open(f"/diary/new?lead={lead}&type={kind}&who=camille").form(having="once")
    assert manager.browser.send({"slot": form.choices["slot"][0]}, having="once").status == 200
    (appointment,) = ada.lead["appointments"]
    assert (appointment["type"], appointment["rep"], appointment["state"]) == (kind, "camille", "booked")
    if gold:
        manager.press(manager.browser.open(f"/desk/leads/{lead}"), "/tags$", {"tag": "gold"})
        assert ada.lead["tags"] == ["gold"]
    place.move(to=appointment["ends_at"])
    manager.press(manager.browser.open(f"/desk/leads/{lead}"), "/held$" if held else "/missed$")
    place.settle()
    return ada, manager


def passes(ada: Prospect, scenario: str) -> list[str | None]:
    """How each of her passes of a scenario has ended."""
    return [one["ended_because"] for one in ada.lead["enrolments"] if one["scenario"] == scenario]


def visits(ada: Prospect) -> list[dict[str, Any]]:
    """The visits in the diary."""
    return [one for one in ada.lead["appointments"] if one["type"] == "visit"]


def test_s88_the_sheet_of_a_call_leaves_the_minute_it_is_marked_as_held(place: Place) -> None:
    ada, _manager = met(place, "results_call")
    assert ada.subjects().count(SHEET) == 1
    assert NEXT_STEPS not in ada.subjects()
    assert passes(ada, "after_appointment") == ["completed"]
    assert passes(ada, "recurring_visits") == [], "only Gold is visited"


def test_s88_the_next_steps_follow_a_workshop_and_nothing_what_was_missed(place: Place) -> None:
    ada, _manager = met(place, "improvement_plan")
    assert (ada.subjects().count(NEXT_STEPS), ada.subjects().count(SHEET)) == (1, 0)
    missed, _manager = met(place, "improvement_plan", held=False)
    assert passes(missed, "after_appointment") == []
    assert NEXT_STEPS not in missed.subjects()


@on_both
def test_s89_gold_has_a_visit_blocked_in_four_months_hears_of_it_two_weeks_before_and_then_the_next(
    place: Place,
) -> None:
    ada, manager = met(place, "results_call", gold=True)
    (visit,) = visits(ada)
    starts = instant(visit["starts_at"])
    assert FOUR_MONTHS <= starts - place.now <= FOUR_MONTHS + timedelta(days=14)
    assert starts.astimezone(PARIS).weekday() < 5
    told = [mail for mail in place.mails(f"{visit['rep']}@verdanne.example") if "Ada Berg" in mail["subject"]]
    assert invitation(place, told[-1]).starts_at == starts
    assert "LOCATION:At the client's" in place.content(told[-1]["attachments"][0]["url"]).decode()
    place.move(to=(starts - timedelta(days=15)).isoformat())
    assert AHEAD not in ada.subjects(), "she is not asked months ahead"
    place.move(to=(starts - timedelta(days=13)).isoformat())
    (ahead,) = [mail for mail in place.mails(ada.email) if mail["subject"] == AHEAD]
    assert invitation(place, ahead).starts_at == starts, "it is in her calendar from then on"
    entry = place.content(ahead["attachments"][0]["url"]).decode()
    assert "LOCATION:At your office" in entry
    assert "calls" not in entry
    assert "Ada Berg" in manager.browser.open(f"/diary?who=team&from={starts:%Y-%m-%d}").text
    place.move(to=visit["ends_at"])
    manager.press(manager.browser.open(f"/desk/leads/{ada.lead['id']}"), f"/{visit['id']}/held$")
    place.settle()
    first, following = visits(ada)
    assert (first["state"], following["state"]) == ("held", "booked")
    assert instant(following["starts_at"]) - starts >= FOUR_MONTHS


def test_s89_a_visit_that_is_moved_is_waited_for_and_one_that_is_cancelled_is_not_written_of(place: Place) -> None:
    ada, manager = met(place, "results_call", gold=True)
    (visit,) = visits(ada)
    path = f"/diary/appointments/{visit['id']}"
    form = manager.browser.open(path).form("/move")
    told = {"slot": form.choices["slot"][-1], "reason": "Nearer by"}
    assert manager.browser.send(told, ending="/move").status == 200
    place.settle()
    (moved,) = visits(ada)
    assert (moved["id"], moved["state"]) == (visit["id"], "moved")
    last = place.mails(ada.email)[-1]
    assert "Nearer by" in words(last)
    assert "moved" not in (last["subject"] + last["text"]).lower(), "she had not heard of another time"
    assert (invitation(place, last).sequence, invitation(place, last).method) == (1, "REQUEST")
    manager.press(manager.browser.open(path), "/cancel$", {"reason": "No visit this time"})
    place.settle()
    assert visits(ada)[0]["state"] == "cancelled"
    assert invitation(place, place.mails(ada.email)[-1]).method == "CANCEL"
    place.move(advance="150 days")
    assert AHEAD not in ada.subjects()
    assert passes(ada, "recurring_visits") == ["no_time"]


def test_s89_who_is_gold_no_more_is_not_written_to_and_the_rep_decides_about_the_time(place: Place) -> None:
    ada, manager = met(place, "results_call", gold=True)
    (visit,) = visits(ada)
    manager.press(manager.browser.open(f"/desk/leads/{ada.lead['id']}"), "/tags/off$")
    assert ada.lead["tags"] == []
    place.move(to=visit["starts_at"])
    assert AHEAD not in ada.subjects()
    assert passes(ada, "recurring_visits") == ["gold_no_more"]
    assert "Gold no more: keep the visit or cancel it" in manager.desk().text
