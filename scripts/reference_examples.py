"""The examples of docs/scenario-reference.md: a sound home with every file kind and every verb, held by the linter."""

from collections.abc import Mapping

from funnel.cli.new import starter

EXAMPLES: Mapping[str, str] = {
    "scenario": "scenarios/check_up.yaml",
    "company": "scenarios/company.yaml",
    "questionnaire": "scenarios/questionnaires/working_day.yaml",
    "persona": "scenarios/personas/team_lead.yaml",
    "email": "email_templates/check_up/invitation/email.yaml",
}
"""For each kind of file the one that is shown."""

VERB_EXAMPLES: Mapping[str, str] = {
    "email": """\
  - email: invitation
    unless: appointment.booked
    propose: {appointment: first_call}
""",
    "wait": """\
  - wait: 2 days
""",
    "await": """\
  - await: appointment.booked
    appointment: first_call
    within: 5 days
    otherwise:
      - email: reminder
        unless: appointment.booked
        propose: {appointment: first_call}
      - await: appointment.booked
        appointment: first_call
        within: 10 days
        otherwise: [{end: no_answer}]
""",
    "choose": """\
  - choose:
      - when: answers.working_day.band == "crowded"
        do: [{score: 30}]
      - when: answers.working_day.score.meetings >= 3 and lead.phone is known
        do: [{score: 10}]
    otherwise: []
""",
    "when": """\
  - when: answers.working_day.change == "this_month"
    do:
      - score: 20
        because: {en: Wants to change something this month}
""",
    "hand_off": """\
  - hand_off: {team: advice, because: {en: Asked for an offer}}
    otherwise: [{end: not_for_us}]
""",
    "task": """\
  - task: {text: {en: Send the plan}, within: 2 working days}
""",
    "book": """\
  - book: {appointment: first_call, after: 4 months}
""",
    "tag": """\
  - tag: wants_plan
""",
    "status": """\
  - status: plan_sent
""",
    "score": """\
  - score: -10
    because: {en: Only looking around}
""",
    "webhook": """\
  - webhook: crm
""",
    "start": """\
  - start: quick_check
""",
    "end": """\
  - end: plan_sent
""",
}
"""For each verb a step, as it stands in the scenario that is shown."""

_ORDER = (
    *("wait", "email", "await", "choose", "when", "score", "hand_off"),
    *("tag", "task", "book", "status", "webhook", "start", "end"),
)

_SCENARIO = """\
scenario: check_up
title: {en: Check-up}
offer: {en: A first call}
why: volume
persona: team_lead
team: advice
again: after 90 days
form:
  page: start
  questionnaire: working_day
  fields: {name: required, email: required, position: optional, phone: optional}
  consents: [follow_up_email]
magnet: {questionnaire: working_day}
leave_when: [unsubscribed, erased, disqualified]
sequence:
  - email: your_result
"""

_END = """\
targets: {visitors: 400, leads: 25%, booked: 10%}
expect:
  - lead: bo
    behaves: ignores
    answers: {change: this_year}
    gets: [your_result, invitation, reminder]
    ends: no_answer
"""

_PERSONA = """\
persona: team_lead
title: {en: Head of a small team}
size: {en: 5 to 50 people}
function: {en: Leads people and answers for results}
aims: [{en: An hour a day for the work itself}]
obstacles: [{en: No time to look for time}]
channels: [{en: Trade fairs}]
interests: [{en: Meetings that end}]
valid_when: lead.phone is known
"""

_MORE = """\

statuses:
  plan_sent: {en: Plan sent}
thresholds:
  - {score: 80, because: {en: Much to gain}}
webhooks:
  - {id: crm, title: {en: Customer file}, url: "https://crm.your-company.example/hook"}
"""


def files() -> dict[str, bytes]:
    """The home: the starter in English, with a second scenario made of every verb."""
    made = starter("Corner Works", ["en"])
    own = {path: text for path, text in made.items() if "/quick_check/" in path}
    made |= {path.replace("/quick_check/", "/check_up/"): text for path, text in own.items()}
    made["scenarios/check_up.yaml"] = _SCENARIO + "".join(VERB_EXAMPLES[verb] for verb in _ORDER) + _END
    made["scenarios/personas/team_lead.yaml"] = _PERSONA
    made["scenarios/company.yaml"] += _MORE
    return {path: text.encode() for path, text in made.items() if "/" in path}
