"""What every page of the studio shares: who may open it, which scenario it is about, and the way between its pages."""

from typing import Any

from flask import redirect
from werkzeug.wrappers import Response

from funnel.domain.company import Role
from funnel.domain.model import in_language
from funnel.usecases.errors import NotFound
from funnel.usecases.shelf import COMPANY, Published
from funnel.web.prospect.asking import name_in_url
from funnel.web.speech import language
from funnel.web.staff import page as frame
from funnel.web.staff.guard import staff
from funnel.web.staff.page import Calendar

MAKERS: tuple[Role, ...] = ("marketer", "manager", "admin")
SHORT = 8
"""Characters of a version's digest that people are shown."""

makers = staff(*MAKERS)


def page(template: str, **context: Any) -> str:
    """A page of the studio."""
    return frame.page(template, "studio", **context)


def name_of(published: Published, scenario: str) -> str:
    """The name of a scenario as it stands in an address; `NotFound` for one that is not published."""
    name = scenario.replace("-", "_")
    if name not in published.newest:
        raise NotFound("there is no such scenario")
    return name


def path(scenario: str, page_of: str = "") -> str:
    """Where a page about a scenario is."""
    return f"/studio/{name_in_url(scenario)}" + (f"/{page_of}" if page_of else "")


def go(where: str) -> Response:
    """On to a page, so that reloading it repeats nothing."""
    return redirect(where, 303)


def head(published: Published, name: str, days: Calendar, at: str) -> dict[str, Any]:
    """A scenario's name, version and state, and the ways to its other pages; `at` names the one that is open."""
    bundle = published.newest[name]
    since = published.since.get(bundle.name)
    return {
        "name": bundle.name,
        "title": in_language(bundle.scenario.title, language()) or bundle.name,
        "url": path(bundle.name),
        "landing": f"/l/{name_in_url(bundle.name)}" if bundle.scenario.form else None,
        "version": bundle.digest[:SHORT],
        "digest": bundle.digest,
        "since": days.when(since) if since else None,
        "paused": bundle.name in published.paused,
        "all_paused": COMPANY in published.paused,
        "at": at,
    }
