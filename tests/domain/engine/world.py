"""A small company, its mails and words, and scenarios compiled from the YAML of their sequence."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import yaml

from funnel.authoring.compile import compile_scenario
from funnel.authoring.positions import read_yaml
from funnel.authoring.rulebook import compile_rules, compile_segments, compile_suggestions
from funnel.authoring.vocabulary import Declared, Vocabulary, scenario_vocabulary
from funnel.domain.company import Company
from funnel.domain.engine import Book
from funnel.domain.questionnaire import Questionnaire
from funnel.domain.timing import resolve
from funnel.domain.tunnel.program import Mail, Program
from funnel.domain.tunnel.scenario import Scenario

PARIS = "Europe/Paris"
MONDAY = datetime(2026, 6, 1, 8, tzinfo=UTC)
"""A Monday in June, ten o'clock in Paris: far from clock changes, inside the sending window."""

COMPANY = """
name: Verdanne
legal_name: Verdanne SAS
postal_address: [18 rue des Tisserands, 69001 Lyon]
brand: {primary: "#0b5d4e", accent: "#e2711d"}
zone: Europe/Paris
country: FR
locales: [en]
sender: {name: Verdanne, email: hello@verdanne.example}
privacy_notice: We keep your answers.
privacy_contact: privacy@verdanne.example
consents:
  follow_up_email: {text: You may write to me.}
  visit_tracking: {text: You may see what I read.}
statuses: {warm: Warm, cold: Cold}
tags: {interest: [vip, plan, late]}
teams: [{id: consulting, name: Consulting}, {id: service, name: Service}]
users:
  - {id: camille, name: Camille, email: camille@verdanne.example, role: rep, team: consulting}
  - {id: idris, name: Idris, email: idris@verdanne.example, role: rep, team: consulting}
  - {id: maud, name: Maud, email: maud@verdanne.example, role: rep, team: service}
appointment_types:
  - {id: call, title: A call, minutes: 30, team: consulting, reminders: []}
  - {id: visit, title: A visit, minutes: 60, team: consulting, hands_over: false, reminders: []}
thresholds: [{score: 50, because: Reached 50}]
webhooks: [{id: crm, url: "https://crm.verdanne.example/hook"}]
"""

QUESTIONNAIRE = """
questionnaire: cx
title: How good
themes: [{id: people, title: People, advice: [{below: 101, text: Go on.}]}]
pages:
  - title: People
    questions:
      - {id: team, kind: single, theme: people, text: A team, choices: [{id: none, text: None}, {id: some, text: Some}]}
bands: [{id: low, at_least: 0, title: Low, summary: Low.}, {id: high, at_least: 60, title: High, summary: High.}]
"""

MAILS = {name: Mail(name, "asked", None) for name in ("results", "confirmation")} | {
    name: Mail(name, "marketing", "follow_up_email") for name in ("offer", "reminder", "news", "last_call")
}
"""`results` and `confirmation` were asked for; the others are marketing."""

WILLING = {"follow_up_email": True, "visit_tracking": False}
HEAD = {"title": "A tunnel", "offer": "audit", "why": "volume", "team": "consulting"}

_COMPANY = Company.model_validate(yaml.safe_load(COMPANY))
_WORDS = scenario_vocabulary({"cx": Questionnaire.model_validate(yaml.safe_load(QUESTIONNAIRE))}, _COMPANY)
WORDS = Vocabulary({**_WORDS.names, "segments": Declared("list")}, _WORDS.open_prefixes)
"""The names of conditions; each test has segments of its own."""


def paris(text: str) -> datetime:
    """The instant of a local time in Paris."""
    return resolve(datetime.fromisoformat(text), PARIS)


def program(sequence: str | Sequence[Any], name: str = "tunnel", version: str = "v1", **more: Any) -> Program:
    """A scenario compiled from the YAML of its sequence."""
    steps = yaml.safe_load(sequence) if isinstance(sequence, str) else sequence
    scenario = Scenario.model_validate({"scenario": name, **HEAD, **more, "sequence": steps})
    compiled = compile_scenario(scenario, version, WORDS, MAILS)
    errors = [problem for problem in compiled.problems if problem.level == "error"]
    assert not errors, errors
    return compiled.program


def book_of(*programs: Program, **changed: Any) -> Book:
    """A book in which the last version given of each scenario is current; `scoring` and `thresholds` may be YAML."""
    written = {name: text for name, text in changed.items() if isinstance(text, str)}
    company, judged = _company_of(tuple(written.items()))
    return Book(
        company=company.model_copy(update={name: one for name, one in changed.items() if name not in written}),
        programs={(p.name, p.version): p for p in programs},
        current={p.name: p.version for p in programs},
        **judged,
    )


@cache
def _company_of(written: tuple[tuple[str, str], ...]) -> tuple[Company, Mapping[str, Any]]:
    """The company with parts of its file written anew, its rules of points, its segments and suggestions."""
    if not written:
        return _COMPANY, {}
    parts = {name: read_yaml(name, text.encode()).data for name, text in written}
    company = Company.model_validate({**yaml.safe_load(COMPANY), **parts})
    words = scenario_vocabulary({"cx": Questionnaire.model_validate(yaml.safe_load(QUESTIONNAIRE))}, company)
    segments, problems = compile_segments(company.segments, words)
    rules, more = compile_rules(company.scoring, words, segments)
    suggestions, others = compile_suggestions(company.suggestions, words)
    assert not [*problems, *more, *others]
    return company, {"rules": rules, "segments": segments, "suggestions": suggestions}
