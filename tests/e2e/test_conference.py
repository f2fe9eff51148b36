"""The talk's tunnel branch by branch: the slides, a few questions, being called back, the interview (S139-S143)."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

from tests.e2e.browser import Page
from tests.e2e.people import Colleague, Prospect, gap, link, words
from tests.e2e.place import Mail, Place
from tests.support.papers import Paper
from tests.support.processes import ROOT

SLIDES = ROOT / "assets" / "conference" / "slides.pdf"
(ON_THE_LAST_SLIDE,) = set(Paper(SLIDES.read_bytes()).links)
TALK = urlsplit(ON_THE_LAST_SLIDE).path
"""The short link that the talk's last slide shows; a test of the slides reads its QR code with a scanner."""
PHONE = "+33 6 12 34 56 78"
REMARK = "A handout, please."
CANDID = {"satisfaction": "4", "useful": "perhaps", "counted": "once", "ahead": "seldom", "remark": REMARK}


def listener(place: Place, *, consent: bool = True, french: bool = False) -> Prospect:
    """Somebody who heard the talk fills in what is required, and has the mail with the slides."""
    noa = Prospect(place, "Noa Berger")
    page = noa.browser.open(TALK + ("?lang=fr" if french else ""))
    assert (page.status, noa.browser.path.partition("?")[0]) == (200, "/l/conference")
    told = {"name": noa.name, "email": noa.email}
    noa.browser.send(told | ({"consent_follow_up_email": "yes"} if consent else {}) | {"go": "send"})
    assert noa.browser.path == "/l/conference/thanks", noa.page.text
    return noa


def invited(place: Place, *, french: bool = False) -> tuple[Prospect, Mail]:
    """She has the slides since a Monday, and the questions of the Wednesday."""
    place.to_next(0)
    noa = listener(place, french=french)
    (slides,) = noa.mails(1)
    place.move(advance="2 days")
    _, feedback = noa.mails(2)
    assert gap(slides, feedback) == timedelta(days=2)
    return noa, feedback


def answers(noa: Prospect, feedback: Mail, told: dict[str, str]) -> Page:
    """She follows the link, answers the questions, and says what is to follow (`{}`: nothing)."""
    noa.browser.open(link(feedback, "/q/"))
    while not noa.browser.path.endswith("/end"):
        assert noa.answer(CANDID).status == 200, noa.page.text
    assert told or "Only if you like" in noa.page.text or "Si vous le souhaitez" in noa.page.text
    return noa.browser.send({**told, "go": "send"})


def state(noa: Prospect) -> tuple[str, str | None]:
    """Where she stands in the scenario."""
    (found,) = [one for one in noa.lead["enrolments"] if one["scenario"] == "conference"]
    return found["state"], found["ended_because"]


def test_s138_the_code_on_the_last_slide_leads_to_the_slides_and_each_visit_and_lead_is_counted(place: Place) -> None:
    solene = Colleague(place, "marketer")
    before = figures(solene)
    noa = listener(place)
    assert place.browser().request("HEAD", TALK).status == 200
    assert place.browser().request("GET", TALK, headers={"User-Agent": "LinkedInBot/1.0"}).status == 200
    assert [now - then for now, then in zip(figures(solene), before, strict=True)] == [1, 1]
    shown = Colleague(place, "manager").browser.open(f"/desk/leads/{noa.lead['id']}").html
    assert "<dd>Talk at the Service Forum, Lyon</dd>" in shown, "and no name of a file beside it"
    assert noa.browser.open("/s/service-form").status == 404


def figures(marketer: Colleague) -> list[int]:
    """Visits and leads of the talk, as the studio shows them."""
    page = marketer.browser.open(f"/studio/-/calls-to-action/{TALK.removeprefix('/s/')}")
    found = dict(re.findall(r'<span class="label">(\w+)</span><b>(\d+)</b>', page.html))
    return [int(found[name]) for name in ("Visits", "Leads")]


def test_s139_s140_the_slides_at_once_and_the_questions_two_days_later(place: Place) -> None:
    noa, feedback = invited(place)
    slides = noa.mails(2)[0]
    given = noa.browser.request("GET", link(slides, "/a/"))
    assert given.status == 200
    paper = Paper(given.body)
    assert (paper.pages, paper.language) == (12, "en")
    assert "Five plain questions" in words(feedback)
    assert "you asked for the slides" in words(feedback)
    place.move(advance="20 days")
    assert len(noa.mails(2)) == 2, "nobody is urged"
    assert state(noa) == ("ended", "no_answer")


def test_s140_what_the_questions_say_of_her_is_true_whenever_they_leave_and_whatever_she_has_loaded(
    place: Place,
) -> None:
    place.to_next(3)
    noa = listener(place)
    place.move(advance="4 days")
    slides, feedback = noa.mails(2)
    assert gap(slides, feedback) > timedelta(days=3), "a Thursday's leave on Monday"
    assert "two days" not in words(feedback)
    assert "loaded" not in words(feedback), "she has not followed the link of the first mail"


def test_s139_in_french_the_slides_are_french_too(place: Place) -> None:
    noa, feedback = invited(place, french=True)
    slides = noa.mails(2)[0]
    assert "Voici les diapositives" in words(slides)
    assert Paper(noa.browser.request("GET", link(slides, "/a/")).body).language == "fr"
    assert "Une minute" in words(feedback)


def test_s139_who_agreed_to_nothing_has_the_slides_and_hears_no_more(place: Place) -> None:
    place.to_next(0)
    mute = listener(place, consent=False)
    place.move(advance="30 days")
    assert len(mute.mails(1)) == 1
    assert state(mute) == ("ended", "no_answer")


def test_s141_s143_who_asks_is_called_back_and_is_not_offered_the_interview_again(place: Place) -> None:
    noa, feedback = invited(place)
    refused = answers(noa, feedback, {"follow_up": "call"})
    assert refused.status == 422, "a call needs a number"
    results = noa.browser.send({"follow_up": "call", "phone": PHONE, "go": "send"})
    assert (results.status, noa.browser.path[:3]) == (200, "/r/"), results.text
    assert "We call you on the number ending in 78" in results.text
    assert "at the latest (Paris time)" in results.text
    place.settle()
    times = noa.mails(3)[2]
    assert "within one working day" in words(times)
    assert noa.lead["phone"] == PHONE
    desk = Colleague(place, email="idris@verdanne.example").desk()
    asked = desk.html.index("They asked to be called")
    assert noa.email in desk.html or noa.name in desk.html[asked:]
    assert PHONE in desk.html[asked:]

    place.move(advance="3 days")
    assert len(noa.mails(3)) == 3, "the offer of two days later is not for who asked"
    assert noa.lead["stage"] == "engaged"
    booked = noa.book(link(times, "/book/"))
    assert booked.status == 200, booked.text
    place.settle()
    lead = noa.lead
    assert (lead["stage"], lead["handoffs"][0]["rep"]) == ("qualified", "camille")
    desk = Colleague(place, email="idris@verdanne.example").desk()
    assert "They asked to be called" not in desk.html, "she has her time now"
    assert state(noa) == ("ended", "interview_booked")
    page = Colleague(place, email="camille@verdanne.example").browser.open(f"/desk/leads/{lead['id']}")
    for said in ("Talk at the Service Forum, Lyon", REMARK):
        assert said in page.text, "the rep sees where she came from and what she said (S145)"
    told = [words(one) for one in place.mails("camille@verdanne.example") if noa.email in one["text"]]
    assert [one for one in told if "Came by: Talk at the Service Forum, Lyon" in one], told


def test_s142_s143_who_did_not_ask_is_offered_the_interview_and_accepting_it_qualifies(place: Place) -> None:
    noa, feedback = invited(place)
    results = answers(noa, feedback, {})
    assert (results.status, noa.browser.path[:3]) == (200, "/r/"), results.text
    place.settle()
    assert len(noa.mails(2)) == 2
    place.move(advance="2 days")
    offer = noa.mails(3)[2]
    assert gap(feedback, offer) == timedelta(days=2)
    assert "Your calls, looked at together" in words(offer)
    booked = noa.book(link(offer, "/book/"), phone=PHONE)
    assert booked.status == 200, booked.text
    lead = noa.lead
    assert lead["stage"] == "qualified"
    assert lead["appointments"][0]["type"] == "interview"
    assert state(noa) == ("ended", "interview_booked")


def test_s142_who_does_not_answer_the_questions_is_offered_nothing(place: Place) -> None:
    noa, _feedback = invited(place)
    place.move(advance="5 days")
    assert len(noa.mails(2)) == 2
    assert state(noa)[0] == "awaiting"
