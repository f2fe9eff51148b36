"""The other ways through the tunnel: early, late, never, back again, without consent, mistyped (S125, S128-S130)."""

import re
from datetime import datetime, timedelta
from urllib.request import Request, urlopen

import pytest

from tests.e2e.people import DETAILS, THANKS, Colleague, Prospect, gap, invitation, link, words
from tests.e2e.place import Place, instant
from tests.support.processes import wait_until

CAMILLE = "camille@verdanne.example"
BUILDING = {
    "feedback": "moments", "sources": ["reviews"], "mapped": "once", "effort": "3", "history": "orders",
    "personal": "3", "shared": ["sales"], "authority": "3", "training": "start", "leaders": "2", "metric": "nps",
    "decisions": "year", "value": "2", "metric_seen": "management", "horizon": "half_year",
}  # fmt: skip
"""Answers in the band `building`, with nothing that hurries."""


def enrolment(lea: Prospect) -> tuple[str, str | None]:
    (found,) = lea.lead["enrolments"]
    return found["state"], found["ended_because"]


def test_s130_booked_at_once_from_the_results_page(place: Place) -> None:
    place.to_next(1)
    lea = Prospect(place)
    lea.walk_in(choices=BUILDING)
    (offer,) = [url for url in lea.page.links if url.startswith("/book/")]
    booked = lea.book(offer, phone="+33 6 12 34 56 78")
    assert booked.status == 200, booked.text
    assert lea.lead["stage"] == "qualified"
    assert lea.lead["handoffs"][0]["rep"] == "camille"
    place.settle()
    assert len(lea.mails(2)) == 2, "her results and the invitation"
    starts_at = instant(lea.lead["appointments"][0]["starts_at"])
    place.move(to=(starts_at + timedelta(days=3)).isoformat())
    asked_for = ("Your customer experience profile", "Booked: ", "Reminder: ")
    assert all(one.startswith(asked_for) for one in lea.subjects()), "no summary proposes what she has booked"
    assert enrolment(lea)[0] == "awaiting"


def test_s130_booked_on_day_30_after_the_scenarios_end(place: Place) -> None:
    place.to_next(0)
    lea = Prospect(place)
    lea.walk_in(choices=BUILDING)
    place.move(advance="30 days")
    first, summary, reminder = lea.mails(3)
    assert gap(first, summary) == timedelta(days=2)
    assert gap(summary, reminder) == timedelta(days=5)
    assert "Still worth half an hour" in reminder["subject"]
    assert enrolment(lea) == ("ended", "no_answer")

    booked = lea.book(link(summary, "/book/"), phone="+33 6 12 34 56 78")
    assert booked.status == 200, booked.text
    place.settle()
    assert lea.lead["stage"] == "qualified"
    assert lea.lead["handoffs"][0]["state"] == "offered"
    assert invitation(place, lea.mails(4)[3]).sequence == 0


def test_s130_a_cancelled_call_frees_its_slot_and_both_calendars(place: Place) -> None:
    place.to_next(0)
    lea = Prospect(place)
    lea.walk_in(choices=BUILDING)
    lea.browser.open(link(lea.mails(1)[0], "/r/"))
    (offer,) = [url for url in lea.page.links if url.startswith("/book/")]
    lea.book(offer, phone="+33 6 12 34 56 78")
    place.settle()
    invited = invitation(place, lea.mails(2)[1])
    slot = lea.lead["appointments"][0]["starts_at"]

    other = Prospect(place)
    other.walk_in(choices=BUILDING)
    (others,) = [url for url in other.page.links if url.startswith("/book/")]
    other.browser.open(others)
    free = other.camilles_slot()
    assert datetime.fromisoformat(free) != instant(slot), "what is booked is offered to nobody else"

    own = link(lea.mails(2)[1], "/book/")
    page = lea.browser.open(own)
    (ask,) = [url for url in page.links if url.endswith("/cancel")]
    before = lea.lead
    lea.browser.open(ask)
    assert lea.lead == before, "opening the page cancels nothing"
    assert "cancelled" in lea.browser.send(ending="/cancel").text.lower()
    place.settle()
    assert lea.lead["appointments"][0]["state"] == "cancelled"
    his = [mail for mail in place.mails(CAMILLE) if lea.email in str(mail)][-1]
    for mail in (lea.mails(3)[2], his):
        cancelled = invitation(place, mail)
        assert (cancelled.method, cancelled.status) == ("CANCEL", "CANCELLED")
        assert (cancelled.uid, cancelled.sequence) == (invited.uid, 1)
    other.browser.open(others)
    assert datetime.fromisoformat(other.camilles_slot()) == instant(slot), "the slot is free again"


def test_s129_without_consent_the_summary_is_skipped_and_the_rest_goes_on(place: Place) -> None:
    place.to_next(0)
    lea = Prospect(place)
    lea.walk_in(consent=False, choices=BUILDING)
    assert lea.lead["consents"]["follow_up_email"] is False
    place.move(advance="30 days")
    lea.mails(1)
    assert enrolment(lea) == ("ended", "no_answer")
    hugo = Colleague(place, "manager")
    page = hugo.browser.open(f"/desk/leads/{lea.lead['id']}")
    assert "no consent" in page.text.lower()


def test_one_click_unsubscribing_stops_what_is_queued_and_a_get_stops_nothing(place: Place) -> None:
    place.to_next(0)
    lea, ana = Prospect(place), Prospect(place)
    for one in (lea, ana):
        one.walk_in(choices=BUILDING)
    place.move(advance="2 days")
    url = lea.mails(2)[1]["headers"]["List-Unsubscribe"].strip("<>")
    due = instant(lea.lead["enrolments"][0]["due_at"])
    assert place.now < due
    before = lea.lead
    assert place.browser().open(url).status == 200
    assert lea.lead == before, "opening the link stops nothing"
    request = Request(url, data=b"List-Unsubscribe=One-Click", method="POST")
    with urlopen(request, timeout=30) as answer:  # as a mail program: no cookie, no token, no page opened before
        assert answer.status == 200
        assert "Set-Cookie" not in answer.headers
    place.move(advance="20 days")
    lea.mails(2)
    ana.mails(3)
    assert "stopped" in place.browser().open(url).text.lower()


def test_unsubscribing_also_stops_a_mail_that_waits_for_its_window(place: Place) -> None:
    place.to_next(3, 18)
    lea = Prospect(place)
    lea.walk_in({"zone": "Europe/Paris"}, choices=BUILDING)
    place.move(advance="5 days")
    summary = lea.mails(2)[1]  # due on Saturday, sent on Monday; the reminder is due on the next Saturday
    url = summary["headers"]["List-Unsubscribe"].strip("<>")
    place.to_next(6, 21, quiet=False)
    hugo = Colleague(place, "manager")
    page = hugo.browser.open(f"/desk/leads/{lea.lead['id']}")
    assert "still worth half an hour" in page.text.lower().split("will be sent next")[1], page.text
    place.browser().post(url, {"List-Unsubscribe": "One-Click"})
    place.move(advance="4 days")
    lea.mails(2)


def test_s125_a_threshold_hands_over_at_once_and_says_why(place: Place) -> None:
    place.to_next(2)
    lea = Prospect(place)
    lea.walk_in({"phone": "06 12 34 56 78"}, choices=BUILDING | {"horizon": "this_quarter"})
    wait_until(lambda: lea.lead["handoffs"], 10, "handed over within seconds")
    lead = lea.lead
    assert lead["answers"]["cx_maturity"]["band"] == "building", lead["answers"]
    assert (lead["score"], lead["phone"]) == (55, "+33 6 12 34 56 78")
    (handoff,) = lead["handoffs"]
    assert (handoff["state"], handoff["missing"]) == ("offered", [])
    assert lead["stage"] == "qualified"
    rep = f"{handoff['rep']}@verdanne.example"
    wait_until(lambda: [m for m in place.mails(rep) if lea.email in str(m)], 10, "the dossier")
    (dossier,) = [mail for mail in place.mails(rep) if lea.email in str(mail)]
    assert "Much to gain, and interested enough for a call" in words(dossier)
    assert not [part for part in dossier["attachments"] if part["type"].startswith("text/calendar")]
    place.move(advance="3 days")
    lea.mails(1)  # who is handed over gets no marketing


def test_s125_a_lead_without_a_telephone_is_handed_over_incomplete_and_is_not_qualified(place: Place) -> None:
    place.to_next(2)
    lea = Prospect(place)
    lea.walk_in(choices=BUILDING)
    hugo = Colleague(place, "manager")
    page = hugo.browser.open(f"/desk/leads/{lea.lead['id']}")
    hugo.press(page, r"/hand-over$", {"because": "Met at the fair\r\nBcc: everybody@example.org"})
    place.settle()
    lead = lea.lead
    (handoff,) = lead["handoffs"]
    assert handoff["missing"] == ["phone"]
    assert lead["stage"] == "engaged"
    rep = f"{handoff['rep']}@verdanne.example"
    (dossier,) = [mail for mail in place.mails(rep) if lea.email in str(mail)]
    assert "Met at the fair" in words(dossier)
    assert "Incomplete" in words(dossier)
    assert not any(name.lower() == "bcc" for name in dossier["headers"])


def test_s145_a_lead_that_is_returned_with_a_reason_gets_marketing_again(place: Place) -> None:
    place.to_next(0)
    lea = Prospect(place)
    lea.walk_in(choices=BUILDING)
    hugo = Colleague(place, "manager")
    page = hugo.browser.open(f"/desk/leads/{lea.lead['id']}")
    hugo.press(page, r"/hand-over$", {"because": "Asked by telephone"})
    place.settle()
    where = f"/desk/leads/{lea.lead['id']}"
    empty = hugo.press(hugo.browser.open(where), r"/return$", {"reason": "  "})
    assert empty.status == 422
    assert lea.lead["handoffs"][0]["state"] == "offered"
    returned = hugo.press(hugo.browser.open(where), r"/return$", {"reason": "Wants to read first"})
    assert returned.status == 200
    assert lea.lead["handoffs"][0]["state"] == "returned"
    assert "Wants to read first" in hugo.browser.open(where).text
    place.move(advance="2 days")
    assert "what your answers say" in lea.mails(2)[1]["subject"]


def test_a_form_sent_again_by_someone_inside_resends_her_results_and_starts_nothing(place: Place) -> None:
    place.to_next(0)
    lea = Prospect(place)
    lea.walk_in(choices=BUILDING)
    lea.mails(1)
    place.move(advance="1 hours")
    stranger_or_she = lea.place.browser()
    lea.browser = stranger_or_she
    lea.walk_in({"name": "Somebody Else", "company": "Elsewhere"}, choices=BUILDING | {"feedback": "yearly"})
    first, again = lea.mails(2)
    assert again["subject"].startswith("Your customer experience profile")
    assert link(first, "/r/") != link(again, "/r/"), "each form has results of its own"
    lead = lea.lead
    assert lead["name"] == "Léa Martin", "an unproven browser overwrites nothing"
    assert len(lead["enrolments"]) == 1
    assert "Léa" not in lea.page.text, "the page shows nothing that is stored"
    place.move(advance="2 days")
    lea.mails(3)


def test_a_mistyped_address_is_mended_on_the_page_that_thanks(place: Place) -> None:
    place.to_next(0)
    lea = Prospect(place, host="gmial.com")
    wrong = lea.email
    right = wrong.replace("gmial", "gmail")
    lea.walk_in(choices=BUILDING)
    assert f"Did you mean {right}?" in lea.page.text
    page = lea.browser.send(ending=THANKS)
    assert f"We have sent your private link to {right} instead." in page.text
    lea.email = right
    (mail,) = lea.mails(1)
    assert place.browser().open(link(mail, "/r/")).status == 200
    assert not [lead for lead in place.leads() if lead["email"] == wrong]
    assert len(lea.lead["enrolments"]) == 1
    place.move(advance="2 days")
    lea.mails(2)
    assert len(place.mails(wrong)) <= 1


@pytest.mark.parametrize("bad", ["", "nobody", "two@at@example.org"])
def test_an_address_that_is_none_comes_back_on_the_page_that_thanks(place: Place, bad: str) -> None:
    lea = Prospect(place)
    lea.walk_in(choices=BUILDING)
    page = lea.browser.send({"email": bad}, ending=THANKS)
    assert page.status == 422
    assert re.search(r'aria-invalid="true"', page.html)
    assert lea.lead["email"] == lea.email
    assert lea.browser.open(DETAILS).status == 200
