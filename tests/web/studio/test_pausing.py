"""Pausing and resuming by the studio's buttons: what stands still, what the page says first, and what leaves then."""

from datetime import timedelta

from sqlalchemy import text

from funnel.storage import installation
from funnel.storage.enrolments import enrolments
from tests.support.place import MONDAY
from tests.web.conftest import Town
from tests.web.staff import SOLENE, Staff, employed, submitted

STUDIO = "/studio/self-evaluation"


def rows(town: Town, which: str = "kind = 'marketing'") -> list[tuple[str, str | None]]:
    """State and reason of some rows of the outbox."""
    with town.house.database.read() as connection:
        found = connection.execute(text(f"SELECT state, reason FROM outbox WHERE {which} ORDER BY id"))
        return [(row[0], row[1]) for row in found]


def paused_and_overdue(town: Town) -> Staff:
    """A marketer who has paused the scenario; meanwhile the next step of three people has become due."""
    with town.house.database.write() as connection:
        installation.set_clock(connection, MONDAY)  # whenever this runs, six sending hours are ahead
    for number in range(3):
        submitted(town, f"Lead {number}", f"lead{number}@ostrel.example")
    town.work()
    solene = employed(town, SOLENE)
    solene.get("/studio")
    solene.post(f"{STUDIO}/pause")
    with town.house.database.write() as connection:
        connection.execute(text("UPDATE enrolments SET due_at = began_at"))
    return solene


def test_a_paused_scenario_sends_nothing_answers_its_form_and_goes_on_when_resumed(town: Town) -> None:
    solene = employed(town, SOLENE)
    solene.get("/studio")
    answer = solene.post(f"{STUDIO}/pause")
    assert (answer.status_code, answer.headers["Location"]) == (303, STUDIO)
    page = solene.get(STUDIO).text
    assert "Paused: its mails and steps stand still." in page
    submitted(town)
    town.work()
    assert town.mails("lea@ostrel.example") == []
    assert town.app.test_client().get("/l/self-evaluation").status_code == 200
    asked = solene.get(f"{STUDIO}/resume").text
    assert "1 mail would leave at once" in asked
    assert solene.post(f"{STUDIO}/resume", how="at_once").status_code == 303
    assert "Up to 1 mail leaves now." in solene.get(STUDIO).text
    assert len(town.mails("lea@ostrel.example")) == 1


def test_everything_is_paused_and_resumed_at_once(town: Town) -> None:
    solene = employed(town, SOLENE)
    solene.get("/studio")
    assert solene.post("/studio/-/pause").headers["Location"] == "/studio"
    assert "Everything is paused: no mail leaves, confirmations" in solene.get("/studio").text
    with town.house.database.read() as connection:
        paused = connection.execute(text("SELECT count(*) FROM publications WHERE NOT paused")).scalar_one()
    assert paused == 0, "the company's own mails too"
    solene.get("/studio/-/resume")
    solene.post("/studio/-/resume", how="at_once")
    assert "Everything is paused" not in solene.get("/studio").text


def test_resuming_says_what_is_overdue_and_spreads_it(town: Town) -> None:
    solene = paused_and_overdue(town)
    page = solene.get(f"{STUDIO}/resume").text
    assert "Up to 3 mails would leave at once" in page
    assert "For 3 people the next step is overdue" in page
    solene.post(f"{STUDIO}/resume", how="spread", hours="6")
    assert "leaves over the next 6 h: 0 mails, the next steps of 3 people." in solene.get(STUDIO).text
    with town.house.database.read() as connection:
        due = sorted(row.due_at for row in connection.execute(enrolments.select()))
    assert due[1] - due[0] == due[2] - due[1] == timedelta(hours=2)


def test_a_span_that_is_no_number_of_hours_comes_back_with_the_form(town: Town) -> None:
    submitted(town)
    solene = employed(town, SOLENE)
    solene.get("/studio")
    solene.post(f"{STUDIO}/pause")
    for hours in ("", "a day", "0", "-4", "1000", "²"):
        solene.get(f"{STUDIO}/resume")
        answer = solene.post(f"{STUDIO}/resume", how="spread", hours=hours)
        assert answer.status_code == 422, hours
        assert "Write a whole number of hours, from 1 to 168." in answer.text
        assert 'value="spread" checked' in answer.text
    assert "paused" in solene.get("/studio").text
    town.work()
    assert town.mails() == []


def test_what_is_overdue_is_skipped_with_its_reason_and_shown_as_such(town: Town) -> None:
    solene = paused_and_overdue(town)
    solene.get(f"{STUDIO}/resume")
    solene.post(f"{STUDIO}/resume", how="skip")
    page = solene.get(STUDIO).text
    assert "3 overdue mails were skipped." in page
    assert "skipped at resume 3" in page
    town.work()
    assert rows(town) == [("skipped", "skipped at resume")] * 3
    assert len(town.mails()) == 3, "what they asked for"
