"""A small home for tests: one company, a tunnel with asked and marketing mails, plain templates that compile fast."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from funnel.domain import events as on
from funnel.domain.company import User

_HOURS = ", ".join(f'{day}: ["08:00-18:00"]' for day in ("mon", "tue", "wed", "thu", "fri"))

COMPANY = """
name: Verdanne
legal_name: Verdanne SAS
postal_address: [18 rue des Tisserands, 69001 Lyon]
brand: {primary: "#0b5d4e", accent: "#e2711d"}
zone: Europe/Paris
country: FR
locales: [en]
sender: {name: Verdanne, email: hello@verdanne.example}
digest: never
privacy_notice: {en: We keep your answers.}
privacy_contact: privacy@verdanne.example
consents:
  follow_up_email: {text: {en: You may write to me.}}
  visit_tracking: {text: {en: You may see what I read.}}
statuses: {warm: {en: Warm}, cold: {en: Cold}}
tags: {interest: [vip, plan, late]}
teams: [{id: consulting, name: {en: Consulting}}]
users:
  - {id: camille, name: Camille, email: camille@verdanne.example, role: rep, team: consulting, availability: HOURS}
  - {id: idris, name: Idris, email: idris@verdanne.example, role: rep, team: consulting, availability: HOURS}
appointment_types:
  - {id: call, title: {en: A call}, minutes: 30, team: consulting, buffer_after: 10}
  - {id: visit, title: {en: A visit}, minutes: 45, team: consulting, buffer_before: 5, buffer_after: 15,
     daily_maximum: 3}
thresholds: [{score: 50, because: {en: Reached 50}}]
""".replace("HOURS", "{" + _HOURS + "}")

TUNNEL = """
scenario: tunnel
title: {en: A tunnel}
offer: {en: An audit}
why: volume
team: consulting
again: each
form: {page: form, fields: {phone: optional, company: optional}, consents: [follow_up_email, visit_tracking]}
sequence:
  - email: results
  - wait: 2 days
  - email: offer
    propose: {appointment: call}
  - await: appointment.booked
    within: 5 days
    otherwise:
      - email: reminder
      - wait: 3 days
      - end: no_answer
  - tag: plan
  - end: booked
"""

_MAIL = """
<mjml><mj-body><mj-section><mj-column>
<mj-text>Hello {{ lead.first_name }}, this is WHAT.</mj-text>
<mj-text>{{ company.postal_address|join(", ") }}</mj-text>
</mj-column></mj-section></mj-body></mjml>
"""

_FOOT = '<footer>{{ company.postal_address|join(", ") }} <a href="/privacy">Privacy</a></footer>\n'


def tunnel_of(sequence: str, name: str = "tunnel") -> str:
    """A scenario with the tunnel's form, and this sequence."""
    return TUNNEL.partition("sequence:")[0].replace("scenario: tunnel", f"scenario: {name}") + sequence


CAMILLE, IDRIS = (
    User(id=one, name=one.title(), email=f"{one}@verdanne.example", role="rep", team="consulting")
    for one in ("camille", "idris")
)
HUGO = User(id="hugo", name="Hugo", email="hugo@verdanne.example", role="manager")
"""Who works there; a manager need not stand in the file to look at everything."""


def agrees(lead_id: int, at: datetime) -> on.ConsentChanged:
    """She may be told of as somebody who opens mails and visits pages."""
    return on.ConsentChanged(
        lead_id=lead_id, occurred_at=at, purpose="visit_tracking", given=True, wording="Yes", page="/l/ebook"
    )


_PAGE = "{{ form_html }}\n" + _FOOT

HOUSE_MAILS = ("appointment_booked", "appointment_booked_rep", "appointment_cancelled", "appointment_cancelled_rep",
               "appointment_moved", "appointment_moved_rep", "appointment_other_time", "appointment_blocked_rep",
               "appointment_reminder",
               "dossier")  # fmt: skip


def write_home(folder: Path, scenarios: Mapping[str, str] | None = None, company: str = COMPANY) -> Path:
    """Write a home with these scenarios (by name; `tunnel` alone unless told otherwise); their mails exist."""
    texts = {"tunnel": TUNNEL} if scenarios is None else scenarios
    _write(folder / "scenarios" / "company.yaml", company)
    _write(folder / "landing_pages" / "privacy.html", _FOOT)
    for name, text in texts.items():
        _write(folder / "scenarios" / f"{name}.yaml", text)
        _write(folder / "landing_pages" / name / "form.html", _PAGE)
        mails = [line.split("email:")[1].strip() for line in text.splitlines() if "- email:" in line]
        for mail in mails:
            _mail(folder, name, mail, asked=mail == "results")
    for mail in HOUSE_MAILS:
        _mail(folder, "house", mail, asked=not mail.endswith("_rep") and mail != "dossier", staff=True)
    _calendar_failing(folder)
    _digest(folder)
    return folder


def _calendar_failing(folder: Path) -> None:
    """The mail to a rep whose own calendar cannot be read: it is about no lead."""
    into = folder / "email_templates" / "house" / "calendar_failing"
    _write(into / "email.yaml", "kind: staff\npreheader: {en: About your calendar}\n")
    _write(into / "subject.en.txt", "calendar of {{ rep.name }}\n")
    said = "{{ calendar.fault }} Read: {{ calendar.read_at }} {{ links.diary }}"
    _write(into / "body.en.mjml", _MAIL.replace("Hello {{ lead.first_name }}, this is WHAT.", said))


def _digest(folder: Path) -> None:
    """The daily mail to reps, which a company may want."""
    into = folder / "email_templates" / "house" / "digest"
    _write(into / "email.yaml", "kind: staff\npreheader: {en: About digest}\n")
    _write(into / "subject.en.txt", "digest of {{ asked|length }}\n")
    asked = "{% for one in asked %}<mj-text>{{ one.name }}: {{ one.url }}</mj-text>{% endfor %}"
    _write(into / "body.en.mjml", _MAIL.replace("<mj-text>Hello {{ lead.first_name }}, this is WHAT.</mj-text>", asked))


def _mail(folder: Path, group: str, name: str, *, asked: bool, staff: bool = False) -> None:
    kind = "asked" if asked else "staff" if staff else "marketing"
    purpose = "purpose: follow_up_email\n" if kind == "marketing" else ""
    into = folder / "email_templates" / group / name
    _write(into / "email.yaml", f"kind: {kind}\n{purpose}preheader: {{en: About {name}}}\n")
    _write(into / "subject.en.txt", f"{name} for {{{{ lead.name }}}}\n")
    unsubscribe = '<a href="{{ links.unsubscribe }}">Stop</a>' if kind == "marketing" else name
    _write(into / "body.en.mjml", _MAIL.replace("WHAT", unsubscribe))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
