"""Webhooks are signed so that the receiver's library believes them, and told apart by what they answer."""

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks.webhooks import Webhook

from funnel.delivery.guarded import GuardedClient
from funnel.delivery.webhook import WebhookCaller
from tests.delivery.servers import http_answers

SECRET = "whsec_" + base64.b64encode(b"a secret of 24 bytes or so").decode()
CALLER = WebhookCaller(GuardedClient(["localhost"], redirects=0))


def test_the_receiver_s_library_verifies_the_call() -> None:
    body = '{"lead": "Zoé"}'.encode()
    with http_answers() as server:
        server.answers["/hook"] = (204, {}, b"")
        at = datetime.now(timezone(timedelta(hours=9)))
        assert CALLER.call(f"{server.url}/hook", SECRET, "msg_1", at, body).outcome == "accepted"
        _, _, headers, sent = server.asked[0]
    Webhook(SECRET).verify(sent, headers)
    assert (sent, headers["webhook-id"], headers["Content-Type"]) == (body, "msg_1", "application/json")


@pytest.mark.parametrize(
    "status, outcome",
    [
        (200, "accepted"),
        (202, "accepted"),
        (301, "permanent"),
        (400, "permanent"),
        (404, "permanent"),
        (410, "permanent"),
        (408, "temporary"),
        (429, "temporary"),
        (500, "temporary"),
        (503, "temporary"),
    ],
)
def test_answers_say_whether_to_try_again(status: int, outcome: str) -> None:
    with http_answers() as server:
        server.answers["/hook"] = (status, {"Location": "/other"}, b"said\nso")
        result = CALLER.call(f"{server.url}/hook", SECRET, "msg_1", datetime.now(UTC), b"{}")
        assert (result.outcome, len(server.asked)) == (outcome, 1)
        assert result.reply == f"{status} said so"


def test_what_cannot_be_reached_is_temporary_and_what_may_not_be_is_permanent() -> None:
    now = datetime.now(UTC)
    assert CALLER.call("http://no-such-host.invalid/", SECRET, "m", now, b"{}").outcome == "temporary"
    assert CALLER.call("http://169.254.169.254/latest", SECRET, "m", now, b"{}").outcome == "permanent"


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_é", "a"])
def test_a_secret_that_cannot_sign_is_a_permanent_reason(secret: str) -> None:
    result = CALLER.call("http://localhost/", secret, "m", datetime.now(UTC), b"{}")
    assert (result.outcome, result.reply.startswith("cannot be signed")) == ("permanent", True)
