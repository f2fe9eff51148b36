"""Erasure: every personal datum of a lead goes, in every table; what figures are made of stays, without a way back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, select, update

from funnel.storage import calls_to_action, tracking, visitors
from funnel.storage.answers import answers
from funnel.storage.enrolments import enrolments
from funnel.storage.events import beside, events, facts
from funnel.storage.folded import folded
from funnel.storage.handoffs import handoffs, tasks
from funnel.storage.installation import audit
from funnel.storage.leads import tags
from funnel.storage.outbox import WAITING, attempts, outbox
from funnel.storage.scores import score_entries
from funnel.storage.submissions import submissions

ERASED = "erased"
"""What stands where words about somebody stood, and why her queued mails are skipped."""

_OF_NOBODY = frozenset(
    (
        *("scenario", "pass_number", "step", "due_at", "outcome", "cause", "type", "rep", "starts_at", "ends_at"),
        *("appointment", "questionnaire", "score", "share", "themes", "band", "points", "handoff", "purpose", "given"),
        *("sheet", "submission", "until", "language", "created", "answered", "asset", "hold", "starts", "replaces"),
        *("again_at", "task", "message", "link", "touched", "verdict"),
    )
)
"""What an event may keep: which step, when, how it ended; nothing that somebody typed."""

_TOLD_TO_STAFF = "house/appointment_cancelled_rep"


def mails_about(connection: Connection, lead_id: int) -> list[str]:
    """The Message-IDs of every mail to her or about her."""
    wanted = select(outbox.c.message_id).where(outbox.c.lead_id == lead_id, outbox.c.message_id.is_not(None))
    found = [str(one) for one in connection.execute(wanted).scalars()]
    return [*found, *(row["message_id"] for row in _naming(connection, lead_id) if row["message_id"])]


def _naming(connection: Connection, lead_id: int) -> list[Mapping[str, Any]]:
    """The written mails to staff that are not hers and name her: those that belong to no lead and tell of her among
    others, and those about a lead with whom she was ever joined, whose history tells that. Asked before her own events
    are emptied, for they say with whom."""
    written = select(outbox.c.id, outbox.c.message_id, outbox.c.frozen).where(outbox.c.frozen.is_not(None))
    of_nobody = connection.execute(written.where(outbox.c.lead_id.is_(None))).mappings()
    among: list[Mapping[str, Any]] = [
        dict(row) for row in of_nobody if lead_id in (row["frozen"] or {}).get("about", ())
    ]
    others = beside(connection, [lead_id]).get(lead_id)
    if not others:
        return among
    to_staff = select(outbox.c.id, outbox.c.message_id).where(
        outbox.c.frozen.is_not(None), outbox.c.lead_id.in_(others), outbox.c.recipient.startswith("user:")
    )
    return [*among, *(dict(row) for row in connection.execute(to_staff).mappings())]


def erase(connection: Connection, lead_id: int, at: datetime) -> None:
    """Empty everything that tells who she was. Her own row, handoffs and enrolments are written by the decision; rows,
    states, days and points stay."""
    naming = [row["id"] for row in _naming(connection, lead_id)]
    connection.execute(delete(tags).where(tags.c.lead_id == lead_id))
    connection.execute(
        update(submissions).where(submissions.c.lead_id == lead_id).values(fields={}, source={}, page="")
    )
    _empty_sources(connection, lead_id)
    sheets = select(answers.c.id, answers.c.band, answers.c.follow_up).where(answers.c.lead_id == lead_id)
    for row in connection.execute(sheets).mappings().all():
        twins = folded({"band": row["band"], "follow_up": row["follow_up"]})
        connection.execute(update(answers).where(answers.c.id == row["id"]).values(values={}, folded=twins))
    points = update(score_entries).where(score_entries.c.lead_id == lead_id)
    connection.execute(points.values(because=ERASED, source=""))
    connection.execute(update(enrolments).where(enrolments.c.lead_id == lead_id).values(reason=None))
    connection.execute(update(facts).where(facts.c.lead_id == lead_id).values(account=None))
    _empty_events(connection, lead_id)
    tracking.forget(connection, lead_id)
    visitors.withdraw_lead(connection, lead_id, at)
    _empty_outbox(connection, lead_id)
    if naming:  # one that has not left is written again, without her
        connection.execute(update(outbox).where(outbox.c.id.in_(naming)).values(frozen=None))
    connection.execute(
        update(handoffs)
        .where(handoffs.c.lead_id == lead_id, handoffs.c.return_reason.is_not(None))
        .values(return_reason=ERASED)
    )
    own = tasks.c.lead_id == lead_id
    connection.execute(update(tasks).where(own).values(text=ERASED, note=None))
    connection.execute(update(tasks).where(own, tasks.c.done_at.is_(None)).values(done_at=at, done_by=ERASED))
    connection.execute(update(audit).where(audit.c.subject == str(lead_id)).values(details={}))


def _empty_sources(connection: Connection, lead_id: int) -> None:
    """By which place she came tells nothing of her: it is published, or others came by it too. Anything else somebody
    may have typed into an address."""
    published = calls_to_action.every(connection)
    codes = [one["code"] for one in published]
    named = [*codes, *(name for one in published if (name := one["definition"]["utm"]["source"]))]
    own = submissions.c.lead_id == lead_id
    connection.execute(update(submissions).where(own, submissions.c.cta.not_in(codes)).values(cta=None))
    connection.execute(update(facts).where(facts.c.lead_id == lead_id, facts.c.cta.not_in(codes)).values(cta=None))
    others = facts.alias()
    shared = exists().where(others.c.source == facts.c.source, others.c.lead_id != lead_id)
    alone = (facts.c.lead_id == lead_id) & facts.c.source.not_in(named) & ~shared
    connection.execute(update(facts).where(alone).values(source=None))


def _empty_events(connection: Connection, lead_id: int) -> None:
    rows = select(events.c.recorded_at, events.c.id, events.c.payload).where(events.c.lead_id == lead_id)
    for row in connection.execute(rows).mappings().all():
        connection.execute(
            update(events)
            .where(events.c.recorded_at == row["recorded_at"], events.c.id == row["id"])
            .values(payload=_kept(row["payload"]), failed=None)
        )


def _kept(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name in _OF_NOBODY}


def _empty_outbox(connection: Connection, lead_id: int) -> None:
    """Nothing more leaves to her or about her, but the cancellation that frees a rep's time."""
    own = outbox.c.lead_id == lead_id
    waiting = outbox.c.state.in_((*WAITING, "in_doubt"))
    connection.execute(
        update(outbox)
        .where(own, waiting, outbox.c.message != _TOLD_TO_STAFF)
        .values(state="skipped", reason=ERASED, claimed_by=None, told=True)
    )
    connection.execute(update(outbox).where(own).values(frozen=None))
    for row in connection.execute(select(outbox.c.id, outbox.c.data).where(own)).mappings().all():
        if "reason" in row["data"]:
            data = {name: value for name, value in row["data"].items() if name != "reason"}
            connection.execute(update(outbox).where(outbox.c.id == row["id"]).values(data=data))
    connection.execute(update(outbox).where(own, outbox.c.channel == "webhook").values(data={}))
    replied = outbox.c.state.in_(("refused", "failed"))
    connection.execute(update(outbox).where(own, replied).values(reason=ERASED))
    mine = select(outbox.c.id).where(own)
    connection.execute(update(attempts).where(attempts.c.outbox_id.in_(mine)).values(reply=""))
