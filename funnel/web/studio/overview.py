"""`/studio`: every scenario: what runs, what is wrong with its files, and its figures beside its targets."""

from typing import Any

from flask import Blueprint

from funnel.usecases.naming import Names
from funnel.usecases.settle_by_hand import Doubtful, list_in_doubt
from funnel.usecases.studio.overview import Card, Studio, read_studio
from funnel.web.here import house
from funnel.web.speech import names
from funnel.web.staff.guard import me
from funnel.web.staff.page import Calendar, calendar
from funnel.web.studio.room import head, makers, page
from funnel.web.studio.wording import figure_rows, finding_row

blueprint = Blueprint("overview", __name__)


@blueprint.get("")
@makers
def studio() -> str:
    """The overview."""
    found = read_studio(house())
    days = calendar(found.now, me(), found.published.company.company)
    called = names()
    scenarios = [card_context(found, card, days) for card in found.cards]
    return page(
        "studio.html",
        scenarios=scenarios,
        running=sum(not card.paused for card in found.cards),
        all_paused=found.all_paused,
        files_there=found.findings.there,
        shared=[finding_row(one) for one in found.findings.shared],
        doubts=[doubt_row(one, called, days) for one in list_in_doubt(house()) if one.message.startswith("house/")],
    )


def doubt_row(one: Doubtful, called: Names, days: Calendar) -> dict[str, Any]:
    """A mail of which nobody knows whether it left."""
    return {
        "id": one.id,
        "mail": called.mail(one.message),
        "lead": one.lead,
        "lead_id": one.lead_id,
        "at": days.when(one.at),
        "reason": one.reason,
    }


def card_context(found: Studio, card: Card, days: Calendar) -> dict[str, Any]:
    """A scenario as the overview and its own page show it."""
    findings = [finding_row(one) for one in card.findings]
    return head(found.published, card.name, days, "overview") | {
        "inside": card.inside,
        "parked": card.parked,
        "sent": card.sent,
        "gone": f"scenarios/{card.name}.yaml" if card.gone else None,
        "findings": findings,
        "errors": sum(one["level"] == "error" for one in findings),
        "figures": figure_rows(card.figures),
    }
