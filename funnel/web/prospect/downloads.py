"""`/a/<token>`: the file behind a lead's own link; an expired link has one button, which sends a new one."""

import hashlib
import logging
from io import BytesIO

from flask import Blueprint, Response, redirect, request, send_file, url_for
from werkzeug.http import parse_range_header
from werkzeug.wrappers import Response as Answered

from funnel.domain.model import in_language
from funnel.usecases.errors import DatabaseAway
from funnel.usecases.give_asset import Given, ask_anew, note_download, open_asset
from funnel.web.here import house
from funnel.web.limits import FORMS, limiter
from funnel.web.machines import signals_of
from funnel.web.prospect.show import hidden, page
from funnel.web.speech import language, speak

log = logging.getLogger(__name__)

blueprint = Blueprint("downloads", __name__)

_SHOWN = ("application/pdf", "image/png", "image/jpeg", "video/mp4", "audio/mpeg")
"""What a browser may show by itself. Anything else is saved: a page of somebody's would run as one of ours."""


@blueprint.get("/a/<token>")
def asset(token: str) -> Answered:
    """The file, whole or the part that is asked for. Its beginning counts as a download; a HEAD counts nothing."""
    given = open_asset(house(), token)
    speak(given.lead.language)
    if given.expired:
        return _expired(token, given)
    if _asks_for_no_part():
        request.environ.pop("HTTP_RANGE")
    answer = send_file(
        BytesIO(given.content),
        mimetype=given.content_type,
        as_attachment=given.content_type not in _SHOWN,
        download_name=given.saved_as,
        etag=hashlib.sha256(given.content).hexdigest()[:32],
        conditional=True,
    )
    answer.headers["Cache-Control"] = "private, no-cache"
    if request.method == "GET" and answer.status_code in (200, 206) and _from_the_beginning():
        try:
            note_download(house(), given, signals_of(request.headers))
        except DatabaseAway as away:  # she gets what is hers; only the count lacks one
            log.warning("a download was not counted: %s", away)
    return answer


def _asks_for_no_part() -> bool:
    """Whether a range names no part in bytes, or several at once: then the whole is given (RFC 9110, 14.2)."""
    wanted = parse_range_header(request.headers.get("Range"))
    return "Range" in request.headers and (wanted is None or wanted.units != "bytes" or len(wanted.ranges) > 1)


def _from_the_beginning() -> bool:
    """Whether this is not a later part of a file that is fetched piece by piece."""
    wanted = parse_range_header(request.headers.get("Range"))
    return wanted is None or any(begin == 0 for begin, _ in wanted.ranges)


@blueprint.post("/a/<token>")
@limiter.limit(FORMS)
def ask(token: str) -> Answered:
    """Send a new link to her address."""
    ask_anew(house(), token)
    return redirect(url_for("prospect.downloads.asset", token=token, sent="yes"), 303)


def _expired(token: str, given: Given) -> Response:
    """410: what the link led to, and how to have it again. The address is not shown: the old link may be anywhere."""
    return page(
        "asset_expired.html",
        given.company,
        410,
        title=in_language(given.title, language()),
        sent="sent" in request.args,
        action=url_for("prospect.downloads.ask", token=token),
        hidden=hidden(),
    )
