"""How often one address may ask for what costs something: counted in each process's own memory, which is enough to
slow a guesser and needs no server."""

from flask import Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="fixed-window", headers_enabled=True)
LOG_IN = "10 per minute; 60 per hour"
"""Wrong tries to log in, per address."""


def failed(answer: Response) -> bool:
    """Only what went wrong counts: whoever knows the password is never kept waiting."""
    return answer.status_code >= 400
