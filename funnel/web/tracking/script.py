"""`/t.js`: the tracker, with the sites that it may bring a browser to; small, and kept by browsers for a while."""

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from funnel.usecases.tracking.sites import Sites
from funnel.web.assets import pack

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SCRIPT = "/t.js"
PROOF = "fn_from"
"""The parameter by which the link of a mail tells the page that it leads to whose browser it may be."""

COMMON = [("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"), ("X-Content-Type-Options", "nosniff")]
"""What every answer of the branch says that nobody is to keep."""
RETRY_AFTER = "10"
"""Seconds after which to ask again."""

_KEPT = "public, max-age=600"
"""Ten minutes: so soon every page knows a site that has come or gone."""


def script(sites: Sites, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """The tracker, packed where the browser takes that; while no site is known, none, and nobody keeps that."""
    if not sites.hosts:
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "0")]
        start_response("503 Service Unavailable", [*headers, ("Retry-After", RETRY_AFTER), *COMMON])
        return []
    plain, packed, tag = tracker(tuple(sorted(sites.hosts)), kept=sites.kept)
    takes = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    body = packed if takes else plain
    headers = [
        ("Cache-Control", _KEPT),
        ("ETag", tag),
        ("Vary", "Accept-Encoding"),
        ("Access-Control-Allow-Origin", "*"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    if environ.get("HTTP_IF_NONE_MATCH") == tag:
        start_response("304 Not Modified", headers)
        return []
    headers += [("Content-Type", "text/javascript; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers + ([("Content-Encoding", "gzip")] if takes else []))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


@lru_cache(maxsize=16)
def tracker(sites: tuple[str, ...], *, kept: bool = True) -> tuple[bytes, bytes, str]:
    """The tracker's bytes for these sites, plain and packed, and their tag; without what only its authors read. Where
    no visits are `kept`, it forgets what a browser was known by."""
    lines = Path(__file__).with_name("t.js" if kept else "forget.js").read_text(encoding="utf-8").splitlines()
    lean = "\n".join(line for line in map(str.strip, lines) if line and not line.startswith("//"))
    plain = lean.replace("/*sites*/[]", json.dumps(sites)).encode()
    return plain, pack(plain), f'W/"{hashlib.sha256(plain).hexdigest()[:16]}"'


def with_parameter(url: str, name: str, value: str) -> str:
    """The address with one parameter more; the value needs no quoting."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=f"{parts.query}&{name}={value}" if parts.query else f"{name}={value}"))
