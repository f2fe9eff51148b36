"""The ebook's tunnel branch by branch: the download, the invitation, the two options, the interview (S131-S137)."""

import re
from datetime import datetime, timedelta

from tests.e2e.browser import Page
from tests.e2e.people import Colleague, Prospect, gap, link, words
from tests.e2e.place import PARIS, Mail, Place, instant
from tests.e2e.test_ways import BUILDING

AD = "/s/linkedin-champions"
PHONE = "+33 6 12 34 56 78"


def downloads(place: Place, *, consent: bool = True) -> Prospect:
    """Somebody follows the ad, fills in what is required, and has the mail."""
    eva = Prospect(place, "Eva Lindgren")
    page = eva.browser.open(AD)
    assert page.status == 200
    needs = {"name": eva.name, "email": eva.email}
    assert "optional" in page.text
    eva.browser.send(needs | ({"consent_follow_up_email": "yes"} if consent else {}) | {"go": "send"})
    assert eva.browser.path == "/l/ebook/thanks", eva.page.text
    assert f"is on its way to {eva.email}" in eva.page.text
    return eva


def answers(eva: Prospect, invitation: Mail, follow_up: str, phone: str = "") -> Page:
    """She follows the link of a mail, answers, and chooses what is to follow."""
    eva.browser.open(link(invitation, "/q/"))
    while not eva.browser.path.endswith("/end"):
        assert eva.answer(BUILDING).status == 200, eva.page.text
    told = {"follow_up": follow_up} | ({"phone": phone} if phone else {})
    page = eva.browser.send({**told, "go": "send"})
    assert (page.status, eva.browser.path[:3]) == (200, "/r/"), page.text
    return page


def invited(place: Place) -> tuple[Prospect, Mail]:
    """She has the ebook since a Monday, and the invitation of the Wednesday."""
    place.to_next(0)
    eva = downloads(place)
    (copy,) = eva.mails(1)
    place.move(advance="2 days")
    _, invitation = eva.mails(2)
    assert gap(copy, invitation) == timedelta(days=2)
    return eva, invitation


def ended(eva: Prospect) -> str | None:
    (found,) = [one for one in eva.lead["enrolments"] if one["scenario"] == "ebook"]
    because: str | None = found["ended_because"]
    return because


def marks(place: Place, eva: Prospect, word: str) -> None:
    """The rep says how the interview of today went."""
    (appointment,) = eva.lead["appointments"]
    place.move(to=(instant(appointment["ends_at"]) + timedelta(minutes=5)).isoformat())
    camille = Colleague(place, email="camille@verdanne.example")
    page = camille.browser.open(f"/desk/leads/{eva.lead['id']}")
    camille.press(page, rf"/appointments/{appointment['id']}/{word}$")
    place.settle()


def test_s131_s132_s133_s134_s135_s137_from_the_ad_to_the_summary_and_a_consultation(place: Place) -> None:
    eva, invitation = invited(place)
    (copy, _) = eva.mails(2)
    given = eva.browser.request("GET", link(copy, "/a/"))
    assert given.status == 200
    assert given.body.startswith(b"%PDF-")
    assert given.body.count(b"%%EOF") >= 1
    results = answers(eva, invitation, "summary")
    assert any(url.startswith("/book/") for url in results.links), "what her option proposes can be booked at once"

    place.move(advance="2 days")
    mails = eva.mails(3)
    summary = mails[2]
    assert "Your summary" in summary["subject"]
    assert [one["type"] for one in summary["attachments"]] == ["application/pdf"]
    assert place.content(summary["attachments"][0]["url"]).startswith(b"%PDF-")
    lead = eva.lead
    assert lead["stage"] == "engaged", "nobody is handed over before she books"
    assert lead["phone"] is None

    booked = eva.book(link(summary, "/book/"), phone=PHONE)
    assert booked.status == 200, booked.text
    lead = eva.lead
    assert (lead["stage"], lead["handoffs"][0]["rep"]) == ("qualified", "camille")
    assert lead["appointments"][0]["type"] == "free_consultation"
    page = Colleague(place, email="camille@verdanne.example").browser.open(f"/desk/leads/{lead['id']}")
    assert "LinkedIn ad for the ebook" in page.text, "the ad that brought her is known to the end"
    assert "Loaded “Customer experience champions”" in page.text
    eva.browser.open(link(summary, "/me/"))
    told = eva.browser.send(ending="export.json").json
    assert told["details"]["source"] == {
        "cta": "linkedin_champions", "utm_source": "linkedin", "utm_medium": "cpc", "utm_campaign": "cx_champions",
    }, "as it was told, word for word"  # fmt: skip
    marks(place, eva, "held")
    assert ended(eva) == "interview_held"
    assert not [mail for mail in eva.place.mails(eva.email) if "What we talked about" in mail["subject"]]


def test_s134_s136_s137_a_call_is_first_on_the_desk_at_once_and_the_summary_leaves_only_after_it_was_held(
    place: Place,
) -> None:
    eva, invitation = invited(place)
    page = answers(eva, invitation, "call", PHONE)
    assert eva.lead["phone"] == PHONE
    results = eva.browser.path
    assert "We call you on the number ending in 78" in page.text
    assert page.text.index("We call you on") < page.text.index("out of 100")
    promised = re.search(r"By (\w+ \d+ \w+, [\d:]+) at the latest \(Paris time\)", page.text)
    assert promised
    assert "Make these results a plan" not in page.text
    assert "Would you rather choose the time yourself?" in page.text
    place.settle()
    desk = Colleague(place, email="idris@verdanne.example").desk()
    first = desk.html.index("They asked to be called")
    assert first < desk.html.index("Leads handed")
    shown = desk.html[first : desk.html.index("Leads handed")]
    assert "Eva Lindgren" in shown
    assert PHONE in shown
    assert "promised" in shown
    (due,) = re.findall(r'datetime="([^"]+)"', shown)
    assert f"{instant(due).astimezone(PARIS):%A %-d %B, %H:%M}" == promised[1], (
        "the desk has it by the time she was told"
    )
    assert f"By {promised[1]} at the latest" in eva.browser.open(results).text

    place.move(advance="2 days")
    _, _, proposal = eva.mails(3)
    assert not proposal["attachments"], "the summary waits for the interview"
    times = [url for url in _links(proposal) if "slot=" in url]
    assert len(times) == 3
    page = eva.browser.open(times[0])
    booked = eva.browser.send(having="once")
    assert booked.status == 200, (page.text, booked.text)
    place.settle()
    lead = eva.lead
    assert (lead["stage"], lead["appointments"][0]["type"]) == ("qualified", "results_review")
    before = instant(lead["appointments"][0]["starts_at"]) - timedelta(minutes=5)
    place.move(to=before.isoformat())
    assert not _summaries(eva)
    rep = lead["appointments"][0]["rep"]
    place.move(to=(instant(lead["appointments"][0]["ends_at"]) + timedelta(minutes=5)).isoformat())
    assert not _summaries(eva), "that its time has passed does not mean that it was held"
    colleague = Colleague(place, email=f"{rep}@verdanne.example")
    page = colleague.browser.open(f"/desk/leads/{lead['id']}")
    colleague.press(page, rf"/appointments/{lead['appointments'][0]['id']}/held$")
    place.settle()
    (summary,) = _summaries(eva)
    assert [one["type"] for one in summary["attachments"]] == ["application/pdf"]
    assert ended(eva) == "interview_held"


def test_s134_who_takes_a_time_on_the_results_page_is_on_nobody_s_desk_to_be_called(place: Place) -> None:
    eva, invitation = invited(place)
    answers(eva, invitation, "call", PHONE)
    eva.browser.open(next(url for url in eva.page.links if "/book" in url))
    booked = eva.take(eva.camilles_slot())
    assert booked.status == 200, booked.text
    place.settle()
    assert [one["type"] for one in eva.lead["appointments"]] == ["results_review"]
    place.move(advance="2 days")
    assert not [mail for mail in place.mails(eva.email) if "when shall we talk" in mail["subject"]]
    assert "They asked to be called" not in Colleague(place, email="idris@verdanne.example").desk().html
    (there,) = [one for one in eva.lead["enrolments"] if one["scenario"] == "ebook"]
    assert (there["state"], there["ended_because"]) == ("awaiting", None), "the interview is waited for"


def test_s136_a_missed_interview_sends_no_summary(place: Place) -> None:
    eva, invitation = invited(place)
    answers(eva, invitation, "call", PHONE)
    place.move(advance="2 days")
    booked = eva.book(link(eva.mails(3)[2], "/book/"))
    assert booked.status == 200, booked.text
    marks(place, eva, "missed")
    assert not _summaries(eva)
    assert eva.lead["appointments"][0]["state"] == "missed"


def test_s133_who_does_not_answer_is_reminded_once_and_who_agreed_to_nothing_never(place: Place) -> None:
    place.to_next(0)
    eva, mute = downloads(place), downloads(place, consent=False)
    place.move(advance="40 days")
    copy, invitation, reminder = eva.mails(3)
    assert gap(invitation, reminder) == timedelta(days=14)
    assert "our last mail" in words(reminder)
    assert len(mute.mails(1)) == 1
    assert (ended(eva), ended(mute)) == ("no_answer", "no_answer")
    assert datetime.fromisoformat(copy["at"]) < datetime.fromisoformat(invitation["at"])


def _links(mail: Mail) -> list[str]:
    return [word.strip("()<>") for word in mail["text"].split() if word.strip("()<>").startswith("http")]


def _summaries(eva: Prospect) -> list[Mail]:
    return [mail for mail in eva.place.mails(eva.email) if "What we talked about" in mail["subject"]]
