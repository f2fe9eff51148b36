"""Erasure: her scenarios end, her appointments are cancelled, her rep lets go, then everything personal goes."""

from dataclasses import replace

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.engine.meetings import call_off
from funnel.domain.engine.turn import Turn
from funnel.domain.engine.walk import end
from funnel.domain.lead import Lead

_GOES_ON = (on.ScoreReviewed,)
"""What still happens to somebody erased: her points fade, for figures count them. Whatever else is on its way then,
said by her, by the staff or by a machine, is about nobody: her scenarios, appointments and hand-over have ended."""


def comes_too_late(lead: Lead, event: on.AnyEvent) -> bool:
    """Whether she was erased while this was on its way: nobody is there of whom it could be kept."""
    return lead.erased and not isinstance(event, _GOES_ON)


def erasure_asked(turn: Turn, event: on.ErasureAsked) -> None:
    """Wherever she stands; twice changes nothing."""
    if turn.lead.erased:
        return
    for appointment in [a for a in turn.lead.appointments if a.open and a.ends_at > turn.now]:
        call_off(turn, appointment)
    for kind in sorted({kind.id for kind in turn.book.company.appointment_types}):
        turn.do(do.ReleaseHolds(kind))
    for enrolment in [e for e in turn.lead.enrolments if e.runs]:
        end(turn, enrolment, "erased")
    if turn.lead.handoff:
        turn.do(do.PutHandoff(replace(turn.lead.handoff, state="withdrawn"), turn.now))
    turn.do(do.RecordFact(key=f"{turn.lead.id}/erased", kind="erased", at=turn.now))
    turn.do(do.EraseLead(event.pseudonym, turn.now))
    for handoff in turn.lead.handoffs:
        turn.do(do.PutHandoff(handoff, turn.now))
