"""What only a person can move on: people parked by a step that failed, mails in doubt."""

from datetime import timedelta

import pytest

from funnel.catalogue import Speech
from funnel.storage import events, installation
from funnel.usecases.errors import Conflict, NotFound
from funnel.usecases.examine import examine
from funnel.usecases.read_ledger import read_ledger
from funnel.usecases.run_due_steps import run_due_steps
from funnel.usecases.settle_by_hand import list_in_doubt, settle_by_hand
from funnel.usecases.try_again import list_parked, try_again
from tests.support.place import Place


def parks(place: Place, lead_id: int) -> str:
    """Her step fails when its time comes: it is no step of her version. Gives the step where she stood."""
    step = place.load(lead_id).enrolments[0].step
    place.sql("UPDATE enrolments SET step = 'gone' WHERE lead_id = :id", id=lead_id)
    due = place.load(lead_id).enrolments[0].due_at
    assert due
    assert step
    place.set(due)
    assert run_due_steps(place.house)
    assert place.load(lead_id).enrolments[0].state == "parked"
    return step


def mends(place: Place, lead_id: int, step: str) -> None:
    """The reason of the failure has gone."""
    place.sql("UPDATE enrolments SET step = :step WHERE lead_id = :id", id=lead_id, step=step)


def test_who_is_parked_goes_on_at_her_step_once_a_person_tries_again(place: Place) -> None:
    ana = place.lead()
    place.starts([ana])
    mends(place, ana, parks(place, ana))
    place.set(place.now + timedelta(days=10))
    (parked,) = list_parked(place.house)
    assert (parked.lead_id, parked.lead, parked.scenario, parked.step) == (ana, "Ana Lund", "tunnel", "wait_2_days")
    assert "gone" in parked.reason

    assert try_again(place.house, "nadia", [ana]) == (1, [])
    enrolment = place.load(ana).enrolments[0]
    assert (enrolment.state, enrolment.reason) == ("awaiting", None)
    assert "offer" in {row["message"].split("/")[1] for row in place.rows(ana)}, "the two days were over long ago"
    assert enrolment.due_at
    assert enrolment.due_at > place.now, "and the days after it count from now"
    with place.house.database.read() as connection:
        last = events.of_lead(connection, ana)[-1]
        (note, *_) = installation.audit_trail(connection, 1)
    assert (last["kind"], last["payload"]["by"], last["failed"]) == ("StepTriedAgain", "nadia", None)
    assert (note["who"], note["what"], note["subject"]) == ("nadia", "step_tried_again", str(ana))
    assert note["details"] == {"scenario": "tunnel", "pass": 1, "step": "wait_2_days"}

    before = place.rows(ana)
    assert try_again(place.house, "nadia", [ana]) == (0, []), "whoever comes second changes nothing"
    assert place.rows(ana) == before


def test_a_reason_that_is_still_there_keeps_her_alone_where_she_is(place: Place) -> None:
    ana, ben = place.leads(2)
    place.starts([ana, ben])
    step = parks(place, ana)
    place.sql("UPDATE enrolments SET state = 'parked', due_at = NULL WHERE lead_id = :id", id=ben)
    gone_on, still = try_again(place.house, "shell")
    assert gone_on == 1
    assert [one.lead_id for one in still] == [ana]
    with place.house.database.read() as connection:
        tried = [row for row in installation.audit_trail(connection, 9) if row["what"] == "step_tried_again"]
    assert [row["subject"] for row in tried] == [str(ben)], "where nothing has changed there is nothing to note"
    assert place.load(ben).enrolments[0].state == "awaiting"
    mends(place, ana, step)
    assert try_again(place.house, "shell") == (1, [])
    assert list_parked(place.house) == []


def test_only_those_named_are_tried(lite: Place) -> None:
    ana, ben = lite.leads(2)
    lite.starts([ana, ben])
    lite.sql("UPDATE enrolments SET state = 'parked', due_at = NULL")
    assert try_again(lite.house, "shell", [ben]) == (1, [])
    assert [one.lead_id for one in list_parked(lite.house)] == [ana]


def test_a_wait_that_is_not_over_is_waited_for(lite: Place) -> None:
    ana = lite.lead()
    lite.starts([ana])
    lite.sql("UPDATE enrolments SET state = 'parked', due_at = NULL")
    assert try_again(lite.house, "shell", [ana]) == (1, [])
    enrolment = lite.load(ana).enrolments[0]
    assert (enrolment.state, enrolment.step) == ("waiting", "wait_2_days")
    assert enrolment.due_at
    assert enrolment.due_at > lite.now


def doubts(place: Place) -> int:
    """Her marketing mail is swallowed on the wire; the row's id."""
    ana = place.lead("swallow@example.org")
    place.starts([ana])
    due = place.load(ana).enrolments[0].due_at
    assert due
    place.drain()
    place.set(due)
    place.drain()
    row = place.row("offer")
    assert row["state"] == "in_doubt"
    return int(row["id"])


def offers(place: Place) -> int:
    """How many of them the sink has taken."""
    return len([mail for mail in place.sent() if mail.subject.startswith("offer")])


def test_a_mail_that_was_sent_counts_as_sent_and_the_ledger_balances(place: Place) -> None:
    mail = doubts(place)
    (doubt,) = list_in_doubt(place.house)
    assert (doubt.id, doubt.message, doubt.lead) == (mail, "tunnel/offer", "Ana Lund")
    taken = offers(place)
    settle_by_hand(place.house, "nadia", mail, sent=True)
    place.drain()
    assert place.row("offer")["state"] == "sent"
    assert offers(place) == taken
    assert read_ledger(place.house).balances
    assert place.attempts(mail)[-1]["worker"] == "nadia"
    with place.house.database.read() as connection:
        last = installation.audit_trail(connection, 1)[0]
    assert (last["who"], last["what"], last["subject"]) == ("nadia", "mail_was_sent", str(mail))
    assert list_in_doubt(place.house) == []


def test_a_mail_is_sent_again_and_asked_once_more_for_her_consent(place: Place) -> None:
    mail = doubts(place)
    place.sql("UPDATE leads SET unsubscribed = :yes", yes=True)
    settle_by_hand(place.house, "shell", mail, sent=False)
    place.drain()
    assert (place.row("offer")["state"], place.row("offer")["reason"]) == ("skipped", "unsubscribed")


def test_a_mail_that_is_sent_again_leaves_once_more_and_may_be_settled_once_more(place: Place) -> None:
    mail = doubts(place)
    taken = offers(place)
    settle_by_hand(place.house, "shell", mail, sent=False)
    place.drain()
    assert offers(place) == taken + 1
    assert place.row("offer")["state"] == "in_doubt", "the wire broke again"
    with place.house.database.read() as connection:
        assert installation.audit_trail(connection, 1)[0]["what"] == "mail_sent_again"
    settle_by_hand(place.house, "shell", mail, sent=True)
    assert read_ledger(place.house).balances


def test_what_is_not_in_doubt_is_not_settled(place: Place) -> None:
    mail = doubts(place)
    settle_by_hand(place.house, "shell", mail, sent=True)
    with pytest.raises(Conflict, match="it counts as sent") as refused:
        settle_by_hand(place.house, "shell", mail, sent=False)
    assert Speech("fr").gettext(refused.value.text) != refused.value.text, "pages tell it in their own language"
    with pytest.raises(NotFound):
        settle_by_hand(place.house, "shell", 987654, sent=True)


def test_the_doctor_names_the_command_that_helps(lite: Place) -> None:
    mail = doubts(lite)
    ben = lite.lead("ben@example.org")
    lite.starts([ben])
    lite.sql("UPDATE enrolments SET state = 'parked', reason = 'why' WHERE lead_id = :id", id=ben)
    cures = [symptom.cure for symptom in examine(lite.house)]
    assert any(f"funnel retry {ben}" in cure for cure in cures)
    assert any(f"funnel settle {mail} --sent" in cure for cure in cures)
