"""`/studio/-/calls-to-action`: every tracked link with its QR code, its snippets, its visits and its leads (S119)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from flask import Blueprint, Response, request
from markupsafe import escape

from funnel.domain.model import in_language, locale_of
from funnel.domain.source import source_of
from funnel.usecases.calls_to_action import TrackedLink, list_links, read_link
from funnel.usecases.naming import Names
from funnel.usecases.qr_code import qr_png, qr_svg
from funnel.web.files import to_load
from funnel.web.here import house
from funnel.web.prospect.asking import name_in_url
from funnel.web.speech import _, language, names
from funnel.web.studio.room import makers, page
from funnel.web.studio.wording import number, per_cent

blueprint = Blueprint("calls_to_action", __name__)

WHERE = "/studio/-/calls-to-action"
PERIODS = (7, 30, 90)
"""Days that can be asked for; without one, all time."""


def cta_kind(kind: str) -> str:
    """What sort of place brings people."""
    known = {
        "article": _("article"),
        "talk": _("talk"),
        "newsletter": _("newsletter"),
        "ad": _("ad"),
        "post": _("post"),
    }
    return known.get(kind, kind)


@blueprint.get("/-/calls-to-action")
@makers
def calls_to_action() -> str:
    """All of them; `?scenario=<name>&days=7|30|90`."""
    days = _days()
    asked = request.args.get("scenario", "").replace("-", "_")
    everything = list_links(house(), days=days)
    called = names()
    among = sorted({one.cta.scenario for one in everything.links}, key=called.scenario)
    scenario = asked if asked in among else None
    links = [one for one in everything.links if scenario in (None, one.cta.scenario)]
    return page(
        "studio_calls_to_action.html",
        links=[link_row(one, called) for one in links],
        total=_figures(links) if len(links) > 1 else None,
        periods=_periods(days, scenario),
        days=days,
        scenarios=[{"name": one, "title": called.scenario(one), "chosen": one == scenario} for one in among],
    )


@blueprint.get("/-/calls-to-action/<code>")
@makers
def call_to_action(code: str) -> str:
    """One of them; `?days=7|30|90`."""
    days = _days()
    found = read_link(house(), code, days=days)
    return page(
        "studio_call_to_action.html",
        link=link_row(found.link, names()),
        tells=list(source_of(found.link.cta).items()),
        periods=_periods(days, None, f"/{name_in_url(found.link.cta.id)}"),
        snippets=snippets(found.link, names().scenario(found.link.cta.scenario)),
        curve=curve(found.by_day),
    )


@blueprint.get("/-/calls-to-action/<code>.svg")
@makers
def svg(code: str) -> Response:
    """Its QR code; `?save`: as a download."""
    return _drawn(code, "svg", "image/svg+xml")


@blueprint.get("/-/calls-to-action/<code>.png")
@makers
def png(code: str) -> Response:
    """The same as PNG."""
    return _drawn(code, "png", "image/png")


def _drawn(code: str, ending: str, mimetype: str) -> Response:
    link = read_link(house(), code).link
    drawn = (qr_svg if ending == "svg" else qr_png)(link.url)
    if "save" in request.args:
        return to_load(drawn, mimetype, f"{name_in_url(link.cta.id)}.{ending}")
    return Response(drawn, mimetype=mimetype)


def _days() -> int | None:
    asked = request.args.get("days", "")
    return next((one for one in PERIODS if str(one) == asked), None)


def _periods(chosen: int | None, scenario: str | None, below: str = "") -> list[dict[str, Any]]:
    """Links to the same page over other periods."""

    def url(days: int | None) -> str:
        asked = {"scenario": scenario and name_in_url(scenario), "days": days}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"{WHERE}{below}" + (f"?{query}" if query else "")

    titles = {None: _("All time")} | {days: _("%(days)s days", days=days) for days in PERIODS}
    return [{"title": title, "url": url(days), "current": days == chosen} for days, title in titles.items()]


def link_row(one: TrackedLink, called: Names) -> dict[str, Any]:
    """A tracked link as templates take it."""
    where = f"{WHERE}/{name_in_url(one.cta.id)}"
    return {
        "code": name_in_url(one.cta.id),
        "title": in_language(one.cta.title, language()),
        "kind": cta_kind(one.cta.kind),
        "scenario": called.scenario(one.cta.scenario),
        "short": one.url,
        "url": where,
        "qr": f"{where}.svg",
        "png": f"{where}.png",
        "retired": one.retired,
        "dead": one.dead,
    } | _figures([one])


def _figures(links: Sequence[TrackedLink]) -> dict[str, str | None]:
    visits, leads = (sum(getattr(one, name) for one in links) for name in ("visits", "leads"))
    return {
        "visits": number(visits),
        "leads": number(leads),
        "share": per_cent(100 * leads / visits) if visits and leads <= visits else None,
        "qualified": number(sum(one.qualified for one in links)),
    }


def snippets(link: TrackedLink, title: str) -> list[dict[str, Any]]:
    """What to paste where, that of the link's own kind first: {id, title, hint, text}. `title`: what it leads to."""
    html = f'<a href="{escape(link.url)}">{escape(title)}</a>'
    found = [
        {
            "id": "html",
            "title": _("For an article or a web page"),
            "hint": _("HTML: it needs no script and sets no cookie."),
            "text": html,
        },
        {
            "id": "plain",
            "title": _("For a newsletter, an ad or a post"),
            "hint": _("The address alone: the platform makes a link of it."),
            "text": link.url,
        },
        {
            "id": "spoken",
            "title": _("For a slide or a poster"),
            "hint": _("Beside the QR code, for whoever types it: capitals and lower case are the same."),
            "text": link.url.partition("://")[2],
        },
    ]
    first = {"article": 0, "talk": 2}.get(link.cta.kind, 1)
    return [found[first], *(one for place, one in enumerate(found) if place != first)]


def curve(by_day: Mapping[date, int]) -> dict[str, Any]:
    """Visits by day as bars of 0-100: {bars: [{x, height, title}], most, first, last, rows: [{day, visits}]}."""
    most = max(by_day.values(), default=0)
    spoken = locale_of(language())
    days = [(format_date(day, "d MMM", locale=spoken), visits) for day, visits in by_day.items()]
    return {
        "bars": [
            {"x": place, "height": max(2, round(100 * visits / most)) if visits else 0, "title": f"{day}: {visits}"}
            for place, (day, visits) in enumerate(days)
        ],
        "count": len(days),
        "most": number(most),
        "first": days[0][0],
        "last": days[-1][0],
        "rows": [{"day": day, "visits": number(visits)} for day, visits in reversed(days) if visits],
    }
