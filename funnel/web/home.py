"""`/` and the company's colours. Demo: what runs, four things to try; live: where a visitor can begin."""

import re
from typing import Any

from flask import Blueprint, Response, redirect, render_template
from werkzeug.wrappers import Response as Answer

from funnel.authoring.bundle import Bundle
from funnel.domain.model import in_language
from funnel.usecases.demo_accounts import read_accounts
from funnel.usecases.health import readiness
from funnel.usecases.list_upcoming import people_inside
from funnel.usecases.move_clock import read_clock
from funnel.usecases.publish_scenarios import GONE
from funnel.usecases.studio.findings import Findings, read_findings
from funnel.web.here import company, house, published
from funnel.web.looks import brand_css
from funnel.web.prospect.asking import name_in_url
from funnel.web.speech import _, language, tell
from funnel.web.staff.page import Calendar, page
from funnel.web.staff.wording import part_state, role_in_words

blueprint = Blueprint("home", __name__)

_ARTICLE = re.compile(r"^landing_pages/articles/([a-z0-9_]+)\.html$")


@blueprint.get("/")
def home() -> Answer | str:
    """The overview (demo), else where a visitor can begin."""
    if house().settings.demo:
        return _overview()
    ways = [way for name, bundle in published().newest.items() if (way := way_in(name, bundle))["url"]]
    if len(ways) == 1:
        return redirect(ways[0]["url"])
    return render_template("welcome.html", company=company(), ways=ways)


def way_in(name: str, bundle: Bundle) -> dict[str, Any]:
    """What a scenario is called (`title`), and where its form is (`url`), if it has one."""
    return {
        "title": in_language(bundle.scenario.title, language()) or name,
        "url": f"/l/{name_in_url(name)}" if bundle.scenario.form else None,
    }


def _overview() -> str:
    found = published()
    noted = read_findings(house().settings.home, found) if found.troubles else Findings(False)
    inside = people_inside(house())
    days = Calendar(read_clock(house()).now, found.company.company)
    parts = {"database": _("Database"), "queue": _("Queue"), "tick": _("Tick"), "worker": _("Workers")}
    articles = sorted(match[1] for file in found.company.files if (match := _ARTICLE.match(file)))
    return page(
        "home.html",
        "home",
        company=found.company.company,
        article=f"/articles/{name_in_url(articles[0])}" if articles else None,
        parts=[
            {"name": parts[part], "ok": state == "ok", "detail": "" if state == "ok" else part_state(state)}
            for part, state in readiness(house()).items()
        ],
        accounts=[{**account._asdict(), "title": role_in_words(account.role)} for account in read_accounts(house())],
        scenarios=[
            {
                "name": name,
                **way_in(name, bundle),
                "version": bundle.digest,
                "since": days.when(found.since[name]),
                "people": inside.get(name, 0),
                "gone": f"scenarios/{name}.yaml" if found.troubles.get(name) == GONE else None,
                "errors": [_told(found.troubles[name], noted)] if found.troubles.get(name, GONE) != GONE else [],
            }
            for name, bundle in found.newest.items()
        ],
        troubles=[_told(trouble, noted) for name, trouble in found.troubles.items() if name not in found.newest],
    )


def _told(trouble: str, noted: Findings) -> str:
    """What stops a file: in the language of the page while the file is on this machine, else as it was noted."""
    one = noted.noted(trouble)
    if one is None:
        return trouble
    place, message, fix = f"{one.file}:{one.line}:{one.col}", tell(one.message), tell(one.fix)
    if not fix:
        return _("%(place)s: error[%(code)s]: %(message)s", place=place, code=one.code, message=message)
    return _(
        "%(place)s: error[%(code)s]: %(message)s; fix: %(fix)s", place=place, code=one.code, message=message, fix=fix
    )


@blueprint.get("/brand.css")
def brand() -> Response:
    """The company's colours as CSS custom properties, made readable in light and dark."""
    colours = company().brand
    answer = Response(brand_css(colours.primary, colours.accent), mimetype="text/css")
    answer.cache_control.public = True
    answer.cache_control.max_age = 60
    answer.add_etag()
    return answer
