"""A mail of a scenario to oneself: through the outbox and the real relay, marked, about no lead and counted nowhere."""

from funnel.domain.company import User
from funnel.storage import installation, outbox
from funnel.storage.database import instant_text
from funnel.usecases.house import House, new_id
from funnel.usecases.staff_mail import staff_row
from funnel.usecases.studio.samples import Sample, Samples, write_sample

MARK = "[Test] "
"""What its subject begins with."""


def send_test(house: House, who: User, samples: Samples, sample: Sample, language: str) -> str:
    """Queue the mail as the sample lead would get it, to the user's own address; the subject it will have.

    Its row belongs to no lead and to no scenario, so no figure, ledger line or history of one knows of it. An
    invitation stays behind: it would stand in the user's own diary. `ValueError` for a template that does not fit.
    """
    shown = write_sample(house, samples, sample, language)
    marked = {
        **shown.frozen,
        "to": [who.name, who.email],
        "reply_to": None,
        "one_click": None,
        "meeting": None,
        "mark": MARK,
    }
    with house.database.write() as connection:
        now = installation.moment(connection).now
        cause = f"{who.id}/{new_id()}"
        frozen = {**marked, "date": instant_text(now)}
        row = {**staff_row(cause, sample.message, who.id, now), "frozen": frozen}
        outbox.add(connection, [row])
        installation.write_audit(connection, who.id, "test_mail", sample.message, {"language": language}, now)
    house.bell.ring("mail")
    return MARK + shown.texts.subject
