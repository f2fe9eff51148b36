"""The address was mistyped: the browser that sent the form gives another, and what she asked for goes there."""

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.storage import installation, leads, snapshot
from funnel.usecases.errors import Invalid, NotFound
from funnel.usecases.house import House
from funnel.usecases.record_events import Recorded, record, ring
from funnel.usecases.submit_form import PATIENCE, read_address


def correct_address(house: House, lead_id: int, scenario: str, pass_number: int, address: str) -> tuple[int, str]:
    """Set the address of a lead who has not proven hers; (lead id, address). `Invalid` when it is none.

    An address that belongs to another lead is not taken from her: the answers are added to that lead as any form by
    an unproven browser would be, and the mistyped one is left with nothing more to come. The page says the same.
    """
    errors: dict[str, str] = {}
    fields = read_address(address, errors)
    if errors:
        raise Invalid(errors)

    def work(connection: Connection) -> tuple[Recorded, int]:
        moment = installation.moment(connection)
        lead = snapshot.load(connection, [lead_id]).get(lead_id)
        if lead is None:
            raise NotFound("this form is not here any more")
        other = leads.find(connection, fields["email_key"])
        if other is None or other == lead_id:
            event = on.EmailCorrected(
                lead_id=lead_id,
                occurred_at=moment.now,
                email=fields["email"],
                scenario=scenario,
                pass_number=pass_number,
                key=f"correct/{lead_id}/{fields['email_key']}",
            )
            return record(connection, house, [event], moment), lead_id
        batch: list[on.AnyEvent] = [
            on.EmailCorrected(
                lead_id=lead_id,
                occurred_at=moment.now,
                email=fields["email"],
                scenario=scenario,
                pass_number=pass_number,
                elsewhere=True,
                key=f"correct/{lead_id}/{fields['email_key']}",
            )
        ]
        sheet = next(
            (s for s in reversed(lead.answers) if (s.scenario, s.pass_number) == (scenario, pass_number)), None
        )
        again = f"{sheet.id if sheet else lead_id}-corrected"[:64]
        batch.append(
            on.FormSubmitted(
                lead_id=other,
                occurred_at=moment.now,
                key=f"form/{again}",
                scenario=scenario,
                submission=again,
                fields={"name": lead.name, "email": fields["email"]},
                language=lead.language,
                zone=lead.zone,
                source=lead.source,
                answered=sheet is not None,
            )
        )
        if sheet:
            batch.append(
                on.QuestionnaireCompleted(
                    lead_id=other,
                    occurred_at=moment.now,
                    key=f"answers/{again}",
                    sheet=again,
                    questionnaire=sheet.questionnaire,
                    values=sheet.values,
                    score=sheet.score,
                    share=sheet.share,
                    themes=sheet.themes,
                    band=sheet.band,
                    scenario=scenario,
                    submission=again,
                )
            )
        return record(connection, house, batch, moment), lead_id

    recorded, kept = house.database.repeating(work, patience=PATIENCE, tries=2)
    ring(house, recorded)
    return kept, fields["email"]
