"""`/desk/outcomes`: what became of appointments, from a table: looked at first, then taken (S92)."""

from typing import Any

from flask import Blueprint, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from funnel.usecases.import_outcomes import Judged, import_outcomes, judge_outcomes
from funnel.usecases.read_table import NoTable
from funnel.web.forms import TableForm
from funnel.web.here import company, house
from funnel.web.speech import _, names, tell
from funnel.web.staff.guard import me, staff
from funnel.web.staff.page import calendar, notify, page

blueprint = Blueprint("outcomes", __name__, url_prefix="/desk")


@blueprint.get("/outcomes")
@staff("manager", "admin")
def table() -> str:
    """Where a table is given."""
    return _page("")


@blueprint.post("/outcomes")
@staff("manager", "admin")
def take() -> Response:
    """Show what a table would mark; with `do=take`, mark. 422 when it is no such table; what was typed stays."""
    form = TableForm.read()
    file = request.files.get("file")
    content = (file.read() if file else b"") or form.table.data.encode()
    if not content.strip():
        return make_response(_page("", _("Choose a file, or paste its lines.")), 422)
    try:
        if form.do.data != "take":
            judged = judge_outcomes(house(), content)
            return make_response(_page(content.decode("utf-8-sig"), judged=judged))
        done = import_outcomes(house(), content, me().id)
    except NoTable as refused:
        why = _("This file cannot be taken: %(why)s.", why=tell(refused.why))
        return make_response(_page(form.table.data, why), 422)
    values = {"marked": done.marked, "unchanged": done.unchanged, "bad": len(done.bad)}
    notify(_("%(marked)s marked, %(unchanged)s known already, %(bad)s not taken.", **values))
    return redirect(url_for("outcomes.table"), 303)


def _page(typed: str, error: str | None = None, judged: Judged | None = None) -> str:
    return page("outcomes.html", "calls", typed=typed, error=error, judged=_judged(judged) if judged else None)


def _judged(judged: Judged) -> dict[str, Any]:
    days, called = calendar(judged.now, me(), company()), names()
    return {
        "marks": [
            {
                "number": one.number,
                "lead": {"id": one.lead.id, "name": one.lead.called},
                "title": called.appointment_type(one.appointment.type),
                "when": days.short(one.appointment.starts_at),
                "held": one.outcome == "held",
                "corrects": not one.appointment.open,
            }
            for one in judged.marks
        ],
        "unchanged": judged.unchanged,
        "bad": [{"number": line.number, "why": tell(line.why)} for line in judged.bad],
    }
