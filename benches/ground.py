"""The ground that benches stand on: a throw-away database, a published home, leads at a step that is due."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from funnel.bootstrap import Runner, build_house, migrate
from funnel.cli.garbage import look_rarely, spare_what_is_loaded
from funnel.config import Settings
from funnel.domain.lead import Enrolment
from funnel.storage import enrolments, installation, leads
from funnel.storage.bulk import insert_many
from funnel.usecases.house import House

_FILL = (
    "<mj-text>Thank you for reading. Here is what happens next, why it matters for your shop, and how to get the most "
    "out of the first week. We keep every message short, useful and free of tricks.</mj-text>\n"
)

_IMPRINT = '{{ company.postal_address|join(", ") }}\n'

COMPANY = """name: Bench
legal_name: Bench SAS
postal_address: ["1 rue du Banc", "75001 Paris"]
brand: {primary: "#0b5d4e", accent: "#a34a10"}
zone: Europe/Paris
country: FR
locales: [en]
sender: {name: Bench, email: hello@bench.example}
sending_window: {days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "23:59"}
privacy_notice: We keep what you send us.
privacy_contact: privacy@bench.example
consents: {follow_up_email: {text: "Yes, write to me."}}
teams: [{id: team, name: Team}]
users: [{id: rep, name: Rep, email: rep@bench.example, role: rep, team: team}]
"""

SCENARIO = """scenario: drip
title: Drip
offer: Offer
why: volume
team: team
form: {page: form, consents: [follow_up_email]}
sequence:
  - wait: 1 day
  - email: hello
  - wait: 30 days
  - end: done
"""


def write_home(folder: Path, size: int = 10_000, more: str = "") -> Path:
    """The files of a company (with `more` in its file) with one scenario whose mail is about `size` bytes."""
    mail = folder / "email_templates/drip/hello"
    page = folder / "landing_pages/drip"
    for one in (folder / "scenarios", mail, page):
        one.mkdir(parents=True, exist_ok=True)
    (folder / "scenarios/company.yaml").write_text(COMPANY + more)
    (folder / "scenarios/drip.yaml").write_text(SCENARIO)
    (folder / "landing_pages/_base.html").write_text("<!doctype html><title>{% block title %}{% endblock %}</title>")
    (folder / "landing_pages/privacy.html").write_text('<p>{{ company.postal_address|join(", ") }}</p>')
    (page / "form.html").write_text(
        '{{ form_html }}<p>{{ company.postal_address|join(", ") }} <a href="/privacy">Privacy</a></p>'
    )
    (mail / "email.yaml").write_text("kind: marketing\npurpose: follow_up_email\npreheader: Hello from the bench\n")
    (mail / "subject.en.txt").write_text("Hello {{ lead.first_name }}\n")
    (mail / "body.en.mjml").write_text(_body(size))
    (mail / "body.en.txt").write_text(
        "Hello {{ lead.name }},\n\nthank you for reading.\n\n{{ links.unsubscribe }}\n" + _IMPRINT
    )
    return folder


def _body(size: int) -> str:
    lines = "".join(
        f'<mj-text>{{{{ lead.first_name }}}} of {{{{ lead.company }}}}: <a href="{{{{ links.privacy }}}}">part {n}</a>'
        "</mj-text>\n"
        for n in range(6)
    )
    filling = _FILL * max(1, (size - 6_000) // 700)
    return (
        "<mjml><mj-body><mj-section><mj-column><mj-text>Hello {{ lead.name }}</mj-text>"
        f'{lines}{filling}<mj-text><a href="{{{{ links.unsubscribe }}}}">Stop</a> {_IMPRINT}</mj-text>'
        "</mj-column></mj-section></mj-body></mjml>"
    )


@contextmanager
def ground(database_url: str, smtp_url: str, redis_url: str = "", more: str = "") -> Iterator[Runner]:
    """A migrated, published house on an empty database; `more` stands in its company's file."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        (Path(folder) / "var").mkdir()
        settings = Settings(
            mode="demo",
            home=write_home(Path(folder) / "home", more=more),
            state=Path(folder) / "var",
            database_url=database_url,
            redis_url=redis_url,
            smtp_url=smtp_url,
            base_url="http://127.0.0.1:8000",
            secret_key="bench" * 8,
        )
        migrate(settings)
        runner = Runner(build_house(settings, "worker"))
        look_rarely()  # as in a worker
        spare_what_is_loaded()
        yield runner
        runner.house.close()


def fill(house: House, number: int, first: int = 0) -> None:
    """`number` leads with consent, standing at the first step, due now."""
    with house.database.write() as connection:
        moment = installation.moment(connection)
        version = house.shelf.published(connection, moment.revision).newest["drip"].digest
        made = insert_many(
            connection, leads.leads, [_lead(first + n, moment.now) for n in range(number)], returning=("id",)
        )
        due = moment.now - timedelta(minutes=1)
        enrolments.put(connection, [(row[0], _standing(version, due)) for row in made])


def _lead(number: int, now: datetime) -> dict[str, object]:
    return {
        "email": f"lead{number}@example.org", "email_key": f"lead{number}@example.org", "name": f"Anna{number} Schmidt",
        "company": "Example GmbH", "language": "en", "zone": "Europe/Berlin", "stage": "new", "email_proven": False,
        "unsubscribed": False, "source": {}, "consents": {"follow_up_email": True}, "score": number % 40,
        "created_at": now,
    }  # fmt: skip


def _standing(version: str, due: datetime) -> Enrolment:
    began = due - timedelta(days=1)
    return Enrolment("drip", version, 1, "waiting", "wait_1_day", began, began, began, due)
