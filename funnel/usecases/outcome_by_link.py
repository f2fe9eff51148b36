"""A rep says how an appointment went by the link of her daily mail, without a log-in (S92).

The link is for one appointment of hers and can do one thing: mark it held or missed. It ends a fortnight after the
appointment, with the next password she sets, and when the appointment or its rep is somebody else's.
"""

from funnel.domain.company import User
from funnel.links import Purpose
from funnel.storage import installation, users
from funnel.usecases.addresses import OUTCOME_LASTS, Account
from funnel.usecases.errors import NotFound
from funnel.usecases.house import House
from funnel.usecases.mark_outcome import OutcomePage, mark_appointment, read_outcome


def open_outcome(house: House, text: str) -> tuple[User, Account, OutcomePage]:
    """Whose link it is, and what it asks; it changes nothing. `BadToken` or `NotFound` when it opens nothing."""
    token = house.links.read(text, Purpose.OUTCOME)
    with house.database.read() as connection:
        company = house.shelf.published(connection, installation.moment(connection).revision).company.company
        row = users.by_number(connection, token.number)
    user = company.rep(row["id"]) if row else None
    if user is None or row is None or row["generation"] != token.generation:
        raise NotFound("this link has ended")
    found = read_outcome(house, user, token.subject)
    if found.appointment.rep != user.id or found.appointment.ends_at + OUTCOME_LASTS < found.now:
        raise NotFound("this link has ended")
    return user, (token.number, token.generation), found


def mark_by_link(house: House, text: str, *, held: bool) -> None:
    """Mark it, as `mark_appointment` does; `NotFound` when the link opens nothing, `Conflict` when it cannot be."""
    user, _account, found = open_outcome(house, text)
    mark_appointment(house, user, found.appointment.id, held=held)
