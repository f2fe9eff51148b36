"""Publishing: what open work still names cannot be removed, in either mode; people may leave, and no mail with them."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from funnel.storage import installation
from funnel.usecases.desk import read_desk
from funnel.usecases.publish_on_save import told as told_of
from funnel.usecases.publish_scenarios import Publication, publish_scenarios
from tests.support.home import COMPANY, HUGO, TUNNEL, write_home
from tests.support.place import MONDAY, Place

HOOK = COMPANY + 'webhooks: [{id: crm, url: "https://crm.verdanne.example/hook"}]\n'
CALLING = TUNNEL.replace("  - email: results\n", "  - email: results\n  - webhook: crm\n")


def books(place: Place, lead_id: int) -> str:
    """She books a call and is handed over to its rep, who is named."""
    return place.books(lead_id, MONDAY + timedelta(days=2, hours=2), "camille", "idris").rep


def without(company: str, *words: str) -> str:
    """The company without the lines that hold any of the words (and what follows a cut line)."""
    return "\n".join(line for line in company.splitlines() if not any(word in line for word in words)) + "\n"


def saved(place: Place, company: str, *, tunnel: str = TUNNEL, sound_only: bool = False) -> Publication:
    write_home(place.home, {"tunnel": tunnel}, company)
    return publish_scenarios(place.house, place.home, sound_only=sound_only)


def company_of(place: Place) -> set[str]:
    return {user.id for user in place.published.company.company.users}


def test_a_rep_may_leave_and_what_she_leaves_behind_is_told(place: Place) -> None:
    lead_id = place.submits().lead_id
    place.drain()
    rep = books(place, lead_id)
    place.sql("INSERT INTO tasks (id, lead_id, text, rep, at) VALUES ('t', :lead, 'Call', :rep, :at)",
              lead=lead_id, rep=rep, at="2027-06-07T08:00:00.000000Z")  # fmt: skip
    done = saved(place, without(COMPANY, f"id: {rep}"))
    (told,) = [str(finding) for finding in done.findings if finding.code == "still-in-use"]
    line = COMPANY.splitlines().index("users:") + 1
    assert told == (
        f"scenarios/company.yaml:{line}:1: warning[still-in-use]: {rep!r} has left, or is away, and leaves behind:"
        " handoffs (1), appointments (1), tasks (1); fix: give them to others on /diary and /desk"
    )
    assert (done.changed, done.broken) == (["company"], [])
    assert company_of(place) == {"camille", "idris"} - {rep}
    desk = read_desk(place.house, HUGO)
    assert [len(found) for found in (desk.handoffs, desk.tasks, desk.appointments)] == [1, 1, 1], "nothing is lost"


def test_an_appointment_that_is_over_is_left_behind_to_nobody_though_it_waits_for_its_mark(lite: Place) -> None:
    rep = books(lite, lite.submits().lead_id)
    lite.set(MONDAY + timedelta(days=3))
    done = saved(lite, without(COMPANY, f"id: {rep}"))
    (told,) = [str(finding.message) for finding in done.findings if finding.code == "still-in-use"]
    assert told == f"{rep!r} has left, or is away, and leaves behind: handoffs (1)"
    assert len(read_desk(lite.house, HUGO).appointments) == 1


def test_a_type_with_an_open_appointment_and_a_webhook_with_a_queued_call_stay(
    build_place: Callable[..., Place], sqlite_url: str
) -> None:
    place = build_place(sqlite_url, {"tunnel": CALLING}, HOOK)
    books(place, place.submits().lead_id)
    smaller = COMPANY.replace("{id: call, ", "{id: talk, ")
    done = saved(place, smaller, tunnel=TUNNEL.replace("    propose: {appointment: call}\n", ""))
    assert [finding.message for finding in done.findings if finding.code == "still-in-use"] == [
        "the webhook 'crm' cannot be removed: open calls",  # its list is gone, so it is told at the file's beginning
        "the appointment type 'call' cannot be removed: open appointments",
    ]


def test_in_demo_mode_the_last_good_company_stays_and_says_why(lite: Place) -> None:
    books(lite, lite.submits().lead_id)
    smaller = COMPANY.replace("{id: call, ", "{id: talk, ")
    tunnel = TUNNEL.replace("    propose: {appointment: call}\n", "")
    done = saved(lite, smaller, tunnel=tunnel, sound_only=True)
    assert "company" not in done.changed
    with lite.house.database.read() as connection:
        (row,) = [row for row in installation.published(connection) if row["name"] == "company"]
    assert "error[still-in-use]" in row["trouble"]
    assert saved(lite, COMPANY, sound_only=True).broken == []


@pytest.mark.parametrize("table", ["handoffs", "appointments"])
def test_what_she_asked_for_goes_to_her_although_her_rep_has_left(lite: Place, table: str) -> None:
    lead_id = lite.submits().lead_id
    books(lite, lead_id)
    lite.sql(f"UPDATE {table} SET rep = 'gone'")
    lite.drain()
    hers = [mail for mail in lite.sent() if list(mail.to) == ["ana@example.org"]]
    assert len(hers) == 2
    replies = {mail.headers.get("Reply-To") is not None for mail in hers}
    assert replies == {table == "appointments"}


def test_a_mail_that_would_not_compile_is_not_published_and_the_last_good_version_runs_on(lite: Place) -> None:
    with lite.house.database.read() as connection:
        before = {row["name"]: row["digest"] for row in installation.published(connection)}
    body = lite.home / "email_templates/tunnel/offer/body.en.mjml"
    body.write_text(body.read_text().replace("</mj-body>", "loose words</mj-body>"))
    done = publish_scenarios(lite.house, lite.home)
    (told,) = [str(finding) for finding in done.findings if finding.level == "error"]
    assert told.startswith(
        "email_templates/tunnel/offer/body.en.mjml:1:1: error[template-syntax]: this mail could not be written: text"
    )
    assert (done.changed, done.broken) == ([], ["tunnel"])
    assert publish_scenarios(lite.house, lite.home, sound_only=True).broken == ["tunnel"]
    with lite.house.database.read() as connection:
        assert {row["name"]: row["digest"] for row in installation.published(connection)} == before
        assert any("loose words" in str(row["trouble"]) for row in installation.published(connection))
    body.write_text(body.read_text().replace("loose words", ""))
    mended = publish_scenarios(lite.house, lite.home, sound_only=True)
    assert (mended.changed, mended.mended) == ([], ["tunnel"])
    assert told_of(mended)[-1] == "in order again, as published: tunnel"
    assert publish_scenarios(lite.house, lite.home, sound_only=True).mended == [], "it is said once"
