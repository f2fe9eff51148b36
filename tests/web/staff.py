"""A member of staff with a browser of her own, and leads to work on."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, BinaryIO

from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from funnel import bootstrap
from funnel.delivery.noted import NotedPostman
from funnel.domain.lead import Appointment, Lead
from funnel.storage import snapshot, users
from funnel.usecases import addresses
from funnel.usecases.book_appointment import book_appointment, open_diary
from funnel.usecases.submit_form import Sent, find_form, submit_form
from tests.support.at_work import at_work
from tests.web.conftest import Town

PASSWORD = "a sentence to keep in mind"
CAMILLE, IDRIS = "camille@verdanne.example", "idris@verdanne.example"
HUGO, SOLENE = "hugo@verdanne.example", "solene@verdanne.example"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Staff:
    """One browser of somebody who may log in."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page = ""

    def get(self, path: str, **given: Any) -> TestResponse:
        """Open a page."""
        answer = self.client.get(path, **given)
        self.page = answer.text
        return answer

    def post(self, path: str, came_from: str | None = None, **fields: str) -> TestResponse:
        """Send a form of the page that is open, with its token; redirects are not followed."""
        came = {"Referer": f"http://localhost{came_from}"} if came_from else {}
        return self.client.post(path, data={"csrf_token": self.token(), **fields}, headers=came)

    def token(self) -> str:
        """The token of the page that is open."""
        found = _TOKEN.search(self.page)
        assert found, "the open page has no form"
        return found[1]

    def post_file(self, path: str, file: tuple[BinaryIO, str], **fields: str) -> TestResponse:
        """Send a form of the page that is open with a file."""
        data = {"csrf_token": self.token(), "file": file, **fields}
        return self.client.post(path, data=data, content_type="multipart/form-data")

    def log_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        """Through the form."""
        self.get("/login")
        return self.post("/login", email=email, password=password)


def hidden(staff: Staff, action: str) -> dict[str, str]:
    """What a form of the open page carries unseen, but its token."""
    form = staff.page.split(f'action="{action}"')[1].split("</form>")[0]
    found = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
    found.pop("csrf_token")
    return found


@cache
def _hash_of(password: str) -> str:
    """What is stored of it: a hash says itself how much work it asks for, and this one asks for little."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


def employed(town: Town, email: str = CAMILLE) -> Staff:
    """Somebody who has logged in."""
    with town.house.database.write() as connection:
        users.set_password(connection, email.partition("@")[0], _hash_of(PASSWORD))
    staff = Staff(town.app)
    assert staff.log_in(email).status_code == 303
    staff.get("/desk")
    return staff


def submitted(
    town: Town,
    name: str = "Léa Martin",
    email: str = "lea@ostrel.example",
    *,
    cta: str = "",
    **fields: str,
) -> int:
    """A lead who sent the form; her id."""
    bundle, _company = find_form(town.house, "self-evaluation")
    chance = random.Random(7)
    answers: dict[str, list[str]] = {}
    for question in bundle.questionnaires["cx_maturity"].questions:
        if question.choices:
            answers[question.id] = [chance.choice(question.choices).id]
        elif question.scale:
            answers[question.id] = [str(question.scale.high)]
        else:
            answers[question.id] = ["3"]
    sent = Sent(
        "self-evaluation",
        {"name": name, "email": email, "company": "Ostrel", **fields},
        frozenset({"follow_up_email"}),
        answers,
        once=email,
        page="/l/self-evaluation",
        zone="Europe/Paris",
        source={"cta": cta} if cta else {},
    )
    return submit_form(town.house, sent).lead_id


def lead_of(town: Town, lead_id: int) -> Lead:
    """The lead as she is now."""
    with town.house.database.read() as connection:
        return snapshot.load(connection, [lead_id], lock=False)[lead_id]


def booked(town: Town, lead_id: int, place: int = 0, *, zone: str = "Europe/Paris") -> Appointment:
    """She books the free slot of that place."""
    lead = lead_of(town, lead_id)
    with town.house.database.read() as connection:
        program = town.house.shelf.bundle(connection, lead.enrolments[0].version).program
    kind = sorted(program.proposes)[0]
    link = addresses.booking_link(town.house, lead, lead.enrolments[0], program, kind).rpartition("/")[2]
    slot = open_diary(town.house, link).slots[place]
    done = book_appointment(town.house, link, slot.starts_at, "+33 6 12 34 56 78", zone, f"b{lead_id}")
    assert done, "the link is her own"
    return done[0]


@contextmanager
def a_worker(town: Town) -> Iterator[None]:
    """A worker that carries out what is due, beside the web."""
    runner = bootstrap.build_runner(town.settings, "worker")
    try:
        with at_work(runner):
            yield
    finally:
        if isinstance(runner.house.postman, NotedPostman):
            runner.house.postman.close()
        runner.house.database.close()


def wait_until(town: Town, at: datetime) -> None:
    """Business time passes; a worker does what falls due."""
    with a_worker(town):
        moved = town.app.test_client().post("/dev/clock", json={"to": at.isoformat()})
    assert moved.status_code == 200, moved.text
