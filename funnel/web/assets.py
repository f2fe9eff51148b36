"""Static files: kept for a year by browsers when asked for by the hash of their content, five minutes otherwise."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory

FOLDER = Path(__file__).parent / "static"
YEAR = 31_536_000
MINUTES = 300

blueprint = Blueprint("assets", __name__)


@cache
def digest(name: str) -> str:
    """The first 12 characters of the SHA-256 of a shipped file; it never changes while the process lives."""
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a shipped file, with the hash of its content."""
    return f"/static/{name}?v={digest(name)}"


@blueprint.get("/static/<path:name>")
def static(name: str) -> Response:
    """A shipped file. Vendored ones carry their version in the name."""
    answer = send_from_directory(FOLDER, name, max_age=MINUTES)
    if name.startswith("vendor/") or request.args.get("v") == digest(name):
        answer.cache_control.max_age = YEAR
        answer.cache_control.immutable = True
    answer.cache_control.public = True
    return answer
