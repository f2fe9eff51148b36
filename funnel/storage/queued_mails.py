"""What a decision does to the mails and calls in the outbox: some are skipped, let go after all or recalled, and new
ones are put."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from funnel.domain import effects as do
from funnel.domain.engine.mails import NO_CONSENT
from funnel.domain.lead import Lead
from funnel.storage import leads, outbox
from funnel.storage.given_back import give_back_unsent


def write(
    connection: Connection, before: Mapping[int, Lead], effects: Sequence[tuple[int, do.Effect]], now: datetime
) -> None:
    """Skip, let go after all and recall what these effects (each with its lead's id) say of mails, then put their own;
    `before` are the leads as they were."""
    skips = [(lead_id, e) for lead_id, e in effects if isinstance(e, do.SkipQueued)]
    outbox.skip_marketing(
        connection, [{"lead_id": lead_id, "reason": e.reason} for lead_id, e in skips if e.scenario is None]
    )
    outbox.skip_pass(
        connection,
        [
            {"lead_id": lead_id, "reason": e.reason, "scenario": e.scenario, "pass_number": e.pass_number}
            for lead_id, e in skips
            if e.scenario is not None
        ],
    )
    outbox.skip_withdrawn(
        connection,
        [
            {"lead_id": lead_id, "purpose": purpose, "reason": NO_CONSENT}
            for lead_id, purpose in sorted(withdrawn(effects))
        ],
    )
    _queue_again(connection, before, effects)
    outbox.recall(
        connection,
        [
            {"lead_id": lead_id, "cause": e.cause, "reason": e.reason}
            for lead_id, e in effects
            if isinstance(e, do.RecallMail)
        ],
        now,
    )
    outbox.add(connection, mail_rows(effects))
    give_back_unsent(connection, [lead_id for lead_id, e in effects if _keeps_mails_back(e)])


def _queue_again(connection: Connection, before: Mapping[int, Lead], effects: Sequence[tuple[int, do.Effect]]) -> None:
    """Let mails leave after all: those of a lead, and of everybody for whom she stands, or stood until now."""
    again = _queued_again(effects)
    if not again:
        return
    joined = leads.all_joined(connection, sorted(again))
    parted = [(lead.merged_into, one) for one, lead in before.items() if lead.merged_into in again]
    rows = {
        one: {"lead_id": one, "reason": e.reason, "not_before": e.since}
        for lead_id, e in again.items()
        for one in (lead_id, *joined.get(lead_id, ()), *(other for stood, other in parted if stood == lead_id))
    }
    outbox.queue_again(connection, list(rows.values()))


def _queued_again(effects: Sequence[tuple[int, do.Effect]]) -> dict[int, do.QueueAgain]:
    """By lead, what lets her mails leave after all and is not overtaken by another skipping."""
    found: dict[int, do.QueueAgain] = {}
    for lead_id, effect in effects:
        if isinstance(effect, do.QueueAgain):
            found[lead_id] = effect
        elif isinstance(effect, do.SkipQueued) and effect.scenario is None:
            found.pop(lead_id, None)
    return found


def _keeps_mails_back(effect: do.Effect) -> bool:
    """Whether a mail that waits may never leave because of this."""
    refuses = isinstance(effect, do.RecordConsent) and not effect.given
    return refuses or isinstance(effect, do.SkipQueued | do.RecallMail)


def withdrawn(effects: Sequence[tuple[int, do.Effect]]) -> set[tuple[int, str]]:
    """The (lead id, purpose) of each consent that was withdrawn and not given again since."""
    given = {(lead_id, e.purpose): e.given for lead_id, e in effects if isinstance(e, do.RecordConsent)}
    return {one for one, agrees in given.items() if not agrees}


def mail_rows(effects: Sequence[tuple[int, do.Effect]]) -> list[dict[str, Any]]:
    """The outbox rows of a decision. A marketing mail queued before a `SkipQueued` of its lead, or before its purpose
    was withdrawn, is born skipped; a row tells the door how it ended when its lead now awaits something after it."""
    awaited = {
        (lead_id, effect.enrolment.scenario, effect.enrolment.pass_number): effect.enrolment.mail
        for lead_id, effect in effects
        if isinstance(effect, do.PutEnrolment)
    }
    skipped_later: dict[int, str] = {}
    again: dict[int, do.QueueAgain] = {}
    passes_over: dict[tuple[int, str | None, int | None], str] = {}
    recalled: dict[tuple[int, str], str] = {}
    refused = withdrawn(effects)
    rows: list[dict[str, Any]] = []
    for lead_id, effect in reversed(effects):
        if isinstance(effect, do.SkipQueued):
            if effect.scenario:
                passes_over[lead_id, effect.scenario, effect.pass_number] = effect.reason
            elif lead_id not in again or again[lead_id].reason != effect.reason:
                skipped_later[lead_id] = effect.reason
        elif isinstance(effect, do.QueueAgain):
            again[lead_id] = effect
        elif isinstance(effect, do.RecallMail):
            recalled[lead_id, effect.cause] = effect.reason
        elif isinstance(effect, do.SendEmail) and (lead_id, effect.cause) in recalled:
            rows.append(_recalled(lead_id, effect, recalled[lead_id, effect.cause]))
        elif isinstance(effect, do.SendEmail):
            skip = effect.skip or passes_over.get((lead_id, effect.scenario, effect.pass_number))
            if effect.kind == "marketing":
                skip = skip or skipped_later.get(lead_id)
                skip = skip or (NO_CONSENT if (lead_id, effect.purpose) in refused else None)
            place = (lead_id, effect.scenario or "", effect.pass_number or 0)
            rows.append(_mail_row(lead_id, effect, skip, awaited.get(place) == effect.cause))
        elif isinstance(effect, do.CallWebhook):
            rows.append(_webhook_row(lead_id, effect))
    rows.reverse()
    return rows


def _mail_row(lead_id: int, e: do.SendEmail, skip: str | None, tells: bool) -> dict[str, Any]:
    return {
        "key": f"{lead_id}/{e.cause}:{e.message}:{e.recipient}:mail", "lead_id": lead_id, "channel": "mail",
        "kind": e.kind, "message": e.message, "version": e.version, "recipient": e.recipient, "purpose": e.purpose,
        "scenario": e.scenario, "pass_number": e.pass_number, "step": e.step, "cause": e.cause, "data": e.data,
        "planned_at": e.at, "not_before": e.not_before, "state": "skipped" if skip else "ready", "reason": skip,
        "tells": tells, "told": False, "attempts": 0,
    }  # fmt: skip


def _recalled(lead_id: int, e: do.SendEmail, reason: str) -> dict[str, Any]:
    """A mail that was queued and recalled within one decision; its key stays free."""
    row = _mail_row(lead_id, e, e.skip or reason, False)
    return row | {"key": f"{row['key']}#0"}


def _webhook_row(lead_id: int, e: do.CallWebhook) -> dict[str, Any]:
    return {
        "key": f"{lead_id}/{e.cause}:{e.webhook}:{e.webhook}:webhook", "lead_id": lead_id, "channel": "webhook",
        "kind": "webhook", "message": e.webhook, "version": None, "recipient": e.webhook, "purpose": None,
        "scenario": e.scenario, "pass_number": e.pass_number, "step": e.step, "cause": e.cause, "data": e.data,
        "planned_at": e.at, "not_before": e.at, "state": "ready", "reason": None, "tells": False, "told": False,
        "attempts": 0,
    }  # fmt: skip
