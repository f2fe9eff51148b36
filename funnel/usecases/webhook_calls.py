"""The calls to other systems, as the staff sees them: the newest, and a refused or failed one sent again."""

from collections.abc import Mapping
from typing import Any

from funnel.domain.company import User
from funnel.storage import installation, leads, outbox, outbox_lists
from funnel.usecases.errors import Conflict
from funnel.usecases.house import House
from funnel.usecases.people import require

_MOST = 200


def webhook_calls(house: House) -> list[Mapping[str, Any]]:
    """The newest webhook calls with their state, tries and last reply, and the lead's name (`lead_name`)."""
    with house.database.read() as connection:
        rows = outbox_lists.by_channel(connection, "webhook", _MOST)
        names = leads.called(connection, [row["lead_id"] for row in rows])
    return [{**row, "lead_name": names[row["lead_id"]]} for row in rows]


def try_webhook_again(house: House, user: User, outbox_id: int) -> None:
    """Send a refused or failed call again."""
    require(user.role != "rep")
    with house.database.write() as connection:
        now = installation.moment(connection).now
        if not outbox.try_again(connection, "webhook", outbox_id, now):
            raise Conflict("This call is not waiting for anybody.")
        installation.write_audit(connection, user.id, "try_again", str(outbox_id), {}, now)
    house.bell.ring("webhook")
