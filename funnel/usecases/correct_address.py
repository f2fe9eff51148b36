"""The address was mistyped: the browser that sent the form gives another, and what she asked for goes there."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.engine.forms import CONFIRM_CONSENT
from funnel.domain.engine.mails import ADDRESS_CORRECTED
from funnel.domain.engine.meeting_mails import INVITATION
from funnel.domain.lead import AnswerSheet, Lead
from funnel.storage import events, installation, leads, outbox, snapshot, submissions, suppressions
from funnel.storage.installation import Moment
from funnel.usecases.errors import Invalid, NotFound
from funnel.usecases.find_lead import find_or_make
from funnel.usecases.house import House
from funnel.usecases.record_events import Recorded, record, ring
from funnel.usecases.submit_form import PATIENCE, read_address
from funnel.usecases.waiting_consents import decided_at, waiting_consents


@dataclass(frozen=True)
class Corrected:
    """The address written to now, and the submission that stands for this browser's form from here on; those of its
    `others` that have gone there with it."""

    email: str
    submission: str
    others: Sequence[str] = ()


def correct_address(house: House, submission: str, own: Collection[str], address: str, language: str) -> Corrected:
    """Give a form another address. `own` are the submissions of this browser; `Invalid` when it is no address,
    `NotFound` for the form of somebody erased.

    Where the form made the lead and nobody else has written to her, her address is changed. A lead who was known
    before, or proven, keeps hers: whoever typed it may be a stranger, so nothing of hers goes elsewhere or stops, and
    the form is given to the lead of the other address as any form by an unproven browser would be. So are all forms
    where nobody else has written to her and the address is another lead's, or one of the two addresses had stopped the
    mails before any of this: who that was is asked. The page says the same each time.
    """
    errors: dict[str, str] = {}
    fields = read_address(address, errors)
    if errors:
        raise Invalid(errors)

    def work(connection: Connection) -> tuple[Recorded, list[str]]:
        moment = installation.moment(connection)
        form = submissions.read(connection, submission)
        lead = snapshot.load(connection, [form["lead_id"]]).get(form["lead_id"]) if form else None
        if form is None or lead is None or lead.erased:
            raise NotFound("this form is not here any more")
        forms = submissions.of_lead(connection, lead.id)
        hers = {row["id"] for row in forms} <= {submission, *own} and not lead.email_proven
        other = leads.find(connection, fields["email_key"])
        if other == lead.id:
            return Recorded(), [submission]
        if hers and other is None and not _listed(connection, house, lead, fields["email"]):
            company = house.shelf.published(connection, moment.revision).company.company
            waiting = tuple(one for one in waiting_consents(connection, lead) if company.confirms(one))
            event = replace(
                _corrected(connection, lead, form, fields, moment),
                to_confirm=waiting,
                booked_by=_booked_by(connection, lead),
            )
            recorded = record(connection, house, [event], moment).insist()
            outbox.supersede(connection, lead.id, f"submission/{event.key}", ADDRESS_CORRECTED)
            outbox.keep_newest(connection, lead.id, CONFIRM_CONSENT, ADDRESS_CORRECTED)
            for meeting in lead.appointments:
                outbox.keep_newest(connection, lead.id, INVITATION, ADDRESS_CORRECTED, f"appointment/{meeting.id}/")
            return recorded, [submission]
        created = False
        if other is None:
            other, created = find_or_make(connection, house, fields["email"], fields["email_key"], language, moment.now)
        batch: list[on.AnyEvent] = []
        kept: list[str] = []
        for one in [*(row for row in forms if hers and row["id"] != submission), form]:
            again = _Again(one, f"{one['id'][:40]}-{other}", fields["email"], language)
            if hers:
                batch.append(_corrected(connection, lead, one, fields, moment, elsewhere=True))
            batch += _given_to(connection, lead, other, again, moment, created=created and not kept)
            kept.append(again.submission)
        return record(connection, house, batch, moment).insist(), kept

    recorded, (*others, kept) = house.database.repeating(work, patience=PATIENCE, tries=2)
    ring(house, recorded)
    return Corrected(fields["email"], kept, others)


def _booked_by(connection: Connection, lead: Lead) -> dict[str, str]:
    """Who has booked each of her appointments, by its number."""
    if not lead.appointments:
        return {}
    booked = events.all_of(connection, [lead.id], on.AppointmentBooked)
    return {str(one.appointment): one.by for one in booked if isinstance(one, on.AppointmentBooked)}


def _listed(connection: Connection, house: House, lead: Lead, address: str) -> bool:
    """Whether the address has stopped the mails, or the lead's has and not she."""
    hashed = suppressions.address_hash(house.shelf.suppression_key(connection), address)
    if suppressions.among(connection, [hashed]):
        return True
    return lead.unsubscribed and not any(
        row["kind"] == on.Unsubscribed.__name__ for row in events.of_lead(connection, lead.id)
    )


@dataclass(frozen=True)
class _Again:
    """The form as it is given to the lead of the other address."""

    form: Mapping[str, Any]
    submission: str
    email: str
    language: str


def _key(*parts: str) -> str:
    """Under which a correction counts once: to the same address and back again counts each time, and no address can be
    read from it."""
    return "correct/" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _corrected(
    connection: Connection,
    lead: Lead,
    form: Mapping[str, Any],
    fields: Mapping[str, str],
    moment: Moment,
    *,
    elsewhere: bool = False,
) -> on.EmailCorrected:
    sheet = _sheet(lead, form)
    passes = [e.pass_number for e in lead.enrolments if e.scenario == form["scenario"]]
    before = sum(row["kind"] == "EmailCorrected" for row in events.of_lead(connection, lead.id))
    pass_number = sheet.pass_number if sheet and sheet.pass_number else max(passes, default=1)
    return on.EmailCorrected(
        lead_id=lead.id,
        occurred_at=moment.now,
        email=fields["email"],
        scenario=form["scenario"],
        pass_number=pass_number,
        elsewhere=elsewhere,
        key=_key(form["id"], lead.email, fields["email"], str(before)),
    )


def _sheet(lead: Lead, form: Mapping[str, Any]) -> AnswerSheet | None:
    return next((one for one in lead.answers if one.id == form["id"]), None)


def _said(connection: Connection, lead: Lead, form: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the form's event said, its ticks among it: those of an unproven browser stand nowhere else."""
    rows = (row for row in events.of_lead(connection, lead.id) if row["kind"] == "FormSubmitted")
    return next((row["payload"] for row in rows if row["payload"]["submission"] == form["id"]), {})


def _given_to(
    connection: Connection, lead: Lead, other: int, again: _Again, moment: Moment, *, created: bool
) -> list[on.AnyEvent]:
    """The same form, with what it said itself and nothing that is stored about the lead who had it first."""
    form = again.form
    sheet = _sheet(lead, form)
    said = _said(connection, lead, form)
    ticks = said.get("consents", {})
    batch: list[on.AnyEvent] = [
        on.FormSubmitted(
            lead_id=other,
            occurred_at=moment.now,
            key=f"form/{again.submission}",
            scenario=form["scenario"],
            submission=again.submission,
            fields={**form["fields"], "email": again.email},
            consents=ticks,
            wordings=said.get("wordings", {}),
            page=form["page"],
            language=again.language,
            source=form["source"],
            created=created,
            answered=sheet is not None,
            decided_at=decided_at(connection, other, [one for one, given in ticks.items() if given]),
        )
    ]
    if sheet:
        batch.append(
            on.QuestionnaireCompleted(
                lead_id=other,
                occurred_at=moment.now,
                key=f"answers/{again.submission}",
                sheet=again.submission,
                questionnaire=sheet.questionnaire,
                values=sheet.values,
                score=sheet.score,
                share=sheet.share,
                themes=sheet.themes,
                band=sheet.band,
                scenario=form["scenario"],
                submission=again.submission,
            )
        )
    return batch
