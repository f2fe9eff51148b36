"""Bodies that are too large: one in chunks, with no length told before, is measured, so that it is refused like any;
and what is left of any is read to its end, since a sender who is cut off while sending never reads why."""

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_WITHOUT = ("GET", "HEAD", "OPTIONS")
_PASSED_BY = 16 * 1024 * 1024
"""Bytes that are read for the answer's sake at most; whoever sends more is cut off."""
_PART = 64 * 1024


class Measured:
    """Reads a body without a length up to one byte more than the largest, and says how long it is; lets go by what is
    left of one that is too large."""

    def __init__(self, application: "WSGIApplication", largest: int) -> None:
        self._application = application
        self._largest = largest

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        told = environ.get("CONTENT_LENGTH") and not environ.get("HTTP_TRANSFER_ENCODING")
        if not told and environ.get("wsgi.input_terminated") and environ["REQUEST_METHOD"] not in _WITHOUT:
            body = _read(environ, self._largest + 1)
            if len(body) > self._largest:
                _pass_by(environ, _PASSED_BY)
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        elif told and (length := _length(environ)) > self._largest:
            _pass_by(environ, min(length, _PASSED_BY))
        return self._application(environ, start_response)


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
