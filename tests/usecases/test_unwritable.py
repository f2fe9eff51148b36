"""A mail that cannot be written stops its lead where she stands, and nobody else, until a person tries again."""

from datetime import timedelta

from funnel.usecases.try_again import list_parked, try_again
from tests.support.place import Place

BODY = "email_templates/tunnel/offer/body.en.mjml"
LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{{ a }}{{ b }}{% endfor %}{% endfor %}"


def goes_wrong(place: Place, lead_id: int) -> None:
    """Two days later her offer cannot be written: her version has no such mail."""
    place.starts([lead_id])
    place.drain()
    place.set(place.now + timedelta(days=2))
    place.runner.run("due")
    place.sql("UPDATE outbox SET message = 'tunnel/gone' WHERE lead_id = :id AND message = 'tunnel/offer'", id=lead_id)
    place.drain()


def test_she_is_parked_with_the_mail_and_the_reason(place: Place) -> None:
    ana = place.lead()
    goes_wrong(place, ana)
    assert place.row("gone")["state"] == "failed"
    (parked,) = list_parked(place.house)
    assert (parked.lead_id, parked.scenario) == (ana, "tunnel")
    assert parked.reason.startswith("gone cannot be written: ")


def test_nothing_more_happens_to_her_until_a_person_tries_again(place: Place) -> None:
    ana = place.lead()
    goes_wrong(place, ana)
    place.set(place.now + timedelta(days=58))
    place.drain()
    assert place.load(ana).enrolments[0].state == "parked"
    place.sql("UPDATE outbox SET message = 'tunnel/offer' WHERE message = 'tunnel/gone'")
    assert try_again(place.house, "nadia", [ana]) == (1, [])
    place.drain()
    assert place.row("offer")["state"] == "sent"
    assert list_parked(place.house) == []
    enrolment = place.load(ana).enrolments[0]
    assert enrolment.state == "awaiting"
    assert enrolment.due_at
    assert enrolment.due_at > place.now, "what she is to answer within counts from when the mail left"


def test_who_tries_again_too_soon_is_told_so_by_the_next_attempt(place: Place) -> None:
    ana = place.lead()
    goes_wrong(place, ana)
    try_again(place.house, "nadia", [ana])
    place.drain()
    (parked,) = list_parked(place.house)
    assert parked.reason.startswith("gone cannot be written: ")


def spoils(place: Place) -> str:
    """The offer as it is published from now on would write for ever; gives how it was."""
    body = place.home / BODY
    sound = body.read_text()
    loops = f"<mj-section><mj-column><mj-text>{LOOP}</mj-text></mj-column></mj-section></mj-body>"
    body.write_text(sound.replace("</mj-body>", loops))
    place.publish()
    return sound


def test_a_template_that_would_write_for_ever_is_stopped_and_the_rest_go_on(lite: Place) -> None:
    ana, ben = lite.lead(), lite.lead("ben@example.org")
    lite.starts([ana])
    spoils(lite)
    lite.starts([ben])
    lite.set(lite.now + timedelta(days=2))
    lite.drain()
    states = {row["lead_id"]: row["state"] for row in lite.rows() if row["message"] == "tunnel/offer"}
    assert states == {ana: "sent", ben: "failed"}
    (parked,) = list_parked(lite.house)
    assert parked.lead_id == ben
    assert lite.load(ana).enrolments[0].state == "awaiting"


def test_once_the_file_is_mended_her_mail_is_written_as_it_is_published_now(place: Place) -> None:
    sound = spoils(place)
    ana = place.lead()
    place.starts([ana])
    began = place.load(ana).enrolments[0].version
    place.set(place.now + timedelta(days=2))
    place.drain()
    assert (place.row("offer")["state"], place.row("offer")["version"]) == ("failed", began)

    (place.home / BODY).write_text(sound.replace("</mjml>", "<!-- mended -->\n</mjml>"))
    place.publish()
    assert try_again(place.house, "nadia", [ana]) == (1, [])
    place.drain()
    assert place.row("offer")["state"] == "sent"
    assert place.row("offer")["version"] != began
    assert place.load(ana).enrolments[0].version == began, "her steps stay those of her version"


def test_a_mail_that_is_published_no_more_stays_as_her_version_has_it(lite: Place) -> None:
    ana = lite.lead()
    goes_wrong(lite, ana)
    began = lite.row("gone")["version"]
    body = lite.home / BODY
    body.write_text(body.read_text().replace("</mjml>", "<!-- newer -->\n</mjml>"))
    lite.publish()
    assert try_again(lite.house, "nadia", [ana]) == (1, [])
    assert lite.row("gone")["version"] == began
