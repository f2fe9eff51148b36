"""`/studio/-/visits`: the line that puts the tracker on a site, and how many visits it tells."""

from typing import Any

from babel.dates import format_date
from flask import Blueprint
from flask_babel import ngettext

from funnel.domain.model import locale_of
from funnel.usecases.tracking.read_visits import DAYS, VisitsPage, read_visits
from funnel.web.here import house
from funnel.web.speech import _, language
from funnel.web.studio.room import makers, page
from funnel.web.studio.wording import number

blueprint = Blueprint("visits", __name__)

_CONSENT = """<script>
  window.funnel = window.funnel || [];
  funnel.push(["consent", true]);
</script>"""


@blueprint.get("/-/visits")
@makers
def visits() -> str:
    """The page."""
    found = read_visits(house())
    told = sum(times for _day, times in found.days)
    return page(
        "studio_visits.html",
        kept=found.kept,
        sites=found.sites,
        snippets=[
            {
                "id": "line",
                "title": _("On every page of the site"),
                "hint": _("Nothing is stored or sent before somebody has agreed."),
                "text": f'<script src="{found.script}" async></script>',
            },
            {
                "id": "consent",
                "title": _("When somebody agrees"),
                "hint": _("false takes it back, and the browser is forgotten."),
                "text": _CONSENT,
            },
        ],
        days=_days(found),
        told=told,
        number=number(told),
        refused=[
            {"why": refusal_in_words(why), "number": number(times)}
            for why, times in sorted(found.refused.items(), key=lambda one: -one[1])
        ],
        waiting=_waiting(found),
        period=DAYS,
    )


def _waiting(found: VisitsPage) -> str | None:
    if not found.waiting:
        return None
    return _(
        "%(visits)s of %(browsers)s: a form will say whose.",
        visits=ngettext("%(num)s visit", "%(num)s visits", found.waiting),
        browsers=ngettext("%(num)s browser", "%(num)s browsers", found.browsers),
    )


def refusal_in_words(why: str) -> str:
    """Why nothing was kept of what a tracker, or somebody in its name, has told."""
    return {
        "too_big": _("more than a tracker says"),
        "not_ours": _("not what a tracker says"),
        "address": _("not the address of a page of the site that told it"),
        "site": _("a site that company.yaml does not name"),
        "machine": _("a program, not a person"),
        "unwritable": _("nothing that a database can keep"),
    }.get(why, why)


def _days(found: VisitsPage) -> list[dict[str, Any]]:
    """Newest first, each with the share of the busiest (per cent), for its bar."""
    most = max((told for _day, told in found.days), default=0)
    return [
        {
            "day": format_date(day, "EEE d MMM", locale=locale_of(language())),
            "told": number(told),
            "share": round(100 * told / most) if most else 0,
        }
        for day, told in reversed(found.days)
    ]
