"""Erased in the middle of a scenario: nothing personal is left anywhere, and every count is what it was."""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from funnel.bootstrap import Runner
from funnel.domain import events as on
from funnel.storage import events, installation
from funnel.storage.connections import Overtaken
from funnel.storage.tables import TABLES
from funnel.usecases import submit_form
from funnel.usecases.desk import read_lead
from funnel.usecases.erase_lead import ORDERS, erase_again, erase_lead
from funnel.usecases.find_lead import find_or_make
from funnel.usecases.history import history
from funnel.usecases.merge_leads import merge_leads, part_leads
from tests.support.events import KINDS, one_of
from tests.support.home import HUGO
from tests.support.invitations import event_of
from tests.support.meanwhile import Meanwhile
from tests.support.place import Place
from tests.support.processes import ROOT

ANA = {
    "email": "ana.lundqvist@example.org",
    "name": "Ana Lundqvist",
    "phone": "+33 6 98 76 54 32",
    "company": "Lundqvist & Fille",
}
NEEDLES = ("lundqvist", "98 76 54 32", "98765432")


def half_way(place: Place) -> int:
    """She has filled in the form, got mails, booked, was handed over and given back with a reason, and waits."""
    fields = {name: ANA[name] for name in ("name", "phone", "company")}
    lead_id = place.submits(ANA["email"], fields=fields, source={"utm_source": "news"}).lead_id
    place.drain()
    place.set(place.now + timedelta(days=2))
    place.drain()
    now = place.now
    starts = now + timedelta(days=3)
    place.books(lead_id, starts, "idris", scenario="tunnel", pass_number=1, phone=ANA["phone"])
    place.drain()
    handoff = place.load(lead_id).handoff
    assert handoff
    place.happens(
        on.HandoffReturned(
            lead_id=lead_id, occurred_at=now, handoff=handoff.id, by="idris", reason="Mrs Lundqvist wants time"
        )
    )
    return lead_id


_GROWS = ("tags", "audit", "events", "facts", "outbox", "attempts", "diary_cells", "holds", "leases")
"""Erasing is itself an event, audited, with a mail to the rep; her tags and times are given up."""


def everything(place: Place) -> str:
    """Every row of every table, as text."""
    with place.house.database.read() as connection:
        rows = [row for table in TABLES for row in connection.execute(select(table)).all()]
    return "\n".join(str(tuple(row)) for row in rows).casefold()


def files(*folders: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def counts(place: Place) -> Counter[str]:
    with place.house.database.read() as connection:
        return Counter(
            {table.name: len(connection.execute(select(table)).all()) for table in TABLES if table.name not in _GROWS}
        )


def test_nothing_that_tells_who_she_was_is_left_in_any_table(place: Place) -> None:
    lead_id = half_way(place)
    assert all(needle in everything(place) for needle in NEEDLES[:1])
    before = counts(place)
    assert erase_lead(place.house, lead_id, "nadia")
    place.drain()
    left = everything(place)
    assert [needle for needle in NEEDLES if needle in left] == []
    assert counts(place) == before
    lead = place.load(lead_id)
    assert lead.erased
    assert [a.state for a in lead.appointments] == ["cancelled"]


def test_in_the_middle_of_a_scenario_it_ends_there_and_what_is_queued_never_leaves(place: Place) -> None:
    lead_id = place.submits(ANA["email"]).lead_id
    place.drain()
    place.set(place.now + timedelta(days=2))
    place.runner.run("due")
    assert place.row("offer")["state"] == "ready"
    erase_lead(place.house, lead_id, "lead")
    place.drain()
    assert place.row("offer")["state"] == "skipped"
    assert [e.ended_because for e in place.load(lead_id).enrolments] == ["erased"]


def test_no_file_keeps_her_either(lite: Place) -> None:
    lead_id = half_way(lite)
    state = lite.settings.state
    erase_lead(lite.house, lead_id, "nadia")
    lite.drain()
    kept = files(state, lite.mails, Path(str(lite.house.database.engine.url.database)).parent)
    found = {path.name: n for path, data in kept.items() for n in NEEDLES if n.encode() in data.lower()}
    assert found == {}


def test_points_stages_and_sends_are_counted_as_before(place: Place) -> None:
    lead_id = half_way(place)
    lead, rows = place.load(lead_id), place.rows(lead_id)
    sent = Counter(row["message"] for row in rows if row["state"] == "sent")
    erase_lead(place.house, lead_id, "nadia")
    after, later = place.load(lead_id), place.rows(lead_id)
    assert (after.score, after.stage, len(after.answers)) == (lead.score, lead.stage, len(lead.answers))
    assert Counter(row["message"] for row in later if row["state"] == "sent") == sent


def test_nothing_reaches_her_afterwards_and_the_rep_hears_that_the_time_is_free(place: Place) -> None:
    lead_id = half_way(place)
    number = len(place.sent())
    erase_lead(place.house, lead_id, "nadia")
    place.set(place.now + timedelta(days=30))
    place.drain()
    new = [row for row in place.rows(lead_id) if row["state"] == "sent"][-1]
    assert (new["message"], new["recipient"]) == ("house/appointment_cancelled_rep", "user:idris")
    assert all(not mail.to[0].startswith("ana") for mail in place.sent()[number:])
    assert all("erased.invalid" not in mail.to[0] for mail in place.sent())


def test_the_rep_s_mail_and_calendar_say_that_the_time_is_free_and_nothing_of_a_person(lite: Place) -> None:
    lead_id = half_way(lite)
    shipped_house(lite)
    erase_lead(lite.house, lead_id, "nadia")
    lite.drain()
    mail = lite.sent()[-1]
    assert mail.to == ("idris@verdanne.example",)
    assert "reply-to" not in {name.lower() for name in mail.headers}
    assert mail.subject.startswith("Free again: ")
    assert "all their details erased: this time is free again" in mail.text
    assert "a call may be quicker" not in mail.text
    assert "erased.invalid" not in mail.subject + mail.text + mail.html + str(mail.headers)
    event = event_of(mail)
    assert str(event["x-method"]) == "CANCEL"
    assert str(event["summary"]) == "A call: Idris"
    assert str(event["attendee"]) == "mailto:idris@verdanne.example"


def shipped_house(place: Place) -> None:
    """The mail to the rep as it is shipped."""
    shipped, house = ROOT / "email_templates/house", place.home / "email_templates/house"
    files = [*shipped.glob("_*.mjml"), *(shipped / "appointment_cancelled_rep").glob("*.en.*")]
    for file in files:
        shutil.copy(file, house / file.relative_to(shipped))
    place.publish()


def test_erasing_twice_changes_nothing_and_she_may_come_back_as_somebody_new(place: Place) -> None:
    lead_id = half_way(place)
    assert erase_lead(place.house, lead_id, "nadia")
    assert not erase_lead(place.house, lead_id, "nadia")
    again = place.submits(ANA["email"]).lead_id
    assert again != lead_id
    place.drain()
    assert not place.load(again).erased


def test_after_a_restore_the_orders_are_carried_out_again(place: Place) -> None:
    lead_id = half_way(place)
    erase_lead(place.house, lead_id, "nadia")
    orders = (place.settings.state / ORDERS).read_text()
    assert "lundqvist" not in orders.casefold()
    back = place.submits(ANA["email"]).lead_id  # as if an old copy had been put back
    other = place.submits("ben@example.org").lead_id
    assert erase_again(place.house, "shell") == 1
    assert place.load(back).erased
    assert not place.load(other).erased


@pytest.mark.parametrize("asks", ["lead", "nadia"])
def test_who_asked_is_audited_without_her_name(lite: Place, asks: str) -> None:
    lead_id = half_way(lite)
    erase_lead(lite.house, lead_id, asks)
    with lite.house.database.read() as connection:
        (note, *_) = installation.audit_trail(connection, 1)
    assert (note["who"], note["what"], note["subject"], note["details"]) == (asks, "erase", str(lead_id), {})


def two(place: Place) -> tuple[int, int]:
    """Two leads who are one person, the second as Ana; the dossier tells the history, as the shipped one does."""
    body = place.home / "email_templates/house/dossier/body.en.mjml"
    said = "{% for one in history %}{{ one.what }} {% endfor %}"
    body.write_text(body.read_text("utf-8").replace("this is dossier", said), encoding="utf-8")
    place.publish()
    return place.submits("bo@example.org", fields={"name": "Bo"}).lead_id, place.submits(ANA["email"]).lead_id


def hands_over(place: Place, lead_id: int) -> None:
    place.happens(on.HandOffAsked(lead_id=lead_id, occurred_at=place.now, because="asks for a call", by="nadia"))


def in_the_sink(place: Place) -> str:
    said = (mail.subject + mail.text + str(mail.headers) for mail in place.sent())
    return " ".join("".join(said).casefold().split())


@pytest.mark.parametrize("parted", [False, True])
def test_the_dossier_of_who_was_joined_with_her_does_not_keep_her_either(place: Place, *, parted: bool) -> None:
    stays, hers = two(place)
    merge_leads(place.house, None, stays, hers, "shell")
    hands_over(place, stays)
    place.drain()
    assert "lundqvist" in str(place.row("dossier", stays)["frozen"])
    assert "lundqvist" in in_the_sink(place)
    if parted:
        part_leads(place.house, None, hers, "shell")
    assert erase_lead(place.house, hers, "lead")
    place.drain()
    assert not place.load(stays).erased
    assert "lundqvist" not in everything(place)
    assert "lundqvist" not in in_the_sink(place)


def test_who_is_erased_after_a_parting_stands_in_no_dossier_of_the_one_for_whom_she_stood(lite: Place) -> None:
    other, hers = two(lite)
    hands_over(lite, other)
    handoff = lite.load(other).handoff
    assert handoff
    merge_leads(lite.house, None, hers, other, "shell")
    part_leads(lite.house, None, other, "shell")
    lite.drain()
    assert "lundqvist" in str([row["frozen"] for row in lite.rows(other)])
    assert erase_lead(lite.house, hers, "lead")
    lite.drain()
    assert "lundqvist" not in everything(lite)
    assert "lundqvist" not in in_the_sink(lite)


def test_a_third_who_has_come_to_stand_for_one_of_them_tells_nothing_of_her_either(lite: Place) -> None:
    other, hers = two(lite)
    third = lite.submits("cy@example.org").lead_id
    merge_leads(lite.house, None, hers, other, "shell")
    part_leads(lite.house, None, other, "shell")
    merge_leads(lite.house, None, third, other, "shell")
    hands_over(lite, third)
    lite.drain()
    assert "lundqvist" in str([row["frozen"] for row in lite.rows(third)])
    assert erase_lead(lite.house, hers, "lead")
    lite.drain()
    assert "lundqvist" not in everything(lite)
    assert "lundqvist" not in in_the_sink(lite)


def test_a_dossier_that_was_about_to_leave_while_she_was_erased_leaves_without_her(place: Place) -> None:
    stays, hers = two(place)
    place.drain()
    merge_leads(place.house, None, stays, hers, "shell")
    hands_over(place, stays)
    other = place.other()
    writer = Meanwhile(place.house.writer, lambda: erase_lead(other, hers, "lead"))
    place.runner = Runner(replace(place.house, writer=writer))
    place.drain()
    assert place.row("dossier", stays)["state"] == "sent"
    assert "joined with an erased address" in in_the_sink(place)
    assert "lundqvist" not in everything(place)
    assert "lundqvist" not in in_the_sink(place)


def of_her_own(place: Place, lead_id: int) -> list[on.AnyEvent]:
    """What she may be about to say while she is erased."""
    who: dict[str, Any] = {"lead_id": lead_id, "occurred_at": place.now}
    starts = place.now + timedelta(days=4)
    said: dict[str, Any] = {"purpose": "follow_up_email", "wording": "Yes", "page": "/me"}
    return [
        on.EmailProven(**who, ticked={"follow_up_email": "Yes"}),
        on.DetailsChanged(**who, fields={"name": ANA["name"], "phone": ANA["phone"]}),
        on.ConsentChanged(**who, **said, given=True),
        on.EmailCorrected(**who, email=ANA["email"], scenario="tunnel", pass_number=1),
        on.PaceChosen(**who, slow=True),
        on.Unsubscribed(**who, page="/u"),
        on.SlotChosen(**who, type="call", starts_at=starts, ends_at=starts + timedelta(minutes=30), reps=("idris",)),
    ]


def test_what_she_was_about_to_say_while_she_was_erased_brings_nothing_of_her_back(place: Place) -> None:
    lead_id = half_way(place)
    erase_lead(place.house, lead_id, "nadia")
    place.drain()
    before, kept = place.load(lead_id), everything(place)
    for event in of_her_own(place, lead_id):
        place.happens(event)
    assert place.load(lead_id) == before
    assert everything(place) == kept


def test_nothing_that_may_be_on_its_way_then_is_kept_whoever_says_it_but_for_her_points(lite: Place) -> None:
    lead_id = half_way(lite)
    erase_lead(lite.house, lead_id, "nadia")
    lite.drain()
    before, kept = lite.load(lead_id), everything(lite)
    said = [one_of(kind, lead_id, lite.now, f"{ANA['name']} {ANA['phone']}") for kind in KINDS]
    for event in said:
        if not isinstance(event, on.FormSubmitted | on.ScoreReviewed):
            lite.happens(event)
            assert (lite.load(lead_id), everything(lite)) == (before, kept), event
    with pytest.raises(Overtaken):  # done again, it finds nobody by her address
        lite.happens(next(event for event in said if isinstance(event, on.FormSubmitted)))
    lite.happens(next(event for event in said if isinstance(event, on.ScoreReviewed)))
    lite.drain()
    assert lite.load(lead_id) == before
    assert [needle for needle in NEEDLES if needle in everything(lite)] == []


def test_what_an_erasure_has_emptied_keeps_nobody_from_reading_or_sending(place: Place) -> None:
    stays, hers = two(place)
    now = place.now
    with place.house.database.write() as connection:
        events.add(connection, [events.row(one_of(kind, hers, now, "x"), kind.__name__, now) for kind in KINDS])
    merge_leads(place.house, None, stays, hers, "shell")
    assert erase_lead(place.house, hers, "lead")
    hands_over(place, stays)
    place.drain()
    assert place.row("dossier", stays)["state"] == "sent"
    for lead_id in (stays, hers):
        assert read_lead(place.house, HUGO, lead_id, "en").lead.id == stays
    with place.house.database.read() as connection:
        assert events.all_of(connection, [hers], *KINDS) == []
        told = history(connection, place.published, place.load(hers), "en")
    assert {one.kind for one in told} == {"mail"}


def test_a_form_of_somebody_who_is_erased_meanwhile_makes_her_somebody_new(
    postgres_url: Callable[[str], str], build_place: Callable[..., Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = build_place(postgres_url("18"))
    first = place.submits(ANA["email"]).lead_id
    other = place.other()

    def finds_her_just_before(*known: Any) -> tuple[int, bool]:
        found = find_or_make(*known)
        erase_lead(other, first, "lead")
        return found

    monkeypatch.setattr(submit_form, "find_or_make", finds_her_just_before)
    again = place.submits(ANA["email"], fields={"name": ANA["name"]}).lead_id
    assert again != first
    assert place.load(again).name == ANA["name"]
    assert (place.load(first).erased, place.load(first).name) == (True, "")
