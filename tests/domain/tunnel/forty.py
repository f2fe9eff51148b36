"""A scenario of forty steps: choices in choices, awaits in awaits, ways that meet again and ways that end, a loop."""

from funnel.domain.tunnel.program import Program
from tests.domain.engine.world import program

SEQUENCE = """
- email: results
- choose:
    - when: answers.cx.band == "low" and lead.phone is known
      do:
        - score: 15
        - tag: plan
        - choose:
            - {when: "lead.position in [\\"CEO\\", \\"COO\\", \\"Managing director\\"]", do: [{score: 20}, {tag: vip}]}
            - {when: lead.company is known, do: [{score: 5}]}
          otherwise: [{status: cold}]
    - when: answers.cx.band == "high"
      do: [{score: 25}, {wait: 1 hour}, {email: offer, id: offer_at_once}]
    - when: answers.cx.score >= 3
      do: []
  otherwise: [{score: 5, because: Nothing is known}]
- when: lead.phone is known
  do: [{score: 10, because: Left a telephone number}]
- wait: 2 days
- email: offer
  unless: appointment.booked
  propose: {appointment: call}
- await: appointment.booked
  appointment: call
  within: 5 days
  otherwise:
    - email: reminder
      propose: {appointment: call}
    - await: appointment.booked
      appointment: call
      within: 10 days
      otherwise:
        - task: {call: call, within: 2 working days}
        - await: appointment.booked
          within: 1 month
          otherwise: [{end: no_answer}]
    - tag: late
- hand_off: {because: "She booked, a Größe with <angle> & \\"quotes\\""}
- await: appointment.held
  within: 60 days
  otherwise:
    - choose:
        - {when: score >= 80, do: [{task: Call her by hand}, {wait: 3 days}]}
      otherwise: [{end: not_held}]
- webhook: crm
- choose:
    - {when: '"vip" in tags', do: [{email: summary, id: summary_vip}]}
    - {when: score >= 50, do: [{email: summary}, {wait: 1 week}]}
  otherwise: [{wait: 3 months}, {start: tunnel, unless: appointment.missed}, {end: again}]
- status: warm
- wait: 1 day
- email: thanks
- tag: happy
"""


def forty() -> Program:
    """It compiled."""
    return program(SEQUENCE)
