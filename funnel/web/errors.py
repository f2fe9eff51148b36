"""Errors as pages: what a use case refuses, and what went wrong, in words that say what to do."""

import logging
import secrets

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from funnel.domain.source import read_code
from funnel.links import BadToken
from funnel.usecases.errors import Conflict, DatabaseAway, Forbidden, Gone, Invalid, NotFound, Refused
from funnel.usecases.read_published import last_published, read_published
from funnel.usecases.shelf import NothingPublished, Published
from funnel.web.here import house
from funnel.web.speech import language, told
from funnel.web.staff.guard import who
from funnel.web.staff.wording import role_in_words

log = logging.getLogger(__name__)

_CODES: dict[type[Refused], int] = {NotFound: 404, Invalid: 422, Gone: 403, Conflict: 409, Forbidden: 403}


def register(app: Flask) -> None:
    """Translate every error of the floors below into a page."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(BadToken, lambda error: error_page(404))
    app.register_error_handler(DatabaseAway, _away)
    app.register_error_handler(NothingPublished, _away)
    app.register_error_handler(Exception, _broken)


def _code(error: Refused) -> int:
    return next(code for kind, code in _CODES.items() if isinstance(error, kind))


def _refused(error: Refused) -> Response:
    refused = told(error) if _code(error) == 403 else None
    return error_page(_code(error), told(error), refused=refused, gone=isinstance(error, Gone))


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    if error.response is not None or code < 400:
        return make_response(error.get_response())
    answer = error_page(code, error.description or "")
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _away(error: Exception) -> Response:
    """A driver's words name host, port and user: they are logged, and nobody else is told."""
    log.warning("%s %s: %s", request.method, request.url_rule, error)
    answer = error_page(503, str(error) if isinstance(error, NothingPublished) else "away")
    answer.headers["Retry-After"] = "5"
    return answer


def _broken(error: Exception) -> Response:
    """The outer door: whatever nobody expected is written down under a reference."""
    reference = secrets.token_hex(4)
    log.error("%s %s failed (%s)", request.method, request.url_rule, reference, exc_info=error)
    return error_page(500, reference=reference)


def _published_if_there() -> Published | None:
    try:
        return read_published(house())
    except (DatabaseAway, NothingPublished):
        return None


CROWDED = "crowded"
"""Why what somebody has sent was not read: too many send at the same moment."""
_AWAY = 503
_SHORT = "/s/"
"""Where short links live."""
_STAFF = ("/desk", "/diary", "/login", "/logout", "/dev", "/studio")
"""Where only people of the company, and whoever tries the product out, come."""


def _user(code: int) -> dict[str, str] | None:
    """Who is logged in, as the staff frame shows it; nobody while the database is away."""
    if code == _AWAY:
        return None
    try:
        found = who()
    except (DatabaseAway, NothingPublished):
        return None
    return {"name": found.name, "role": found.role, "title": role_in_words(found.role)} if found else None


def _short_link(known: Published) -> str | None:
    """Of a short link: whether its code is right all the same, so that what it led to has ended."""
    if not request.path.startswith(_SHORT):
        return None
    return "ended" if read_code(request.path.removeprefix(_SHORT)) in known.calls_to_action else "unknown"


def error_page(
    code: int, why: str = "", *, reference: str | None = None, refused: str | None = None, gone: bool = False
) -> Response:
    """An error's page; JSON for who asked for JSON (`{"error": ...}`). Known company: needs no database."""
    if request.path.endswith(".json") or request.is_json or request.accept_mimetypes.best == "application/json":
        answer = jsonify(error=why or str(code))
        answer.status_code = code
        return answer
    known = last_published(house()) or _published_if_there()
    if known is None:
        return Response(f"{code} {why}\n", code, mimetype="text/plain")
    user = _user(code)
    page = render_template(
        "error.html",
        frame="staff_base.html" if user or request.path.startswith(_STAFF) else "prospect_base.html",
        user=user,
        company=known.company.company,
        lang=language(),
        code=code,
        retry_url=request.full_path.rstrip("?") if code in (429, 500, 503) and request.method == "GET" else None,
        reference=reference,
        refused=refused,
        gone=gone,
        changing=request.method == "POST",
        crowded=why == CROWDED,
        short_link=_short_link(known),
    )
    return Response(page, code)
