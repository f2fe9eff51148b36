"""How often somebody may ask for what costs something.

Counted in each process's own memory, by the address that the request came from (`FUNNEL_TRUSTED_HOPS` says which one
that is behind a proxy): so many times as there are processes is what gets through. It slows a guesser or a flood, and
stops neither for good; long passwords and the once-a-day rules of mails do.
"""

from flask import Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="fixed-window", headers_enabled=True)
LOG_IN = "10 per minute; 60 per hour"
"""Wrong tries to log in, per address and e-mail: a guesser keeps nobody else of the same office out."""
LOG_INS = "100 per minute; 1000 per hour"
"""Wrong tries to log in, per address, whoever is tried."""
FORMS = "300 per minute"
"""Posts that may send a mail, per address: a whole office behind one address fills in forms without noticing."""

PAPERS = "60 per minute"
"""Papers drawn, per address."""

_LONGEST = 254


def guessed() -> str:
    """Who is guessed, and from where."""
    return f"{get_remote_address()} {request.form.get('email', '').strip().lower()[:_LONGEST]}"


def failed(answer: Response) -> bool:
    """Only what went wrong counts: whoever knows the password is never kept waiting."""
    return answer.status_code >= 400
