"""`/s/<code>`: the short link of a call to action, on to its landing page; permanent: codes are printed (S138)."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from funnel.domain.source import LONGEST, UTM
from funnel.domain.verdicts import judge
from funnel.usecases.follow_link import follow_link
from funnel.web.here import house
from funnel.web.machines import signals_of
from funnel.web.prospect.asking import name_in_url

blueprint = Blueprint("short_links", __name__)

_PASSED_ON = (*UTM, "lang")


@blueprint.get("/s/<code>", strict_slashes=False)
def follow(code: str) -> Response:
    """To the landing page, with what the call to action tells of itself; an address may add UTM values and a language
    of its own, and never replaces any. Sets no cookie and keeps nothing of who asks; one visit is counted."""
    person = judge(signals_of(request.headers, method=request.method)).says == "human"
    found = follow_link(house(), code, counts=person)
    added = {name: request.args[name][:LONGEST] for name in _PASSED_ON if request.args.get(name)}
    where = url_for("prospect.questions.landing", scenario=name_in_url(found.scenario))
    return redirect(f"{where}?{urlencode(added | dict(found.source))}", 302)
