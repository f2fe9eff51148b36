"""Bodies that come in chunks, with no length told before: measured, so that what is too large is refused like any."""

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_WITHOUT = ("GET", "HEAD", "OPTIONS")


class Measured:
    """Reads a body without a length up to one byte more than the largest, and says how long it is."""

    def __init__(self, application: "WSGIApplication", largest: int) -> None:
        self._application = application
        self._largest = largest

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        told = environ.get("CONTENT_LENGTH") and not environ.get("HTTP_TRANSFER_ENCODING")
        if not told and environ.get("wsgi.input_terminated") and environ["REQUEST_METHOD"] not in _WITHOUT:
            body = _read(environ, self._largest + 1)
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        return self._application(environ, start_response)


def _read(environ: "WSGIEnvironment", most: int) -> bytes:
    """At most so many bytes; a stream may give fewer at a time than it was asked for."""
    read = bytearray()
    while len(read) < most and (part := environ["wsgi.input"].read(most - len(read))):
        read += part
    return bytes(read)
