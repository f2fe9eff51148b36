"""Webhook calls: really made to a real server, signed, tried again with pauses, and none in a demonstration unasked."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from standardwebhooks import Webhook

from funnel.usecases.call_webhooks import call_webhooks
from tests.support.home import COMPANY, TUNNEL
from tests.support.place import Place

CALLING = TUNNEL.replace("  - email: results\n", "  - webhook: crm\n  - email: results\n")


class Receiver(ThreadingHTTPServer):
    """Keeps every call; answers 503 to the first and 204 to the others."""

    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(503 if len(self.server.calls) == 1 else 204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def hooked(url: str) -> str:
    return f"{COMPANY}webhooks: [{{id: crm, url: '{url}'}}]\n"


def test_a_call_is_signed_and_tried_again_until_it_is_taken(
    build_place: Callable[..., Place], sqlite_url: str, receiver: Receiver
) -> None:
    place = build_place(
        sqlite_url, company=hooked(receiver.url), scenarios={"tunnel": CALLING}, allow_private_hosts=["127.0.0.1"]
    )
    place.submits()
    place.drain()
    (row,) = (row for row in place.rows() if row["channel"] == "webhook")
    assert (row["state"], row["attempts"], row["scenario"]) == ("ready", 1, "tunnel")
    place.set(place.now + timedelta(minutes=2))
    place.drain()
    (row,) = (row for row in place.rows() if row["channel"] == "webhook")
    assert (row["state"], row["attempts"]) == ("sent", 2)
    (first, body), (second, again) = receiver.calls
    assert (first["webhook-id"], body) == (second["webhook-id"], again)
    secret = place.settings.webhook_secret("crm")
    Webhook(secret).verify(again, {**second, "webhook-timestamp": second["webhook-timestamp"]})
    told = json.loads(again)
    assert (told["scenario"], told["lead"]["email"]) == ("tunnel", "ana@example.org")


def test_a_demonstration_calls_nobody_unasked(
    build_place: Callable[..., Place], sqlite_url: str, receiver: Receiver
) -> None:
    place = build_place(sqlite_url, company=hooked(receiver.url), scenarios={"tunnel": CALLING})
    place.submits()
    while call_webhooks(place.house):
        pass
    (row,) = (row for row in place.rows() if row["channel"] == "webhook")
    assert row["state"] == "skipped"
    assert "FUNNEL_ALLOW_PRIVATE_HOSTS" in row["reason"]
    assert receiver.calls == []
