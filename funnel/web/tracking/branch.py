"""The WSGI branch in front of Flask: a click is led on, an open gets its picture and a tracker its answer, whatever
happens behind.

Agent and headers are judged here and forgotten; only the reasons for a doubt go further. No cookie is set or read.
"""

import base64
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.datastructures import EnvironHeaders

from funnel.domain.verdicts import Signals, judge
from funnel.links import BadToken, Purpose, Token
from funnel.usecases.addresses import TRAP, touch_is_over
from funnel.usecases.errors import DatabaseAway, NotFound
from funnel.usecases.house import House
from funnel.usecases.tracking.beacon import LARGEST, Withdrawn, take_beacon
from funnel.usecases.tracking.business_time import BusinessTime
from funnel.usecases.tracking.passes import clicked
from funnel.usecases.tracking.sites import site_list
from funnel.usecases.tracking.take_in import Kind, count, prepare, take_in, where_to
from funnel.web.here import is_loopback
from funnel.web.machines import signals_of
from funnel.web.measuring import UNREAD
from funnel.web.tracking.script import COMMON, PROOF, RETRY_AFTER, SCRIPT, script, with_parameter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PICTURE = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
"""A GIF of one transparent point, 43 bytes long."""

_CLICK, _OPEN, _ENDING, _TOLD = "/c/", "/o/", ".gif", "/t"
_ANYONE = ("Access-Control-Allow-Origin", "*")
_LATER = (("Retry-After", RETRY_AFTER), *COMMON)


class Branch:
    """Answers for tracked mails and for the tracker; everything else, and every token that is not ours, is the
    application's."""

    def __init__(self, house: House, application: "WSGIApplication") -> None:
        self._house = house
        self._time = BusinessTime(house)
        self._application = application
        self._sites = site_list(house)

    def prepare(self) -> None:
        """Learn what clicks and trackers are answered by, so that none waits for a database from now on."""
        prepare(self._house)
        self._time.prepare()
        self._sites.prepare()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """One request."""
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        told = path == _TOLD and method == "POST"
        ours = told or ((path == SCRIPT or path.startswith((_CLICK, _OPEN))) and method in ("GET", "HEAD"))
        if not ours or (self._house.settings.demo and not is_loopback(environ.get("HTTP_HOST", ""))):
            return self._application(environ, start_response)
        if told:
            return self._told(environ, start_response)
        if path == SCRIPT:
            return script(self._sites.now(), environ, start_response)
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
        start_response("200 OK", [("Content-Type", "image/gif"), ("Content-Length", str(len(PICTURE))), *COMMON])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [PICTURE]

    def _click(self, path: str, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        token = self._read(path[len(_CLICK) :], Purpose.CLICK)
        try:
            target = self._house.url("/") if token.number == TRAP else where_to(self._house, token.number)
        except DatabaseAway:
            said = b"This link cannot be followed for a moment. Please try again.\n"
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(said)))]
            start_response("503 Service Unavailable", [*headers, *_LATER])
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [said]
        click = self._keep("click", token, environ)
        sites = self._sites.now()
        if click and sites.kept and sites.is_ours(target):
            target = with_parameter(target, PROOF, clicked(self._house, token.subject, click))
        start_response("302 Found", [("Location", target), ("Content-Length", "0"), *COMMON])
        return []

    def _read(self, text: str, purpose: Purpose) -> Token:
        """The token, if it is ours and its mail is not too old."""
        token = self._house.links.read(text, purpose)
        if touch_is_over(token, self._time.now()):
            raise BadToken("its mail is too old")
        return token

    def _told(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """What a tracker tells: 204, but 200 for a pass that is good, with whose it is, and 410 for a page of a browser
        that has withdrawn its consent, so that the tracker forgets it too."""
        if environ.get(UNREAD):
            start_response("503 Service Unavailable", [("Content-Length", "0"), _ANYONE, *_LATER])
            return []
        try:
            visitor = self._listen(environ)
        except Withdrawn:
            start_response("410 Gone", [("Content-Length", "0"), _ANYONE, *COMMON])
            return []
        if visitor is None:
            start_response("204 No Content", [_ANYONE, *COMMON])
            return []
        said = json.dumps({"visitor": visitor}).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(said))), _ANYONE, *COMMON]
        start_response("200 OK", headers)
        return [said]

    def _listen(self, environ: "WSGIEnvironment") -> str | None:
        length = environ.get("CONTENT_LENGTH") or "0"
        body = environ["wsgi.input"].read(min(int(length), LARGEST + 1)) if length.isdecimal() else b""
        if not length.isdecimal() or int(length) > LARGEST:
            count(self._house, "too_big")
        elif judge(Signals("click", agent=environ.get("HTTP_USER_AGENT", ""))).says == "machine":
            count(self._house, "machine")
        else:
            private = environ.get("HTTP_SEC_GPC") == "1"
            return take_beacon(self._house, self._sites.now(), body, environ.get("HTTP_ORIGIN", ""), private=private)
        return None

    def _keep(self, kind: Kind, token: Token, environ: "WSGIEnvironment") -> str | None:
        """Take it in, unless the browser asks for nothing to be kept (Global Privacy Control); under which id, where
        nothing tells yet that no person made it."""
        if environ.get("HTTP_SEC_GPC") == "1":
            return None
        trap = kind == "click" and token.number == TRAP
        judged = judge(signals_of(EnvironHeaders(environ), kind, method=environ["REQUEST_METHOD"], trap=trap))
        touch = take_in(self._house, kind, token.subject, token.number, judged.reasons)
        return touch if judged.says == "human" else None
