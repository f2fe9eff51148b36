"""The no-show loop branch by branch: asked in the morning, three new times, a reminder, the call, what it comes to
(S92-S97)."""

import csv
import io
import re
from datetime import timedelta

from tests.e2e.people import Colleague, Prospect, link
from tests.e2e.place import PARIS, Mail, Place, instant

CAMILLE = "camille@verdanne.example"
PHONE = "+33 6 12 34 56 78"


def meets(place: Place, name: str) -> Prospect:
    """Somebody takes the self-evaluation on a Monday, and books a call with Camille from her results: after five weeks
    without appointments, so that the report on the last four tells of this one alone."""
    place.move(advance="35 days")
    place.to_next(0)
    lea = Prospect(place, name)
    lea.walk_in()
    (first,) = lea.mails(1)
    results = lea.browser.open(link(first, "/r/"))
    (booking,) = {url for url in results.links if url.startswith("/book/")}
    assert lea.book(booking, phone=PHONE).status == 200
    place.settle()
    return lea


def asked(place: Place, lea: Prospect) -> Mail:
    """The next morning's mail to Camille, which asks how it went."""
    before = {mail["id"] for mail in place.mails(CAMILLE)}
    over = instant(lea.lead["appointments"][-1]["ends_at"]).astimezone(PARIS)
    morning = (over + timedelta(days=1)).replace(hour=8, minute=1, second=0, microsecond=0)
    place.move(to=morning.isoformat())
    new = [mail for mail in place.mails(CAMILLE) if mail["id"] not in before]
    (digest,) = [mail for mail in new if lea.name in mail["text"] and "/outcome/" in mail["text"]]
    return digest


def is_missed(place: Place, lea: Prospect) -> Colleague:
    """Camille follows the mail's link on her way, without a log-in, and presses the button; looking changes nothing."""
    digest = asked(place, lea)
    on_her_way = place.browser()
    (own,) = set(re.findall(rf"{lea.name}\W+(http\S+/outcome/[\w-]+)", digest["text"]))
    assert "How did it go?" in on_her_way.open(own).text
    assert lea.lead["appointments"][-1]["state"] == "booked"
    on_her_way.send(ending="/missed")
    place.settle()
    assert "It was missed" in on_her_way.page.text
    assert lea.lead["appointments"][-1]["state"] == "missed"
    return Colleague(place, email=CAMILLE)


def figures(place: Place) -> tuple[int, ...]:
    """What managers read of the last four weeks: missed, and put back by the mail and by a call."""
    hugo = Colleague(place, "manager")
    table = hugo.browser.open("/desk/no-shows.csv?weeks=4").html
    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"), newline="")))
    heads = ("Missed", "Put back by the mail", "Put back by a call")
    return tuple(sum(int(row[head]) for row in rows) for head in heads)


def passes(lea: Prospect) -> str | None:
    (found,) = [one for one in lea.lead["enrolments"] if one["scenario"] == "no_show"]
    because: str | None = found["ended_because"]
    return because


def test_s92_s93_s95_asked_by_the_morning_s_mail_missed_and_put_back_by_one_of_three_times(place: Place) -> None:
    lea = meets(place, "Nora Vance")
    assert figures(place) == (0, 0, 0)
    is_missed(place, lea)
    offer = place.mails(lea.email)[-1]
    times = sorted(set(re.findall(r"http://\S+/book/[\w-]+\?slot=\w+", offer["text"])))
    assert len(times) == 3
    page = lea.browser.open(times[0])
    assert page.status == 200
    assert len(lea.lead["appointments"]) == 1, "looking at a time does not take it"
    lea.browser.send(having="once")
    place.settle()
    assert [one["state"] for one in lea.lead["appointments"]] == ["missed", "booked"]
    assert lea.lead["appointments"][1]["rep"] == lea.lead["appointments"][0]["rep"]
    assert passes(lea) == "put_back"
    assert figures(place) == (1, 1, 0)


def test_s94_s96_reminded_after_three_days_called_after_seven_and_put_back_by_the_call(place: Place) -> None:
    lea = meets(place, "Olga Brandt")
    assert figures(place) == (0, 0, 0)
    camille = is_missed(place, lea)
    offered = len(place.mails(lea.email))
    place.move(advance="3 days")
    assert len(lea.mails(offered + 1)) == offered + 1, "the reminder, with three more times"
    assert lea.name not in camille.browser.open("/desk/call-list").text
    place.move(advance="4 days")
    assert passes(lea) == "to_be_called"
    page = camille.browser.open("/desk/call-list")
    assert lea.name in page.text
    table = camille.browser.open("/desk/call-list.csv").html
    (row,) = [one for one in csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))) if one["Name"] == lea.name]
    assert row["Telephone"] == PHONE
    assert row["Sent since"].count("(") == 2
    page = camille.browser.open("/desk/call-list")
    action = next(form.action for form in page.forms if f"/{lea.lead['id']}/" in form.action)
    camille.browser.send({"outcome": "not_reached", "note": "Voice mail", "again": "soon"}, ending=action)
    assert "Voice mail" in camille.browser.open("/desk/call-list").text
    page = camille.browser.open("/desk/call-list")
    (agree,) = [url for url in page.links if url.startswith("/diary/new?call=") and f"={lea.lead['id']}/" in url]
    page = camille.browser.open(agree)
    (form,) = [one for one in page.forms if "slot" in one.choices]
    camille.browser.send({"slot": form.choices["slot"][0]}, ending=form.action)
    place.settle()
    assert [one["state"] for one in lea.lead["appointments"]] == ["missed", "booked"]
    assert lea.name not in camille.browser.open("/desk/call-list").text
    assert figures(place) == (1, 0, 1)
