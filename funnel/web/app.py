"""The web application: one house, a list of blueprints, and the rules that hold for every request."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, Response, abort, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.middleware.proxy_fix import ProxyFix

from funnel.usecases.house import House
from funnel.web import assets, errors, health, home, looks, speech
from funnel.web.csrf import csrf
from funnel.web.here import is_loopback
from funnel.web.keeping import LONGEST, Kept
from funnel.web.limits import limiter
from funnel.web.measuring import UNREAD, Measured
from funnel.web.prospect import blueprint as prospect
from funnel.web.routes import LateRule, Number
from funnel.web.staff import (
    call_list,
    changing,
    desk,
    joining,
    lead,
    login,
    no_shows,
    outcome,
    outcomes,
    setting,
    suggesting,
    webhooks,
)
from funnel.web.staff.diary import blueprint as diary_pages
from funnel.web.studio import blueprint as studio
from funnel.web.tracking import Branch

LARGEST = 256 * 1024

BLUEPRINTS: tuple[Blueprint, ...] = (
    assets.blueprint,
    health.blueprint,
    home.blueprint,
    login.blueprint,
    desk.blueprint,
    lead.blueprint,
    suggesting.blueprint,
    joining.blueprint,
    webhooks.blueprint,
    call_list.blueprint,
    no_shows.blueprint,
    outcomes.blueprint,
    outcome.blueprint,
    diary_pages,
    setting.blueprint,
    changing.blueprint,
    studio,
    prospect,
)

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def make_app(house: House, more: Sequence[Blueprint] = ()) -> Flask:
    """The WSGI application of a house. In demo mode it answers to loopback names only; `more` brings `/dev` then."""
    app = Flask("funnel.web", static_folder=None)
    app.url_rule_class = LateRule
    app.session_interface = Kept()
    app.url_map.converters["int"] = Number
    secure = house.settings.base_url.startswith("https:")
    app.config.update(
        SECRET_KEY=house.settings.keys[0],
        SECRET_KEY_FALLBACKS=house.settings.keys[1:],
        MAX_CONTENT_LENGTH=LARGEST,
        MAX_FORM_MEMORY_SIZE=LARGEST,
        SESSION_COOKIE_NAME="funnel",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LONGEST,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a questionnaire may be left open over lunch
    )
    if hops := house.settings.trusted_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    front = Branch(house, app.wsgi_app)
    app.wsgi_app = Measured(front, LARGEST)  # type: ignore[method-assign]
    app.extensions.update(funnel=house, tracking=front)
    if isinstance(app.json, DefaultJSONProvider):
        app.json.sort_keys = False  # fields stand in the order in which they are documented
    app.jinja_env.trim_blocks = True
    looks.install(app.jinja_env)
    app.before_request(_whole_only)
    if house.settings.demo:
        app.before_request(_loopback_only)  # before CSRF: a stranger's page is told nothing
    csrf.init_app(app)
    limiter.init_app(app)
    speech.register(app)
    errors.register(app)
    app.context_processor(lambda: _common(house))
    app.after_request(_guarded)
    for blueprint in (*BLUEPRINTS, *more):
        app.register_blueprint(blueprint)
    return app


def _common(house: House) -> dict[str, Any]:
    """What every template may use beside its own context."""
    return {
        "demo": house.settings.demo,
        "lang": speech.language(),
        "languages": speech.languages(),
        "home_url": "/",
        "user": None,
        "nav": "",
        "notices": [],
    }


def _loopback_only() -> None:
    """403 unless the Host names this machine: no page elsewhere can reach a demonstration by a name of its own."""
    if not is_loopback(request.host):
        abort(403)


def _whole_only() -> None:
    """503 for what was not read: too many send theirs too slowly."""
    if request.environ.get(UNREAD):
        raise ServiceUnavailable(errors.CROWDED, retry_after=5)


def _guarded(answer: Response) -> Response:
    """Headers of every answer; a view's own win."""
    for name, value in (
        ("Content-Security-Policy", _POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ):
        answer.headers.setdefault(name, value)
    if "Cache-Control" not in answer.headers:
        answer.headers["Cache-Control"] = "private, no-store"
    return answer
