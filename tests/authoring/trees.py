"""A small sound home, as bytes by path and as a folder: what the tests break."""

from collections.abc import Mapping
from pathlib import Path

COMPANY = """\
name: Verdanne
legal_name: Verdanne SAS
postal_address: [18 rue des Tisserands, 69001 Lyon]
brand: {primary: "#0b5d4e", accent: "#e2711d"}
zone: Europe/Paris
country: FR
locales: [en]
sender: {name: Verdanne, email: hello@verdanne.example}
sending_window: {from: "08:00", to: "19:00"}
privacy_notice: {en: We keep your answers to send you your results.}
privacy_contact: privacy@verdanne.example
consents:
  follow_up_email: {text: {en: You may write to me.}}
statuses:
  plan_sent: {en: Plan sent}
  known: {en: Known}
tags:
  interest: [improvement_plan]
teams:
  - {id: consulting, name: {en: Consulting}}
users:
  - id: camille
    name: Camille Arnoux
    email: camille@verdanne.example
    role: rep
    team: consulting
    zone: Europe/Paris
    availability: {mon: ["09:00-12:00", "14:00-17:30"]}
    absences: [{from: "2026-12-21", to: "2027-01-02"}]
appointment_types:
  - {id: results_call, title: {en: Your results}, minutes: 30, team: consulting}
segments:
  warm: {title: {en: Warm}, when: score >= 20, worked_by: scenario}
suggestions:
  - {id: known, title: {en: "Answers all: Known?"}, when: score.engagement >= 40, status: known}
scoring:
  groups: {engagement: {most: 80, half_life: 60 days}}
  rules:
    - {id: answered, title: {en: Answered}, on: {questionnaire.completed: cx}, points: 10}
    - {id: has_team, title: {en: Has a team}, when: answers.cx.team == "some", points: 15}
thresholds:
  - {score: 50, hand_over: false, start: check_up}
webhooks:
  - {id: crm, url: "https://crm.verdanne.example/hook"}
calls_to_action:
  - {id: spring_letter, kind: newsletter, title: {en: Letter of spring}, scenario: check_up, utm: {medium: email}}
"""

QUESTIONNAIRE = """\
questionnaire: cx
title: {en: How good are you?}
themes:
  - id: people
    title: {en: People}
    advice:
      - {below: 50, text: {en: Begin.}}
      - {below: 101, text: {en: Go on.}}
pages:
  - title: {en: People}
    questions:
      - id: team
        kind: single
        theme: people
        text: {en: Have you a team?}
        choices:
          - {id: none, text: {en: No}, points: 0}
          - {id: some, text: {en: "Yes"}, points: 2}
      - id: size
        kind: number
        text: {en: Of how many?}
        minimum: 1
        maximum: 500
        asked_when: answers.cx.team == "some"
      - id: mood
        kind: scale
        theme: people
        text: {en: How are they?}
        scale: {low: 1, high: 5}
bands:
  - {id: low, at_least: 0, title: {en: Low}, summary: {en: Much to gain.}}
  - {id: high, at_least: 60, title: {en: High}, summary: {en: Well done.}}
"""

SCENARIO = """\
scenario: check_up
title: {en: Check-up}
offer: {en: Plan}
why: volume
team: consulting
form:
  page: questions
  questionnaire: cx
  fields: {phone: optional}
  consents: [follow_up_email]
magnet: {questionnaire: cx}
sequence:
  - email: results
  - wait: 2 days
  - email: offer
    unless: appointment.booked
    propose: {appointment: results_call}
  - await: appointment.booked
    within: 5 days
    otherwise:
      - email: offer
        id: offer_again
      - wait: 2 days
      - end: no_answer
  - choose:
      - when: answers.cx.band == "low" and lead.phone is known
        do: [{score: 10}, {tag: improvement_plan}]
      - when: answers.cx.score.people >= 3
        do: []
    otherwise: [{status: plan_sent}]
  - when: '"improvement_plan" in tags'
    do: [{task: Send the plan}]
  - hand_off: {because: {en: She booked}}
  - webhook: crm
targets: {visitors: 400, leads: 25%}
"""

MAIL = """\
<mjml><mj-body><mj-section><mj-column>
<mj-text>Hello {{ lead.name }}</mj-text>
<mj-text>{{ company.legal_name }}, {{ company.postal_address|join(", ") }}</mj-text>
%s</mj-column></mj-section></mj-body></mjml>
"""
STOP = '<mj-text><a href="{{ links.unsubscribe }}">Stop these e-mails</a></mj-text>\n'

BASE = """\
<!doctype html>
<html lang="{{ lang }}"><body>{% block main %}{% endblock %}
<footer>{{ company.legal_name }}, {{ company.postal_address|join(", ") }} <a href="/privacy">Privacy</a></footer>
</body></html>
"""
PAGE = """\
{% extends "_base.html" %}
{% block main %}
<h1>How good are you?</h1>
{{ form_html }}
<p>Begin with <a href="/articles/three-firms">three firms</a> that did it.</p>
{% endblock %}
"""


def mail(folder: str, kind: str) -> dict[str, bytes]:
    """An e-mail's folder in English."""
    purpose = "purpose: follow_up_email\n" if kind == "marketing" else ""
    return {
        f"{folder}/email.yaml": f"kind: {kind}\n{purpose}preheader: {{en: In short}}\n".encode(),
        f"{folder}/subject.en.txt": b"For {{ lead.name }}\n",
        f"{folder}/body.en.mjml": (MAIL % (STOP if kind == "marketing" else "")).encode(),
    }


def sound_files() -> dict[str, bytes]:
    """A home without a fault: a company, a questionnaire, one scenario with its mails and pages, the house's."""
    return {
        "scenarios/company.yaml": COMPANY.encode(),
        "scenarios/check_up.yaml": SCENARIO.encode(),
        "scenarios/questionnaires/cx.yaml": QUESTIONNAIRE.encode(),
        "landing_pages/_base.html": BASE.encode(),
        "landing_pages/privacy.html": b"{% extends '_base.html' %}",
        "landing_pages/articles/three_firms.html": b"{% extends '_base.html' %}",
        "landing_pages/check_up/questions.html": PAGE.encode(),
        **mail("email_templates/check_up/results", "asked"),
        **mail("email_templates/check_up/offer", "marketing"),
        **mail("email_templates/house/dossier", "staff"),
        **mail("email_templates/house/appointment_booked", "asked"),
        **mail("email_templates/house/appointment_booked_rep", "staff"),
        **mail("email_templates/house/appointment_cancelled", "asked"),
        **mail("email_templates/house/appointment_cancelled_rep", "staff"),
        **mail("email_templates/house/appointment_moved", "asked"),
        **mail("email_templates/house/appointment_moved_rep", "staff"),
        **mail("email_templates/house/appointment_other_time", "asked"),
        **mail("email_templates/house/appointment_blocked_rep", "staff"),
        **mail("email_templates/house/appointment_reminder", "asked"),
        **mail("email_templates/house/confirm_consent", "asked"),
        **mail("email_templates/house/late_results", "asked"),
        **mail("email_templates/house/calendar_failing", "staff"),
        **mail("email_templates/house/digest", "staff"),
    }


def changed(file: str, old: str, new: str, count: int = 1) -> dict[str, bytes]:
    """The sound home with a text of one file replaced; the text must be there."""
    files = sound_files()
    text = files[file].decode()
    assert old in text, f"{old!r} is not in {file}"
    files[file] = text.replace(old, new, count).encode()
    return files


def write(home: Path, files: Mapping[str, bytes]) -> Path:
    """Put files into a folder."""
    for path, content in files.items():
        target = home / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return home
