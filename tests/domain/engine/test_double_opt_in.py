"""Double opt-in, purpose by purpose: a tick is confirmed by mail before it counts, and the proof is kept."""

from datetime import timedelta

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.company import ConsentPurpose
from tests.domain.engine.kit import Stage, on_stage, program

CONSENTS = {
    "follow_up_email": ConsentPurpose(text="You may write to me.", double_opt_in=True),
    "visit_tracking": ConsentPurpose(text="You may see what I read."),
}
TUNNEL = "[{email: results}, {wait: 1 day}, {email: offer}, {wait: 1 day}]"


def stage() -> Stage:
    return on_stage(program(TUNNEL), consents=CONSENTS)


def confirms(anna: Stage) -> None:
    ticked = {"follow_up_email": "You may write to me."}
    anna.record(on.EmailProven(lead_id=1, occurred_at=anna.now, ticked=ticked, page="/me"))


def test_a_tick_asks_for_confirmation_and_counts_for_nothing_yet() -> None:
    anna = stage()
    anna.submits(consents={"follow_up_email": True, "visit_tracking": True})
    anna.passes("1 day")
    assert anna.row("confirm_consent").effect.data == {"purposes": ["follow_up_email"]}
    assert anna.lead.consents == {"visit_tracking": True}
    assert anna.skipped() == {"offer": "no consent"}


def test_however_many_forms_come_in_a_day_she_is_asked_once_and_again_the_day_after_and_at_another_address() -> None:
    anna = stage()

    def asked() -> int:
        return sum(row.name == "confirm_consent" for row in anna.rows.values())

    for _ in range(3):
        anna.submits(consents={"follow_up_email": True})
    assert asked() == 1
    anna.passes("1 day")
    anna.submits(consents={"follow_up_email": True})
    assert asked() == 2
    anna.record(
        on.EmailCorrected(lead_id=1, occurred_at=anna.now, email="anna@other.example", scenario="tunnel", pass_number=1)
    )
    anna.submits(consents={"follow_up_email": True})
    assert asked() == 3


def test_after_she_has_answered_a_new_tick_is_a_new_question_and_is_asked_once_the_same_day() -> None:
    anna = stage()

    def ticks(*hours: int) -> int:
        at = {"follow_up_email": anna.now - timedelta(hours=hours[0])} if hours else {}
        anna.submits(consents={"follow_up_email": True}, decided_at=at)
        return sum(row.name == "confirm_consent" for row in anna.rows.values())

    assert ticks() == 1
    assert [ticks(2), ticks(2)] == [2, 2]
    assert [ticks(1), ticks(1)] == [3, 3]


def test_once_confirmed_it_counts_with_wording_page_and_time() -> None:
    anna = stage()
    anna.submits(consents={"follow_up_email": True})
    confirms(anna)
    kept = anna.of(do.RecordConsent)[-1]
    assert (kept.purpose, kept.given, kept.wording, kept.page) == (
        "follow_up_email",
        True,
        "You may write to me.",
        "/me",
    )
    anna.passes("1 day")
    assert "offer" in anna.sent()


def test_who_comes_by_her_own_link_need_not_confirm() -> None:
    anna = stage()
    anna.submits(consents={"follow_up_email": True}, proven=True)
    assert anna.lead.consents == {"follow_up_email": True}
    assert "confirm_consent" not in {row.name for row in anna.rows.values()}


def test_a_box_left_empty_asks_for_nothing() -> None:
    anna = stage()
    anna.submits(consents={"follow_up_email": False})
    assert anna.lead.consents == {"follow_up_email": False}
    assert "confirm_consent" not in {row.name for row in anna.rows.values()}


def test_who_has_agreed_already_is_not_asked_again() -> None:
    anna = stage()
    anna.submits(consents={"follow_up_email": True})
    confirms(anna)
    anna.submits(consents={"follow_up_email": True})
    assert [row.name for row in anna.rows.values()].count("confirm_consent") == 1
