"""The WSGI branch in front of Flask: a click is led on and an open gets its picture, whatever happens behind.

Agent and headers are judged here and forgotten; only the reasons for a doubt go further. No cookie is set or read.
"""

import base64
from collections.abc import Iterable
from typing import TYPE_CHECKING

from funnel.domain.verdicts import Signals, judge
from funnel.links import BadToken, Purpose, Token
from funnel.usecases.addresses import TRAP, touch_is_over
from funnel.usecases.errors import DatabaseAway, NotFound
from funnel.usecases.house import House
from funnel.usecases.tracking.business_time import BusinessTime
from funnel.usecases.tracking.take_in import Kind, take_in, where_to
from funnel.web.here import is_loopback

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PICTURE = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
"""A GIF of one transparent point, 43 bytes long."""

_CLICK, _OPEN, _ENDING = "/c/", "/o/", ".gif"
_AHEAD = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_MOZ")
_COMMON = [("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"), ("X-Content-Type-Options", "nosniff")]
_RETRY_AFTER = "10"


class Branch:
    """Answers for tracked mails; everything else, and every token that is not ours, is the application's."""

    def __init__(self, house: House, application: "WSGIApplication") -> None:
        self._house = house
        self._time = BusinessTime(house)
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """One request."""
        path = environ.get("PATH_INFO", "")
        ours = path.startswith((_CLICK, _OPEN)) and environ["REQUEST_METHOD"] in ("GET", "HEAD")
        if not ours or (self._house.settings.demo and not is_loopback(environ.get("HTTP_HOST", ""))):
            return self._application(environ, start_response)
        try:
            if path.startswith(_OPEN):
                return self._open(path, environ, start_response)
            return self._click(path, environ, start_response)
        except (BadToken, NotFound):
            return self._application(environ, start_response)  # its page says that there is no such address

    def _open(self, path: str, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not path.endswith(_ENDING):
            raise BadToken("a picture's address ends with .gif")
        token = self._read(path[len(_OPEN) : -len(_ENDING)], Purpose.OPEN)
        self._keep("open", token, environ)
        start_response("200 OK", [("Content-Type", "image/gif"), ("Content-Length", str(len(PICTURE))), *_COMMON])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [PICTURE]

    def _click(self, path: str, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        token = self._read(path[len(_CLICK) :], Purpose.CLICK)
        try:
            target = self._house.url("/") if token.number == TRAP else where_to(self._house, token.number)
        except DatabaseAway:
            said = b"This link cannot be followed for a moment. Please try again.\n"
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(said)))]
            start_response("503 Service Unavailable", [*headers, ("Retry-After", _RETRY_AFTER), *_COMMON])
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [said]
        self._keep("click", token, environ)
        start_response("302 Found", [("Location", target), ("Content-Length", "0"), *_COMMON])
        return []

    def _read(self, text: str, purpose: Purpose) -> Token:
        """The token, if it is ours and its mail is not too old."""
        token = self._house.links.read(text, purpose)
        if touch_is_over(token, self._time.now()):
            raise BadToken("its mail is too old")
        return token

    def _keep(self, kind: Kind, token: Token, environ: "WSGIEnvironment") -> None:
        """Take it in, unless the browser asks for nothing to be kept (Global Privacy Control)."""
        if environ.get("HTTP_SEC_GPC") == "1":
            return
        judged = judge(
            Signals(
                kind,
                agent=environ.get("HTTP_USER_AGENT", ""),
                method=environ["REQUEST_METHOD"],
                ahead=" ".join(environ.get(name, "") for name in _AHEAD),
                trap=kind == "click" and token.number == TRAP,
            )
        )
        take_in(self._house, kind, token.subject, token.number, judged.reasons)
