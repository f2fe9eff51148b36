"""How long the one cookie is kept: a log-in, and answers that wait to be sent, for a working day, all else until the
browser is closed (docs/privacy.md)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature

LOG_IN = timedelta(hours=12)
"""How long a log-in lasts, and what is not written to the disk of a browser that is never closed."""
ANSWERS = timedelta(hours=12)
"""Some hours are what the authorities hold to be needed for what a visitor has typed (Article 29 Working Party, opinion
04/2012, user-input cookies): without her consent they are not kept for another day."""


def kept_for(said: Mapping[str, Any]) -> timedelta | None:
    """How long a browser may keep what it has said; none: until it is closed. Answers without a name are kept, so that
    a telephone that ends its browser loses none; once somebody has typed or sent who she is, whoever opens the browser
    next is not shown it."""
    if "user" in said:
        return LOG_IN
    return ANSWERS if said.get("a") and not {"f", "d"} & said.keys() else None


class Kept(SecureCookieSessionInterface):
    """Flask's signed cookie, kept for as long as what stands in it deserves."""

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        """When the browser forgets it."""
        span = kept_for(session)
        return datetime.now(UTC) + span if span else None

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the browser has said; nothing, when it is forged or too old."""
        serializer = self.get_signing_serializer(app)
        text = request.cookies.get(self.get_cookie_name(app))
        if serializer is None:
            return None
        if not text:
            return self.session_class()
        try:
            said, written_at = serializer.loads(text, return_timestamp=True)
        except BadSignature:
            return self.session_class()
        fresh = datetime.now(UTC) - written_at <= (kept_for(said) or LOG_IN)
        return self.session_class(said if fresh else None)
