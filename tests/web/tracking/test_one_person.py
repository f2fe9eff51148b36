"""A link followed in a mail to one of her addresses counts for who stands for both; a machine's is taken back there."""

from funnel.usecases.merge_leads import merge_leads, part_leads
from funnel.usecases.submit_form import Sent, submit_form
from tests.web.tracking.conftest import Street

AGREED = ("follow_up_email", "visit_tracking")


def other(street: Street, *consents: str) -> int:
    """The lead of her other address, whose mails nobody opens."""
    sent = Sent("tunnel", {"name": "Ana Lund", "email": "ana@work.example"}, frozenset(consents), page="/l/tunnel")
    return submit_form(street.place.house, sent).lead_id


def test_a_click_in_a_mail_to_her_other_address_is_hers_and_stays_hers(street: Street) -> None:
    home, mail = street.writes(*AGREED)
    work = other(street, *AGREED)
    merge_leads(street.place.house, None, work, home, "shell")
    street.asks(mail.clicks[0])
    assert street.told(work) == [("prices", "human")]
    assert street.told(home) == []
    assert (street.place.load(work).score, street.place.load(home).score) == (30, 0)
    part_leads(street.place.house, None, home, "shell")
    assert street.place.load(work).score == 30


def test_what_had_counted_before_and_was_a_machine_s_is_taken_back_from_both(street: Street) -> None:
    home, mail = street.writes(*AGREED)
    work = other(street, *AGREED)
    street.asks(mail.clicks[0])
    assert street.told(home) == [("prices", "human")]
    merge_leads(street.place.house, None, work, home, "shell")
    assert street.place.load(work).score == 30
    street.asks(mail.clicks[1])
    street.asks(mail.clicks[2])
    assert ("link.clicked", "machine") in street.told(home)
    assert (street.place.load(work).score, street.place.load(home).score) == (0, 0)


def test_nothing_is_kept_where_one_address_has_not_agreed(street: Street) -> None:
    home, mail = street.writes(*AGREED)
    work = other(street, "follow_up_email")
    merge_leads(street.place.house, None, work, home, "shell")
    assert street.asks(mail.clicks[0]).status_code == 302
    assert street.told(work) == []
    assert street.place.load(work).score == 0
