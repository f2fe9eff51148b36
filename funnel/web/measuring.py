"""Bodies are read whole before anybody is asked what to do with them: a sender who never ends hers keeps a thread, and
half of them are left to all others. What was cut off on its way is no form. One that is too large is measured, so that
it is refused like any, and what is left of it is read to its end, since a sender who is cut off while sending never
reads why."""

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from funnel.config import THREADS
from funnel.usecases.room import Room

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

UNREAD = "funnel.unread"
"""Stands in the environment where too many bodies are waited for, and this one was not: it is asked for again."""

_WITHOUT = ("GET", "HEAD", "OPTIONS")
_PASSED_BY = 16 * 1024 * 1024
"""Bytes that are read for the answer's sake at most; whoever sends more is cut off."""
_PART = 64 * 1024


class Measured:
    """Reads a body up to one byte more than the largest, and says how long it is where nobody has; lets go by what is
    left of one that is too large."""

    def __init__(self, application: "WSGIApplication", largest: int) -> None:
        self._application = application
        self._largest = largest
        self._room = Room(THREADS // 2, wait=1.0, rest=5.0)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        if _brings_a_body(environ):
            if self._room.enter():
                try:
                    whole = self._take(environ)
                finally:
                    self._room.leave()
                if not whole:  # whoever sent it is gone, and reads no answer
                    start_response("400 Bad Request", [("Content-Length", "0")])
                    return []
            else:
                environ[UNREAD] = True
                _put(environ, b"")
        return self._application(environ, start_response)

    def _take(self, environ: "WSGIEnvironment") -> bool:
        """Read it; whether it came whole, as far as its sender has told how long it is."""
        if environ.get("HTTP_TRANSFER_ENCODING") or not environ.get("CONTENT_LENGTH"):
            body = _read(environ, self._largest + 1)
            if len(body) > self._largest:
                _pass_by(environ, _PASSED_BY)
            _put(environ, body)
            return True
        length = _length(environ)
        if length > self._largest:
            _pass_by(environ, min(length, _PASSED_BY))
            return True
        body = _read(environ, length)
        environ["wsgi.input"] = io.BytesIO(body)
        return len(body) == length


def _brings_a_body(environ: "WSGIEnvironment") -> bool:
    """Whether there is anything to read; without a length, where the server says that what it gives has an end."""
    if environ["REQUEST_METHOD"] in _WITHOUT:
        return False
    if environ.get("CONTENT_LENGTH") and not environ.get("HTTP_TRANSFER_ENCODING"):
        return _length(environ) > 0
    return bool(environ.get("wsgi.input_terminated"))


def _put(environ: "WSGIEnvironment", body: bytes) -> None:
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)


def _read(environ: "WSGIEnvironment", most: int) -> bytes:
    """At most so many bytes; a stream may give fewer at a time than it was asked for."""
    read = bytearray()
    while len(read) < most and (part := environ["wsgi.input"].read(most - len(read))):
        read += part
    return bytes(read)


def _length(environ: "WSGIEnvironment") -> int:
    """The length that was told; none for what is no number, which the application refuses."""
    try:
        return int(environ["CONTENT_LENGTH"])
    except ValueError:
        return 0


def _pass_by(environ: "WSGIEnvironment", left: int) -> None:
    """Let go by so many bytes at most: past its end a stream may wait for ever."""
    while left > 0 and (part := environ["wsgi.input"].read(min(left, _PART))):
        left -= len(part)
