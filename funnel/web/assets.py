"""Static files: packed where that makes them smaller, kept for a year by browsers when asked for by the hash of their
content, five minutes otherwise."""

import gzip
import hashlib
from functools import cache
from mimetypes import guess_type
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory

FOLDER = Path(__file__).parent / "static"
YEAR = 31_536_000
MINUTES = 300

_TEXTS = (".css", ".js", ".svg")

blueprint = Blueprint("assets", __name__)


@cache
def digest(name: str) -> str:
    """The first 12 characters of the SHA-256 of a shipped file; it never changes while the process lives."""
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a shipped file, with the hash of its content."""
    return f"/static/{name}?v={digest(name)}"


@cache
def texts() -> frozenset[str]:
    """The shipped files that packing makes smaller."""
    return frozenset(path.name for path in FOLDER.iterdir() if path.suffix in _TEXTS)


@cache
def packed(name: str) -> bytes:
    """A shipped text, packed as it is sent."""
    return pack((FOLDER / name).read_bytes())


def pack(plain: bytes) -> bytes:
    """As small as gzip makes it; the same bytes each time."""
    return gzip.compress(plain, 9, mtime=0)


@blueprint.get("/static/<path:name>")
def static(name: str) -> Response:
    """A shipped file. Vendored ones carry their version in the name."""
    if name in texts() and request.accept_encodings["gzip"]:
        answer = Response(packed(name), mimetype=guess_type(name)[0], headers={"Content-Encoding": "gzip"})
        answer.set_etag(f"{digest(name)}-packed")
        answer.make_conditional(request)
        answer.cache_control.max_age = MINUTES
    else:
        answer = send_from_directory(FOLDER, name, max_age=MINUTES)
    if name in texts():
        answer.vary.add("Accept-Encoding")
    if name.startswith("vendor/") or request.args.get("v") == digest(name):
        answer.cache_control.max_age = YEAR
        answer.cache_control.immutable = True
    answer.cache_control.public = True
    return answer
