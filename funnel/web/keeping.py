"""How long the one cookie is kept: a log-in, and answers that wait to be sent, for a working day, all else until the
browser is closed (docs/privacy.md)."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from funnel.web.prospect.session import waits_unnamed
from funnel.web.staff.guard import is_log_in

LONGEST = timedelta(hours=12)
"""How long the server takes what a browser has said, also from one that is never closed: a log-in, and answers. Some
hours are what the authorities hold to be needed for what a visitor has typed (Article 29 Working Party, opinion
04/2012, user-input cookies): without her consent they are not kept for another day."""


class Kept(SecureCookieSessionInterface):
    """Flask's signed cookie, kept for as long as what stands in it deserves."""

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        """When the browser forgets it; none: once it is closed."""
        outlives = is_log_in(session) or waits_unnamed(session)
        return datetime.now(UTC) + app.permanent_session_lifetime if outlives else None
