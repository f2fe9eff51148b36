"""`/desk/webhooks`: what was told to other systems, and trying again what did not arrive."""

from flask import Blueprint
from werkzeug.wrappers import Response

from funnel.usecases.errors import Conflict
from funnel.usecases.move_clock import read_clock
from funnel.usecases.webhook_calls import try_webhook_again, webhook_calls
from funnel.web.here import company, house
from funnel.web.speech import _, names, told
from funnel.web.staff.guard import me, staff
from funnel.web.staff.page import back, calendar, notify, page

blueprint = Blueprint("webhooks", __name__, url_prefix="/desk/webhooks")


@blueprint.get("")
@staff("marketer", "manager", "admin")
def webhooks() -> str:
    """The newest calls first."""
    days = calendar(read_clock(house()).now, me(), company())
    called = names()
    return page(
        "webhooks.html",
        "webhooks",
        calls=[
            {
                "id": row["id"],
                "webhook": called.webhook(row["message"]),
                "id_in_file": row["message"],
                "lead": {"id": row["lead_id"], "name": row["lead_name"]},
                "state": row["state"],
                "tries": row["attempts"],
                "reply": row["last_reply"] or row["reason"],
                "at": days.when(row["planned_at"]),
                "next_try": days.when(row["not_before"]) if row["state"] == "ready" else None,
                "can_try": row["state"] in ("refused", "failed", "in_doubt"),
            }
            for row in webhook_calls(house())
        ],
    )


@blueprint.post("/<int:call>/again")
@staff("marketer", "manager", "admin")
def again(call: int) -> Response:
    """Send a refused or failed call once more."""
    try:
        try_webhook_again(house(), me(), call)
    except Conflict as conflict:
        notify(told(conflict), "warn")
    else:
        notify(_("It is being called again."))
    return back()
