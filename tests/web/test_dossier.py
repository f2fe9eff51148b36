"""What the dossier tells a rep of how to talk to her: her language, and the hour of the appointment by her clock."""

import pytest

from funnel.usecases.submit_form import Sent, submit_form
from tests.web.conftest import Town
from tests.web.staff import booked


def dossier(town: Town, language: str, zone: str) -> str:
    """The text of the mail that her booking brought."""
    fields = {"name": "Zoé Roy", "email": "zoe@ostrel.example"}
    sent = Sent("ebook", fields, frozenset(), page="/l/ebook", language=language, zone=zone)
    lead_id = submit_form(town.house, sent).lead_id
    meeting = booked(town, lead_id, zone=zone)
    hers = town.mails(f"{meeting.rep}@verdanne.example")
    (mail,) = [one for one in hers if "Lead for you" in one.subject]
    return " ".join(mail.text.split())


def test_her_language_and_her_own_hour_are_told(town: Town) -> None:
    said = dossier(town, "fr", "America/New_York")
    assert "Language: French" in said
    assert "(Paris time) For Zoé it is" in said
    assert "(New York time)" in said


@pytest.mark.parametrize("zone", ["Europe/Paris", "Europe/Berlin"])
def test_where_her_clock_shows_the_same_nothing_is_said_of_it(town: Town, zone: str) -> None:
    said = dossier(town, "en", zone)
    assert "Language: English" in said
    assert "it is" not in said
