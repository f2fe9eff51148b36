"""The webinar from the registration to the replay (S147), with a date that is ahead whenever these tests run."""

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.e2e.people import Prospect, invitation, link, words
from tests.e2e.place import PARIS, Mail, Place, instant
from tests.support.processes import ROOT

REPLAY = "https://meet.verdanne.example/fewer-calls/replay"
HOME = ("scenarios", "landing_pages", "email_templates", "assets")


def funnel(place: Place, *words: str) -> str:
    """A command of the house, as an operator types it."""
    command = [sys.executable, "-m", "funnel", *words, "--state", str(place.state)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | place.environ, capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout + done.stderr


def announce(place: Place, home: Path, starts_at: datetime) -> datetime:
    """Publish the shipped webinar with a beginning of its own; that instant."""
    local = starts_at.astimezone(PARIS).replace(minute=0, second=0, microsecond=0)
    for part in HOME:
        shutil.copytree(ROOT / part, home / part)
    file = home / "scenarios/webinar.yaml"
    text, found = re.subn(r'starts_at: "[^"]+"', f'starts_at: "{local:%Y-%m-%d %H:%M}"', file.read_text())
    assert found == 1
    file.write_text(text)
    assert "webinar" in funnel(place, "apply", str(home))
    return local.astimezone(UTC)


def registers(place: Place, *, french: bool = False, consent: bool = True, zone: str = "Europe/Paris") -> Prospect:
    """Somebody opens the page and sends the form."""
    ida = Prospect(place, "Ida Roth")
    page = ida.browser.open("/l/webinar" + ("?lang=fr" if french else ""))
    assert page.status == 200
    told = {"name": ida.name, "email": ida.email, "zone": zone, "go": "send"}
    ida.browser.send(told | ({"consent_follow_up_email": "yes"} if consent else {}))
    assert ida.browser.path == "/l/webinar/thanks", ida.page.text
    return ida


def ended(who: Prospect) -> str | None:
    (found,) = [one for one in who.lead["enrolments"] if one["scenario"] == "webinar"]
    because: str | None = found["ended_because"]
    return because


def invited(mail: Mail) -> bool:
    return any(part["type"].startswith("text/calendar") for part in mail["attachments"])


def test_s147_registration_reminders_list_and_replay(place: Place, tmp_path: Path) -> None:
    begins = announce(place, tmp_path, place.to_next(3, 14) + timedelta(days=14))
    there = registers(place, zone="America/New_York")
    away = registers(place, french=True, consent=False)
    assert "You have a seat" in there.page.text
    (seat,) = there.mails(1)
    entry = invitation(place, seat)
    assert (entry.method, entry.starts_at, entry.ends_at) == ("REQUEST", begins, begins + timedelta(minutes=45))
    assert entry.attendees == {there.email}
    assert "New York" in words(seat), "her own clock"
    (place_kept,) = away.mails(1)
    assert place_kept["subject"].startswith("Votre place")
    assert invitation(place, place_kept).uid != entry.uid

    place.move(to=(begins - timedelta(hours=20)).isoformat())
    _, tomorrow = there.mails(2)
    assert instant(tomorrow["at"]) == begins - timedelta(days=1)
    late = registers(place)
    place.move(to=(begins - timedelta(minutes=30)).isoformat())
    hour_before = there.mails(3)[2]
    assert instant(hour_before["at"]) == begins - timedelta(hours=1)
    assert [mail["subject"].partition(":")[0] for mail in late.mails(2)] == ["Your seat", "In an hour"]
    assert not invited(hour_before), "one invitation is enough"

    place.move(to=(begins + timedelta(minutes=15)).isoformat())
    assert "It has begun" in place.browser().open("/l/webinar").text
    during = registers(place)
    (join,) = during.mails(1)
    assert "It has begun: you can still join." in words(join)
    assert invited(join)

    place.move(to=(begins + timedelta(hours=3)).isoformat())
    table = tmp_path / "attendance.csv"
    table.write_text(f"email,attended\n{there.email},yes\n{away.email},no\nnobody@example.org,yes\n")
    said = funnel(place, "webinar", str(table), "--scenario", "webinar")
    assert "1 were there, 1 were not, 0 were known already." in said
    assert "attendance.csv: line 4: nobody with this address has registered" in said
    assert "0 were there, 0 were not, 2 were known already." in funnel(
        place, "webinar", str(table), "--scenario", "webinar"
    )
    place.settle()
    thanks = there.mails(4)[3]
    assert thanks["subject"].startswith("Thank you for coming")
    assert REPLAY in thanks["text"]
    replay = away.mails(4)[3]
    assert replay["subject"].startswith("La rediffusion"), "the list says so: at once"
    place.move(to=(begins + timedelta(days=3, hours=1)).isoformat())
    assert REPLAY in replay["text"], "promised at the form, so it needs no consent"
    assert [mail["subject"] for mail in during.mails(2)][1].startswith("The replay")
    assert (ended(away), ended(during), ended(there)) == ("not_there", "not_there", None)

    assert "/book/" not in thanks["text"], "asked, so it sells nothing"
    (invited_to_talk,) = there.mails(5)[4:]
    booked = there.book(link(invited_to_talk, "/book/"), phone="+33 6 12 34 56 78")
    assert booked.status == 200, booked.text
    place.settle()
    assert ended(there) == "interview_booked"
    assert there.lead["stage"] == "qualified"


def test_s147_who_registers_after_it_is_told_so_and_has_the_replay_at_once(place: Place, tmp_path: Path) -> None:
    announce(place, tmp_path, place.now - timedelta(days=400))
    page = place.browser().open("/l/webinar")
    assert "It took place on" in page.text
    assert "Register" not in page.text
    mia = registers(place)
    assert "The replay is on its way to" in mia.page.text
    (replay,) = mia.mails(1)
    assert REPLAY in replay["text"]
    assert not invited(replay)
    assert ended(mia) == "came_after"
    registers_again = mia.browser
    registers_again.open("/l/webinar")
    registers_again.send({"name": mia.name, "email": mia.email, "go": "send"})
    assert REPLAY in mia.mails(2)[1]["text"], "again, and no invitation to what is over"
