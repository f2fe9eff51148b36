"""The self-evaluation from a click on an article to the rep's desk, as one story (S117, S122, S125-S130, S145)."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.e2e.people import (
    DETAILS,
    LANDING,
    THANKS,
    Colleague,
    Prospect,
    gap,
    invitation,
    link,
    words,
)
from tests.e2e.place import Mail, Place, instant, on_both
from tests.support.processes import wait_until

CAMILLE = "camille@verdanne.example"
LONDON = ZoneInfo("Europe/London")


@on_both
def test_s126_to_s130_from_the_article_to_the_reps_desk(place: Place) -> None:
    place.to_next(0)
    lea = Prospect(place)

    _answers_with_a_branch_back_and_resume(lea)
    _leaves_her_details(lea)
    _gets_her_results_at_once(lea)
    _gets_the_summary_two_days_later(lea)
    starts_at = _books_in_her_zone(lea)
    _both_are_invited(lea, starts_at)
    _the_rep_knows_why(lea)
    _the_rep_works_at_the_desk(lea, starts_at)


def _answers_with_a_branch_back_and_resume(lea: Prospect) -> None:
    landing = lea.read_article()
    assert lea.browser.path.startswith(LANDING)
    assert "Step 1 of 7" in landing.text

    lea.answer({"feedback": "yearly", "sources": ["reviews", "lost"]})
    assert lea.browser.path == f"{LANDING}/2"
    assert "Step 2 of 7" in lea.page.text
    lea.answer(go="back")
    back = lea.page.form(having="q_feedback")
    assert back.fields["q_feedback"] == ["yearly"]
    assert back.fields["q_sources"] == ["reviews", "lost"]

    lea.browser.open(LANDING)  # she closed the page and comes again in the same browser
    (resume,) = [url for url in lea.page.links if re.fullmatch(rf"{LANDING}/\d", url)]
    assert resume == f"{LANDING}/3", "what was ticked before going back is kept too"
    lea.browser.open(resume)
    while "q_metric" not in lea.page.form(having="csrf_token").choices:
        lea.answer()
    metric = lea.browser.path
    lea.answer({"metric": "none"})
    assert "q_metric_seen" not in lea.page.form(having="csrf_token").choices
    lea.browser.open(metric)
    lea.answer({"metric": "nps"})
    assert "q_metric_seen" in lea.page.form(having="csrf_token").choices, (
        "a figure that is followed is seen by somebody"
    )
    lea.answer({"horizon": "half_year", "wish": "That nobody has to call twice <b>ever</b>"})
    assert lea.browser.path == DETAILS
    assert lea.email not in str(lea.place.leads()), "answers alone make no lead"


def _leaves_her_details(lea: Prospect) -> None:
    form = lea.page.form("/details")
    assert not form.ticked, "no consent is ticked beforehand"
    assert set(form.choices) == {"consent_follow_up_email", "consent_visit_tracking"}
    required = set(re.findall(r'<input id="(\w+)"[^>]* required', lea.page.html))
    assert required == {"name", "email"}
    assert {"position", "company", "phone"} <= form.fields.keys()
    assert "privacy@verdanne.example" in lea.page.text

    lea.leave_details({"position": "Head of service", "company": "Ostrel", "zone": "Europe/London"})
    assert lea.browser.path == THANKS
    assert "<svg" in lea.page.html
    assert "Your profile by theme" in lea.page.text
    assert "Three things to do next" in lea.page.text
    assert lea.email in lea.page.text

    lead = lea.lead
    assert (lead["stage"], lead["phone"], lead["zone"]) == ("engaged", None, "Europe/London")
    assert lead["consents"] == {"follow_up_email": True, "visit_tracking": False}
    assert lead["answers"]["cx_maturity"]["metric"] == "nps"
    assert lead["answers"]["cx_maturity"]["sources"] == ["reviews", "lost"]


def _gets_her_results_at_once(lea: Prospect) -> None:
    (mail,) = lea.mails(1)
    assert mail["subject"] == "Your customer experience profile, Léa"
    assert "List-Unsubscribe" not in mail["headers"], "what was asked for is no marketing"
    private = link(mail, "/r/")
    before = lea.place.known(), lea.lead
    other = lea.place.browser()
    for _ in range(2):
        opened = other.open(private)
        assert opened.status == 200
        assert "Did you ask for these results?" in opened.text, "opening a link proves nothing"
    assert (lea.place.known(), lea.lead) == before
    proven = other.send(having="csrf_token")
    assert "Your address is confirmed." in proven.text
    assert "Did you ask for these results?" not in other.open(private).text


def _gets_the_summary_two_days_later(lea: Prospect) -> None:
    (first,) = lea.mails(1)
    lea.place.move(advance="2 days")
    _, summary = lea.mails(2)
    assert gap(first, summary) == timedelta(days=2)
    share = lea.lead["answers"]["cx_maturity"]["share"]
    assert f"{share} out of 100" in words(summary)
    assert "What to do next" in words(summary)
    assert "/book/" in summary["text"]
    assert summary["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<http://127\.0\.0\.1:\d+/u/[\w-]+>", summary["headers"]["List-Unsubscribe"])


def _books_in_her_zone(lea: Prospect) -> datetime:
    booking = link(lea.mails(2)[1], "/book/")
    lea.browser = lea.place.browser()  # on another machine, with her mail
    page = lea.browser.open(booking)
    assert page.form(having="once").fields["zone"] == ["Europe/London"], "hers, as her browser told it with the form"
    assert "London" in page.text
    assert "phone" in page.form(having="once").fields, "she has left no number yet"
    page = lea.browser.open(f"{booking}?zone=America/New_York")
    assert page.form(having="once").fields["zone"] == ["America/New_York"]
    assert "New York" in page.text
    slot = lea.camilles_slot()
    shown = datetime.fromisoformat(slot).astimezone(ZoneInfo("America/New_York"))
    assert f"{shown.hour}:{shown:%M}" in _label(lea, slot), "each time is shown in the zone chosen"

    lea.browser.open(f"{lea.page.url}{'&' if '?' in lea.page.url else '?'}zone=Europe/London")
    asked = lea.take(slot)
    assert asked.status == 422
    assert asked.form(having="once").fields["slot"] == [slot]
    assert lea.lead["appointments"] == []

    booked = lea.take(slot, phone="020 7946 0999 extension")
    assert booked.status == 422, "that is no number"
    booked = lea.take(slot, phone="+44 20 7946 0999")
    assert booked.status == 200, booked.text
    starts_at = datetime.fromisoformat(slot)
    local = starts_at.astimezone(LONDON)
    assert f"{local.hour}:{local:%M}" in booked.text, booked.text
    assert "Camille Arnoux" in booked.text
    return starts_at


def _label(lea: Prospect, slot: str) -> str:
    found = re.search(rf'value="{re.escape(slot)}"[^>]*><span>(.*?)</span>', lea.page.html)
    assert found, slot
    return found[1].replace("\u202f", " ")


def _both_are_invited(lea: Prospect, starts_at: datetime) -> None:
    place = lea.place
    hers = lea.mails(3)[2]
    wait_until(lambda: _to_camille(lea), 15, "the dossier, within seconds")
    (his,) = _to_camille(lea)  # one mail, not two: the dossier carries the invitation
    pair = [invitation(place, mail) for mail in (hers, his)]
    for invited in pair:
        assert (invited.method, invited.sequence) == ("REQUEST", 0)
        assert (invited.starts_at, invited.ends_at) == (starts_at, starts_at + timedelta(minutes=30))
        assert lea.email in invited.attendees
    assert pair[0].uid == pair[1].uid
    assert "List-Unsubscribe" not in hers["headers"]

    lead = lea.lead
    (appointment,) = lead["appointments"]
    assert (appointment["rep"], appointment["state"]) == ("camille", "booked")
    assert instant(appointment["starts_at"]) == starts_at
    assert lead["phone"] == "+44 20 7946 0999"


def _to_camille(lea: Prospect) -> list[Mail]:
    return [mail for mail in lea.place.mails(CAMILLE) if lea.email in str(mail)]


def _the_rep_knows_why(lea: Prospect) -> None:
    lead = lea.lead
    assert lead["stage"] == "qualified"
    (handoff,) = lead["handoffs"]
    assert (handoff["state"], handoff["rep"], handoff["missing"]) == ("offered", "camille", [])
    (dossier,) = _to_camille(lea)
    text = words(dossier)
    for part in ("Léa Martin", "Head of service", "Ostrel", "+44 20 7946 0999", "Why now", "Answers", "What happened"):
        assert part in text, text
    assert "That nobody has to call twice <b>ever</b>" in text
    assert "<b>ever</b>" not in dossier["html"], "what she wrote is never markup"
    assert 'href="tel:+442079460999"' in dossier["html"]
    assert lea.email in dossier["headers"]["Reply-To"]


def _the_rep_works_at_the_desk(lea: Prospect, starts_at: datetime) -> None:
    place = lea.place
    camille, idris = Colleague(place, "rep"), Colleague(place, email="idris@verdanne.example")
    lead_id = lea.lead["id"]
    number = lea.lead["appointments"][0]["id"]
    page = camille.browser.open(f"/desk/leads/{lead_id}")
    assert "Offered to Camille Arnoux" in page.text
    assert "/held" not in page.html, "nothing can be marked before it has begun"
    handoff = page.form("/accept").action
    late = idris.desk()
    assert handoff in {form.action for form in late.forms}, "what is offered to one of the team, all of it see"
    assert "Léa Martin" in camille.desk().text

    accepted = camille.press(page, r"/accept$")
    assert "this lead is yours" in accepted.text
    second = idris.press(late, re.escape(handoff))
    assert "Camille Arnoux has accepted" in second.text
    assert lea.lead["stage"] == "accepted"
    assert lea.lead["handoffs"][0]["state"] == "accepted"

    place.move(to=(starts_at + timedelta(minutes=31)).isoformat())
    assert lea.lead["enrolments"][0]["state"] == "awaiting"
    marked = camille.press(camille.browser.open(f"/desk/leads/{lead_id}"), rf"/appointments/{number}/held$")
    assert "Marked as held." in marked.text
    place.settle()
    page = camille.desk()
    assert "Send the improvement plan" in page.text
    assert lea.lead["tags"] == ["improvement_plan"]
    page = camille.browser.open(f"/desk/leads/{lead_id}")
    done = camille.press(page, r"/tasks/.*/done$")
    assert "Ticked off." in done.text
    lead = lea.lead
    assert lead["appointments"][0]["state"] == "held"
    assert (lead["enrolments"][0]["state"], lead["enrolments"][0]["ended_because"]) == ("ended", "call_held")
    assert (
        "Send the improvement plan" not in camille.browser.open(f"/desk/leads/{lead_id}").html.split("What happened")[0]
    )
