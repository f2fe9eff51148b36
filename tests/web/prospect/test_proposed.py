"""A time that a mail proposed: one page, one button that books it and frees the others; what has gone is replaced."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from funnel.domain import effects as do
from funnel.domain.slots import Slot, cells
from funnel.storage import holds
from funnel.storage.database import metadata
from funnel.usecases.book_appointment import open_diary
from funnel.usecases.publish_scenarios import publish_scenarios
from tests.support.homes import copy_home
from tests.web.conftest import Town
from tests.web.prospect.test_booking import NEVER, by_mail, in_paris, slots, to_the_diary
from tests.web.prospect.visitor import LEA, Visitor, answered, invited, private_link

CAUSE = "self_evaluation/summary_and_meeting/1"


@dataclass
class Offer:
    """A visitor with her booking link, and the three times that her mail proposed."""

    town: Town
    visitor: Visitor
    link: str
    times: list[datetime]
    rep: str
    until: datetime

    def opens(self, at: datetime | str) -> Visitor:
        """She clicks on one of the times."""
        said = at if isinstance(at, str) else f"{at:%Y%m%dT%H%MZ}"
        self.visitor.open(f"{self.link}?slot={said}")
        return self.visitor

    def kept(self) -> list[datetime]:
        """What is kept for her in the database."""
        with self.town.house.database.read() as connection:
            rows = connection.execute(metadata.tables["holds"].select()).mappings()
            return sorted(row["starts_at"] for row in rows)

    def offered(self) -> list[str]:
        """The other times that the page shows, as links."""
        return re.findall(r'class="offered" href="[^"?]+\?slot=([^"]+)"', self.visitor.page.text)


def proposed_to(town: Town, *, number: int = 3, free: int = 1) -> Offer:
    """The mail has left with times of one rep, each kept for two days, at which so many reps were free."""
    visitor = by_mail(town)
    link = visitor.address
    diary = open_diary(town.house, link.rpartition("/")[2])
    rep = diary.slots[0].reps[0]
    chosen: list[Slot] = []
    for slot in diary.slots:
        apart = all(slot.starts_at.date() != other.starts_at.date() for other in chosen)
        if rep in slot.reps and len(slot.reps) >= free and apart:
            chosen.append(slot)
    chosen = chosen[:number]
    until = diary.now + timedelta(hours=48)
    with town.house.database.write() as connection:
        buffers = diary.kind.buffer_before, diary.kind.buffer_after
        wanted = [do.HoldSlot(diary.kind.id, one.starts_at, one.ends_at, (rep,), until, *buffers) for one in chosen]
        kept = holds.hold_all(connection, diary.lead.id, CAUSE, wanted, diary.now)
    assert kept == [slot.starts_at for slot in chosen]
    return Offer(town, visitor, link, kept, rep, until)


def taken_by_the_rep(town: Town, rep: str, at: datetime, minutes: int = 30) -> None:
    """The rep's own calendar takes the time of a hold."""
    table = metadata.tables["diary_cells"]
    wanted = list(cells(at, at + timedelta(minutes=minutes)))
    with town.house.database.write() as connection:
        connection.execute(table.delete().where(table.c.rep == rep, table.c.cell.in_(wanted)))
        connection.execute(table.insert(), [{"rep": rep, "cell": cell} for cell in wanted])


def open_appointments(town: Town) -> Sequence[datetime]:
    return [one.starts_at for lead in town.leads() for one in lead.appointments if one.open]


def test_one_click_leads_to_a_page_with_one_button_that_books_and_frees_the_others(town: Town) -> None:
    offer = proposed_to(town)
    page = offer.opens(offer.times[1])
    assert page.page.status_code == 200
    assert page.page.text.count("<button") == 1
    assert "We keep this time for you until" in page.text
    assert offer.offered() == [f"{at:%Y%m%dT%H%MZ}" for at in (offer.times[0], offer.times[2])]
    page.send({"phone": "0612345678"})
    assert "It is in the diary." in page.text
    [lead] = town.leads()
    assert [(one.starts_at, one.rep) for one in lead.appointments] == [(offer.times[1], offer.rep)]
    assert offer.kept() == []
    assert offer.opens(offer.times[0]).address.endswith("/appointment"), "the other links show what she has booked"


def test_looking_changes_nothing(town: Town) -> None:
    offer = proposed_to(town)
    for _ in range(2):
        for at in offer.times:
            offer.opens(at)
            offer.visitor.client.head(f"{offer.link}?slot={at:%Y%m%dT%H%MZ}")
    assert offer.kept() == offer.times
    assert open_appointments(town) == []


def test_the_number_is_asked_for_where_none_is_known_and_the_time_stays(town: Town) -> None:
    offer = proposed_to(town)
    page = offer.opens(offer.times[0])
    page.send({"phone": "12"})
    assert page.page.status_code == 422
    assert 'value="12"' in page.page.text
    assert page.page.text.count("<button") == 1
    page.send({"phone": "0612345678"})
    assert open_appointments(town) == [offer.times[0]]


def test_a_time_lost_to_the_reps_own_calendar_is_replaced_by_a_fresh_one(town: Town) -> None:
    offer = proposed_to(town)
    taken_by_the_rep(town, offer.rep, offer.times[0])
    page = offer.opens(offer.times[0])
    assert "That time is no longer free" in page.text
    assert "Nothing is booked yet." in page.text
    shown = offer.offered()
    assert len(shown) == 3
    assert {f"{at:%Y%m%dT%H%MZ}" for at in offer.times[1:]} < set(shown)
    fresh = next(one for one in shown if one not in {f"{at:%Y%m%dT%H%MZ}" for at in offer.times})
    page = offer.opens(fresh)
    page.send({"phone": "0612345678"})
    assert open_appointments(town) == [datetime.strptime(fresh, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)]
    assert town.leads()[0].appointments[0].rep == offer.rep


def test_a_time_lost_between_looking_and_pressing_is_answered_with_others(town: Town) -> None:
    offer = proposed_to(town)
    page = offer.opens(offer.times[2])
    taken_by_the_rep(town, offer.rep, offer.times[2])
    page.send({"phone": "0612345678"})
    assert page.page.status_code == 409
    assert "That time is no longer free" in page.text
    assert len(offer.offered()) == 3
    assert open_appointments(town) == []
    assert offer.kept() == offer.times


def test_after_the_holds_are_over_a_time_that_is_still_free_can_be_booked_and_says_it_is_not_kept(town: Town) -> None:
    offer = proposed_to(town)
    town.move_clock(offer.until + timedelta(minutes=1))
    page = offer.opens(offer.times[2])
    assert "We keep this time" not in page.text
    assert "This time is free." in page.text
    [rep] = [one for one in town.published.company.company.reps if one.id == offer.rep]
    assert rep.name in page.text, "nobody else is free then"
    page.send({"phone": "0612345678"})
    assert open_appointments(town) == [offer.times[2]]


def test_after_the_holds_are_over_somebody_else_may_have_the_time(town: Town) -> None:
    offer = proposed_to(town)
    town.move_clock(offer.until + timedelta(minutes=1))
    taken_by_the_rep(town, offer.rep, offer.times[2])
    for rep in ("camille", "idris", "ada", "maud", "tomas"):
        taken_by_the_rep(town, rep, offer.times[2])
    page = offer.opens(offer.times[2])
    assert "That time is no longer free" in page.text
    assert len(offer.offered()) == 3


@pytest.mark.parametrize("said", ["20200615T0930Z", "20200615T0930+0200"])
def test_a_time_that_has_passed_is_said_and_others_are_shown(town: Town, said: str) -> None:
    offer = proposed_to(town)
    page = offer.opens(said.replace("+", "%2B"))
    assert page.page.status_code == 200
    assert "That time has passed" in page.text
    assert len(offer.offered()) == 3


@pytest.mark.parametrize("said", ["", "yesterday", "20260615T0930", "0001-01-01T00:00:00%2B14:00", "%00", "9" * 400])
def test_a_link_with_no_time_in_it_offers_those_that_are_free(town: Town, said: str) -> None:
    offer = proposed_to(town)
    page = offer.opens(said)
    assert page.page.status_code == 200
    assert len(offer.offered()) == 3
    assert open_appointments(town) == []


def test_a_time_outside_of_the_diary_is_not_to_be_had(town: Town) -> None:
    offer = proposed_to(town)
    night = offer.times[0].replace(hour=1)
    page = offer.opens(night)
    assert "That time cannot be booked" in page.text
    page = offer.opens(offer.times[0])
    page.send({"slot": night.isoformat(), "phone": "0612345678"})
    assert page.page.status_code == 422
    assert "This time cannot be booked. Choose another one." in page.text
    assert open_appointments(town) == []


def test_a_tampered_token_opens_nothing(town: Town) -> None:
    offer = proposed_to(town)
    token = offer.link.rpartition("/")[2]
    for bad in (token[:-1] + ("A" if token[-1] != "A" else "B"), token[::-1], token + "x"):
        assert offer.visitor.open(f"/book/{bad}?slot={offer.times[0]:%Y%m%dT%H%MZ}").status_code == 404
        fields = {"slot": offer.times[0].isoformat(), "phone": "0612345678"}
        answer = offer.visitor.client.post(f"/book/{bad}", data=fields)
        assert answer.status_code in (400, 404)
    assert open_appointments(town) == []


def test_what_is_kept_for_one_is_offered_to_nobody_else(town: Town) -> None:
    offer = proposed_to(town)
    for at in offer.times:
        for rep in ("camille", "idris", "ada", "maud", "tomas"):
            if rep != offer.rep:
                taken_by_the_rep(town, rep, at)
    stranger = to_the_diary(town)  # unproven with her own address: her holds are free for her, and told as any time
    assert slots(stranger)
    from tests.web.prospect.visitor import in_the_tunnel

    other = in_the_tunnel(town, {"email": "somebody@ostrel.example"})
    found = re.search(r'href="(/book/[^"]+)"', other.page.text)
    assert found
    for at in offer.times:
        other.open(f"{found[1]}?day={at:%Y-%m-%d}")
        assert at.isoformat() not in slots(other)


def test_an_unproven_browser_is_not_told_what_is_kept(town: Town) -> None:
    offer = proposed_to(town)
    stranger = to_the_diary(town)
    stranger.open(f"{stranger.address}?slot={offer.times[0]:%Y%m%dT%H%MZ}")
    assert "We keep this time" not in stranger.text
    assert "offered" not in stranger.page.text
    assert private_link(town)


def leave(town: Town, home: Path, *reps: str) -> None:
    """Reps go from the file."""
    company = copy_home(home) / "scenarios/company.yaml"
    text = company.read_text()
    for rep in reps:
        text = re.sub(rf"  - id: {rep}\n(?:    .*\n)+", "", text)
    company.write_text(text)
    publication = publish_scenarios(town.house, home)
    assert publication.changed, publication.findings


@pytest.mark.parametrize("others", [0, 1])
def test_s93_what_a_rep_kept_who_has_left_is_kept_by_nobody(town: Town, tmp_path: Path, others: int) -> None:
    offer = proposed_to(town, free=3)
    colleagues = [one for one in town.published.company.company.reps if one.id != offer.rep]
    leave(town, tmp_path / "home", offer.rep, *(one.id for one in colleagues[:others]))
    page = offer.opens(offer.times[0])
    assert "We keep this time" not in page.text
    assert "This time is free." in page.text
    assert len(offer.offered()) == 2
    assert (colleagues[1].name in page.text) is (others == 1), "who is the only one is named"
    page.send({"phone": "0612345678"})
    assert open_appointments(town) == [offer.times[0]]


def test_s93_a_time_is_not_kept_by_a_rep_who_has_no_free_time_any_more(town: Town) -> None:
    offer = proposed_to(town, free=3)
    assert "We keep this time" in offer.opens(offer.times[0]).text
    for slot in open_diary(town.house, offer.link.rpartition("/")[2]).slots:
        if offer.rep in slot.reps:
            taken_by_the_rep(town, offer.rep, slot.starts_at)
    page = offer.opens(offer.times[0])
    assert "We keep this time" not in page.text
    assert "This time is free." in page.text


@pytest.mark.parametrize("when", ["far ahead", "in two years", "in the night from Saturday", "a minute late on Monday"])
def test_a_link_to_a_time_that_never_was_does_not_say_that_it_has_been_taken(town: Town, when: str) -> None:
    offer = proposed_to(town)
    page = offer.opens(NEVER[when](in_paris(offer.times[0].isoformat())).astimezone(UTC))
    assert page.page.status_code == 200
    assert "That time cannot be booked" in page.text
    assert "no longer free" not in page.text
    assert len(offer.offered()) == 3


def named_by_mail(town: Town) -> dict[datetime, str]:
    """The links to the times that a mail proposes to who has asked to be called, by time."""
    answered(town, invited(town)).send({"follow_up": "call", "phone": "06 12 34 56 78", "go": "send"})
    town.move_clock(town.now + timedelta(days=2, minutes=5))
    text = next(said for one in town.mails(LEA["email"]) if "?slot=" in (said := one.as_json()["text"]))
    links = re.findall(r"http://127\.0\.0\.1:8000(/book/[\w-]+\?slot=([^\s>)]+))", text)
    return {datetime.fromisoformat(at): link for link, at in links}


def test_s93_a_time_is_kept_no_longer_than_it_can_be_booked(town: Town) -> None:
    times = named_by_mail(town)
    with town.house.database.read() as connection:
        kept = list(connection.execute(metadata.tables["holds"].select()).mappings())
    kind = town.published.company.company.appointment_type("results_review")
    assert kind
    assert kind.notice == "4 hours"
    longest = max(one["until"] for one in kept)
    ends = {one["starts_at"]: min(longest, one["starts_at"] - timedelta(hours=4)) for one in kept}
    assert {one["starts_at"]: one["until"] for one in kept} == ends
    first = min(times)
    assert ends[first] < longest, "the first begins before the two days are over"
    visitor = Visitor(town.app)
    visitor.open(times[first])
    assert f"until {in_paris(ends[first].isoformat()):%H:%M}" in visitor.text


def test_s93_once_the_holds_are_over_the_mails_other_times_that_are_still_free_come_first(town: Town) -> None:
    times = named_by_mail(town)
    town.move_clock(town.now + timedelta(days=2))
    *_, before, last = sorted(times)
    visitor = Visitor(town.app)
    visitor.open(times[last])
    assert "This time is free." in visitor.text
    assert times[before].partition("=")[2] in visitor.page.text, "not another of the team in its place"
