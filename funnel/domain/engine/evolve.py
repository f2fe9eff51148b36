"""What an effect does to the snapshot; storage does the same to the tables."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from funnel.domain import effects as do
from funnel.domain.lead import Lead

T = TypeVar("T")


def evolve(lead: Lead, effect: do.Effect) -> Lead:
    """The lead after the effect. Effects that leave the snapshot as it is (mails, tasks, facts) return it unchanged."""
    match effect:
        case do.PutEnrolment(enrolment):
            return replace(
                lead,
                enrolments=_put(
                    lead.enrolments,
                    enrolment,
                    lambda e: (e.scenario, e.pass_number) == (enrolment.scenario, enrolment.pass_number),
                ),
            )
        case do.ChangeDetails(changes):
            return replace(lead, **changes)
        case do.SetStage(stage):
            return replace(lead, stage=stage)
        case do.RecordConsent(purpose=purpose, given=given):
            return replace(lead, consents={**lead.consents, purpose: given})
        case do.EraseLead(pseudonym):
            return _erased(lead, pseudonym)
        case do.StoreAnswers(sheet):
            return replace(lead, answers=(*lead.answers, sheet))
        case do.AddTag(tag):
            return replace(lead, tags=lead.tags | {tag})
        case do.RemoveTag(tag):
            return replace(lead, tags=lead.tags - {tag})
        case do.AddScore(entry):
            return replace(lead, score=lead.score + entry.points, entries=(*lead.entries, entry))
        case do.Suppress():
            return replace(lead, unsubscribed=True)
        case do.LiftSuppression():
            return replace(lead, unsubscribed=False)
        case do.PutAppointment(appointment):
            return replace(lead, appointments=_put(lead.appointments, appointment, lambda a: a.id == appointment.id))
        case do.PutHandoff(handoff):
            return replace(lead, handoffs=_put(lead.handoffs, handoff, lambda h: h.id == handoff.id))
        case _:
            return lead


def _erased(lead: Lead, pseudonym: str) -> Lead:
    return replace(
        lead,
        email=pseudonym,
        name="",
        phone=None,
        company=None,
        position=None,
        zone=None,
        status=None,
        email_proven=False,
        unsubscribed=True,
        source={},
        tags=frozenset(),
        consents=dict.fromkeys(lead.consents, False),
        profiles={},
        segments={},
        suggestions={},
        declined={},
        unsure={},
        slow=False,
        generation=lead.generation + 1,
        entries=tuple(replace(one, because=ERASED, source="") for one in lead.entries),
        review_at=None,
        answers=tuple(replace(sheet, values={}) for sheet in lead.answers),
        enrolments=tuple(replace(one, reason=None) for one in lead.enrolments),
        handoffs=tuple(
            replace(one, because=(ERASED,) * len(one.because), return_reason=one.return_reason and ERASED, scores={})
            for one in lead.handoffs
        ),
    )


ERASED = "erased"
"""What stands where words about her stood."""


def _put(items: tuple[T, ...], item: T, same: Callable[[T], bool]) -> tuple[T, ...]:
    """The items with `item` in the place of the one that is the same, else at the end."""
    if any(same(old) for old in items):
        return tuple(item if same(old) else old for old in items)
    return (*items, item)
