"""Sites of another origin than the product's, on which a real browser reads."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self


class Reply(NamedTuple):
    """A page, or a script."""

    body: str | bytes
    script: bool = False
    status: int = 200
    headers: Mapping[str, str] = {}


class Site(ThreadingHTTPServer):
    """A site on a port of its own; each kind says what its pages hold."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Self]:
        """Such a site, until it is done with."""
        with cls() as running:
            yield running
            running.shutdown()

    def reply(self, path: str) -> Reply:
        """What stands at an address."""
        raise NotImplementedError

    def hear(self, body: bytes, cookies: str | None) -> Reply:
        """What is posted to it, and what it answers."""
        raise NotImplementedError


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        """A page, or a script."""
        self._send(self.server.reply(self.path))

    def do_POST(self) -> None:
        """Something is told."""
        self._send(self.server.hear(self.rfile.read(int(self.headers["Content-Length"])), self.headers["Cookie"]))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", "text/javascript" if reply.script else "text/html; charset=utf-8")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body.encode() if isinstance(reply.body, str) else reply.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""
