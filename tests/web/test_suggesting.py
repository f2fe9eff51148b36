"""What is suggested of a lead: on her page, on the desk and in the studio, with two buttons; answered once (S69)."""

import pytest

from funnel.domain import events as on
from funnel.usecases.record_events import record_events
from tests.web.conftest import Town
from tests.web.staff import CAMILLE, IDRIS, SOLENE, booked, employed, lead_of, submitted, wait_until

STUDIO = "/studio/-/suggestions/silver"


@pytest.fixture
def met(town: Town) -> int:
    """A lead who has met us and has 50 points or more of what she did."""
    lead_id = submitted(town, phone="+33 6 12 34 56 78")
    meeting = booked(town, lead_id)
    wait_until(town, meeting.ends_at)
    lead = lead_of(town, lead_id)
    missing = 60 + 5 - lead.score  # five are for who she is: where help brings most
    batch: list[on.AnyEvent] = [
        on.PointsGiven(lead_id=lead_id, occurred_at=meeting.ends_at, points=missing, because="Read everything"),
        on.AppointmentHeld(lead_id=lead_id, occurred_at=meeting.ends_at, appointment=meeting.id, by=meeting.rep),
    ]
    record_events(town.house, batch).insist()
    return lead_id


def of_her(town: Town, lead_id: int) -> tuple[str, str]:
    """The addresses of her rep and of a colleague."""
    rep = lead_of(town, lead_id).handoffs[-1].rep
    mails = {"camille": CAMILLE, "idris": IDRIS}
    return mails[rep], next(mail for name, mail in mails.items() if name != rep)


def test_the_rep_reads_why_and_accepts_by_one_click(town: Town, met: int) -> None:
    rep = employed(town, of_her(town, met)[0])
    where, page = f"/desk/leads/{met}", rep.get("/desk").text
    for text in ("Met us and stays interested: Silver?", "60 points for actions", "accepting gives: tag silver"):
        assert text in page
        assert text in rep.get(where).text
    assert "Your results by telephone: took place" in rep.page
    assert "Suggested: “Met us and stays interested: Silver?”" in rep.page
    assert rep.post(f"{where}/suggestions/silver", where, answer="accept").headers["Location"] == where
    page = rep.get(where).text
    assert "Accepted: tag silver." in page
    assert "“Met us and stays interested: Silver?” accepted by" in page
    assert "suggestions/silver" not in page
    assert "silver" in lead_of(town, met).tags
    rep.post(f"{where}/suggestions/silver", where, answer="accept")
    assert "Somebody has answered this about Léa Martin already" in rep.get(where).text


def test_not_now_takes_it_off_the_desk(town: Town, met: int) -> None:
    rep = employed(town, of_her(town, met)[0])
    assert rep.post(f"/desk/leads/{met}/suggestions/silver", "/desk", answer="").headers["Location"] == "/desk"
    assert "Press one of the two buttons" in rep.get("/desk").text
    rep.post(f"/desk/leads/{met}/suggestions/silver", "/desk", answer="decline")
    assert "Not now. It comes again when it has become true anew." in rep.get("/desk").text
    assert "suggestions/silver" not in rep.page
    assert "silver" not in lead_of(town, met).tags


def test_a_colleague_neither_sees_nor_answers_it(town: Town, met: int) -> None:
    answer_by = employed(town, of_her(town, met)[0])
    answer_by.post(f"/desk/handoffs/{lead_of(town, met).handoffs[-1].id}/accept")
    colleague = employed(town, of_her(town, met)[1])
    assert "suggestions/silver" not in colleague.get("/desk?who=team").text
    assert colleague.post(f"/desk/leads/{met}/suggestions/silver", answer="accept").status_code == 403
    assert colleague.client.get(STUDIO).status_code == 403
    assert "silver" not in lead_of(town, met).tags


def test_a_colleague_whose_page_is_old_is_told_that_the_lead_has_gone_back(town: Town, met: int) -> None:
    rep, colleague = (employed(town, address) for address in of_her(town, met))
    page = f"/desk/leads/{met}"
    assert "suggestions/silver" in colleague.get(page).text
    rep.post(f"/desk/handoffs/{lead_of(town, met).handoffs[-1].id}/return", reason="No budget")
    answer = colleague.post(f"{page}/suggestions/silver", page, answer="accept")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")
    assert "This lead has gone back to marketing already." in colleague.get("/desk").text
    assert "silver" not in lead_of(town, met).tags


def test_marketers_list_who_waits_and_answer_there(town: Town, met: int) -> None:
    solene = employed(town, SOLENE)
    assert f'href="{STUDIO}"' in solene.get("/studio/-/points").text
    page = solene.get(STUDIO).text
    assert "1 lead" in page
    assert f'href="/desk/leads/{met}"' in page
    assert solene.post(f"/desk/leads/{met}/suggestions/silver", STUDIO, answer="accept").headers["Location"] == STUDIO
    assert "Nobody waits for an answer." in solene.get(STUDIO).text
    assert solene.client.get("/studio/-/suggestions/platinum").status_code == 404
    assert solene.post(f"/desk/leads/{met}/suggestions/platinum", STUDIO, answer="accept").status_code == 404
    assert solene.post("/desk/leads/99999/suggestions/silver", STUDIO, answer="accept").status_code == 404


def test_it_is_asked_in_french(town: Town, met: int) -> None:
    page = employed(town, of_her(town, met)[0]).get(f"/desk/leads/{met}?lang=fr").text
    for text in ("reste intéressé\u00a0: Silver\u202f?", "60 points pour les actions", "Pas maintenant"):
        assert text in page


def test_without_a_token_nothing_is_accepted(town: Town, met: int) -> None:
    rep = employed(town, of_her(town, met)[0])
    answer = rep.client.post(f"/desk/leads/{met}/suggestions/silver", data={"answer": "accept"})
    assert answer.status_code == 400
    assert "silver" not in lead_of(town, met).tags
