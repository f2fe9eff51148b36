"""How often one address may ask for what costs something: counted in each process's own memory, which is enough to
slow a guesser and needs no server."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="fixed-window", headers_enabled=True)
LOG_IN = "10 per minute; 60 per hour"
"""Tries to log in, per address."""
