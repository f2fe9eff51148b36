"""Contexts for the diary and for the pages on which the staff sets, moves and cancels appointments."""

from collections.abc import Iterator

from tests.looks.samples import LONG, NAME, Context, book, staff, when


def diaries() -> Iterator[tuple[str, str, Context]]:
    """A week of reps."""
    entry: Context = {
        "busy": None,
        "id": 1,
        "time": "09:30–10:00",
        "title": "Your results by telephone",
        "shade": 0,
        "lead": "Léa Martin",
        "company": "Ostrel",
        "url": "/desk/leads/1",
        "rep": None,
        "state": None,
        "covered": False,
        "can_mark": False,
        "change_url": "/diary/appointments/1",
    }
    busy = {"busy": "14:00–15:30", "why": "Busy", "rep": "Idris Bel"}
    later = {**entry, "time": "11:00–12:00", "lead": LONG, "shade": 1, "rep": "Idris Bel", "url": None}
    later |= {"change_url": None}
    over = {**entry, "can_mark": True, "change_url": None}
    covered = {**entry, "covered": True}
    done = {**entry, "change_url": None, "time": "16:00–16:30", "state": "took place", "shade": 2, "company": None}
    week = ("Monday 15 June", "Tuesday 16 June", "Wednesday 17 June", "Thursday 18 June", "Friday 19 June")
    entries: tuple[list[Context], ...] = ([over, done], [covered, later, busy], [], [done, later], [busy])
    days = [
        {"label": label, "url": "/diary?view=day", "today": place == 1, "weekend": False, "entries": entries[place]}
        for place, label in enumerate(week)
    ]
    own: Context = {
        "calendar": "https://calendars.example/camille.ics",
        "from_file": None,
        "fault": None,
        "partial": False,
    }
    own |= {"read_at": when("4 minutes ago"), "failing_since": None, "feed_url": "http://127.0.0.1:8000/ics/x.ics"}
    full: Context = {
        **staff(),
        "nav": "diary",
        "title": "Monday 15 June – Sunday 21 June",
        "a_day": False,
        "before": "/diary",
        "after": "/diary",
        "now_url": "/diary",
        "new_url": "/diary/new",
        "takers": [("camille", "Camille Arnoux"), ("idris", "Idris Bel")],
        "views": [("Week", "/diary", True), ("Day", "/diary?view=day", False)],
        "people": [
            {"name": "Camille Arnoux", "url": "/diary", "current": True},
            {"name": "Idris Bel", "url": "/diary", "current": False},
            {"name": "Everybody", "url": "/diary", "current": False},
        ],
        "days": days,
        "empty": False,
        "kinds": [{"name": "Your results by telephone", "shade": 0}, {"name": "A visit", "shade": 1}],
        "left_behind": [],
        "own": own,
        "errors": {},
    }
    yield "diary.html", "empty", {**full, "days": [{**one, "entries": []} for one in days], "empty": True, "own": None}
    yield "diary.html", "full", full
    yield "diary.html", "full-day", {**full, "days": days[1:2], "a_day": True, "title": "Tuesday 16 June"}
    failing = {**own, "fault": "What is at this address is no calendar.", "failing_since": when("2 hours ago")}
    gone = [{**entry, "day": "Thu 18 June, 09:30", "rep": "maud", "asked": None}]
    gone.append({**gone[0], "asked": "Mon 15 June, 10:02"})
    wrong = {"calendar": "Write the whole address, like https://example.com/me.ics"}
    yield "diary.html", "failing", {**full, "own": failing, "left_behind": gone, "errors": wrong}


def appointments() -> Iterator[tuple[str, str, Context]]:
    """An appointment that the staff sets, moves or cancels."""
    found: Context = {"name": NAME, "company": "Ostrel", "email": "lea@ostrel.example", "phone": "+33 6 12 34 56 78"}
    found |= {"url": "/x", "there": None}
    find: Context = {**staff(), "nav": "diary", "q": "", "carried": [("who", "camille")], "found": []}
    yield "appointment_find.html", "empty", find
    unknown = {**found, "name": LONG, "phone": None}
    yield "appointment_find.html", "full", {**find, "q": "ostrel", "found": [found, unknown]}
    yield "appointment_find.html", "failing", {**find, "q": LONG}
    same: Context = {**staff(), "nav": "desk", "lead": {"id": 7, "name": NAME, "email": "lea@ostrel.example"}}
    same |= {"q": "", "joined": [], "found": []}
    joined: Context = {"id": 8, "email": "lea@home.example", "name": NAME, "by": "Hugo Blanc", "when": when("now")}
    yield "same_person.html", "empty", same
    yield "same_person.html", "full", {**same, "q": "ostrel", "joined": [joined], "found": [found, unknown]}
    yield "same_person.html", "failing", {**same, "q": LONG}
    facts = [("E-mail", "lea@ostrel.example"), ("Telephone", None), ("Company", LONG)]
    pair: Context = {**staff(), "nav": "desk", "action": "/x", "round_url": "/x", "why_not": None}
    pair |= {"both": [{"id": 7, "name": NAME, "facts": facts}, {"id": 8, "name": LONG, "facts": facts}]}
    for state in ("empty", "full"):
        yield "same_pair.html", state, pair
    yield "same_pair.html", "failing", {**pair, "why_not": "These two are joined already."}
    people = [{"name": name, "url": "/x", "current": name[:1] == "C"} for name in ("Camille Arnoux", "Idris Bel")]
    people += [{"name": "Whoever is free", "url": "/x", "current": False}]
    kinds = [{"name": "Your results by telephone", "url": "/x", "current": True}]
    kinds += [{"name": "A visit", "url": "/x", "current": False}]
    shown: Context = {**staff(), "nav": "diary", "lead": {**found, "city": None}, "people": people, "action": "/x"}
    shown |= {name: book()[name] for name in ("days", "day_label", "times", "zone", "city")}
    shown |= {"day": "2026-06-16", "hidden": [], "once": "x", "errors": {}, "taken": None}
    new: Context = {**shown, "kinds": kinds, "minutes": 30, "phone_known": True, "phone": "", "ahead": None}
    new |= {"call": None}
    call = {"missed": "Your results by telephone", "when": "Thu 11 June, 09:30", "text": "Call her", "note": None}
    noted: Context = {"missed": None, "when": None, "text": "Call and agree on a time", "note": "Rather after five"}
    yield "appointment_set.html", "empty", {**new, "days": [], "times": []}
    night: Context = {"said": "03:15 there, night", "asleep": True}
    hers = [
        {**one, "there": night if at % 2 else {"said": "14:15 there", "asleep": False}}
        for at, one in enumerate(new["times"])
    ]
    there: Context = {"lead": {**found, "city": "New York", "there": night}, "times": hers}
    yield "appointment_set.html", "full", {**new, **there}
    ahead = {"when": "Thu 18 June, 09:30", "rep": "Idris Bel", "url": "/x"}
    yield "appointment_set.html", "full-call", {**new, "nav": "calls", "call": call}
    yield "appointment_set.html", "full-ahead", {**new, "ahead": ahead}
    wrong = {"slot": "Choose a time.", "phone": "Write a telephone number like +33 6 12 34 56 78."}
    lacking: Context = {"phone_known": False, "phone": "12", "errors": wrong}
    lacking |= {"lead": {**found, "name": LONG, "phone": None, "city": None}, "nav": "calls", "call": noted}
    yield "appointment_set.html", "failing", {**new, **lacking, "taken": "09:20 on Tuesday 16 June"}
    own: Context = {"title": "Your results by telephone", "when": "Thursday 18 June", "time": "09:30–10:00"}
    own |= {"rep": "Camille Arnoux", "known": True, "state": "booked", "open": True, "movable": True}
    change: Context = {**shown, "appointment": own, "another": False, "reason": "", "cancelling": None}
    change |= {"cancel_action": "/x"}
    over = {**own, "open": False, "movable": False, "state": "cancelled"}
    yield "appointment_change.html", "empty", {**change, "appointment": over, "days": []}
    yield "appointment_change.html", "full", change
    yield "appointment_change.html", "full-given", {**change, "another": True, "appointment": {**own, "known": False}}
    yield "appointment_change.html", "full-no-type", {**change, "appointment": {**own, "movable": False}}
    why = {"reason": "Write why: it stands in the mail to the lead."}
    yield "appointment_change.html", "failing", {**change, "errors": why, "taken": "09:20 on Tuesday 16 June"}
    yield "appointment_change.html", "failing-cancel", {**change, "cancelling": why["reason"]}
