"""The Caller: one signed attempt at a webhook (Standard Webhooks 1.0) through the guarded client."""

import binascii
from datetime import UTC, datetime

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from funnel.delivery.guarded import GuardedClient, GuardedError, Request, Unreachable
from funnel.ports import Result

_AGAIN = frozenset({408, 425, 429})
_LONGEST_REPLY = 200


class WebhookCaller:
    """`funnel.ports.Caller`. Redirects are not followed: the receiver's address is the one that was configured."""

    def __init__(self, client: GuardedClient, agent: str = "funnel") -> None:
        """`client` should be made with `redirects=0`; `agent` names us to the receiver."""
        self._client = client
        self._agent = agent

    def call(self, url: str, secret: str, message_id: str, timestamp: datetime, body: bytes) -> Result:
        """One attempt. 2xx accepted; 408, 425, 429, 5xx and network failures temporary; all else permanent.

        `secret` is base64, with or without `whsec_`; `body` is UTF-8 JSON; `message_id` stays the same over attempts.
        """
        at = timestamp.astimezone(UTC)
        try:
            signature = Webhook(secret).sign(message_id, at, body.decode())
        except (binascii.Error, RuntimeError, ValueError) as error:
            return Result("permanent", f"cannot be signed: {error}")
        except EmptyWebhookSecretError:
            return Result("permanent", "cannot be signed: the secret is empty")
        headers = {
            "Content-Type": "application/json",
            "User-Agent": self._agent,
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }
        try:
            answer = self._client.call(Request("POST", url, body, headers))
        except Unreachable as error:
            return Result("temporary", str(error))
        except GuardedError as error:
            return Result("permanent", str(error))
        said = answer.body[:_LONGEST_REPLY].decode("utf-8", "replace")
        shown = "".join(letter if letter.isprintable() else " " for letter in said)
        reply = f"{answer.status} {shown}".strip()
        if 200 <= answer.status < 300:
            return Result("accepted", reply)
        temporary = answer.status >= 500 or answer.status in _AGAIN
        return Result("temporary" if temporary else "permanent", reply)
