"""Where the home's own pages are served, and links to them that are written as whole addresses."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from funnel.authoring.document import place_in
from funnel.authoring.findings import Finding
from funnel.authoring.hints import did_you_mean, nearest, quote
from funnel.authoring.home import Home
from funnel.authoring.rules.calls_to_action import declared_codes
from funnel.authoring.saying import say

PAGES = "landing_pages/"
ENDING = re.compile(r"(?:\.([a-z]{2}))?\.html$")
"""The language and the ending of a page's file."""
_WHOLE = re.compile(r"""(?<![\w-])href\s*=\s*(["'])\s*(https?://[^"'{}\s]+)\s*\1""", re.IGNORECASE)
_ALWAYS_OURS = re.compile(r"/[ls]/[^/]+")
"""Landing pages and short links; the rest of a website may be somebody else's."""


def own_addresses(home: Home) -> frozenset[str]:
    """The paths of landing pages, articles and short links; URLs show `-` for `_` and take both."""
    found = {"/", "/privacy"}
    for name in home.names:
        if name in home.scenarios and home.scenarios[name].form is None:
            continue
        found |= {f"/l/{name}", f"/l/{name.replace('_', '-')}"}
    for file in home.files:
        if file.startswith(f"{PAGES}articles/") and file.endswith(".html"):
            stem = ENDING.sub("", file).removeprefix(f"{PAGES}articles/")
            found |= {f"/articles/{stem}", f"/articles/{stem.replace('_', '-')}"}
    for code in declared_codes(home) or ():
        found |= {f"/s/{code}", f"/s/{code.replace('_', '-')}"}
    return frozenset(found)


def dead_on_website(home: Home, file: str, text: str, addresses: frozenset[str]) -> Iterator[Finding]:
    """Whole addresses below the company's website that would be a landing page or a short link, and are none. Only a
    warning: nobody here knows what else that website answers."""
    host = _host(home.company.website) if home.company is not None and "website" not in home.lost else ""
    if not host:
        return
    any_code = declared_codes(home) is None
    for match in _WHOLE.finditer(text):
        if _host(match[2]) != host:
            continue
        path = urlsplit(match[2]).path.rstrip("/")
        if not _ALWAYS_OURS.fullmatch(path) or path in addresses:
            continue
        if any_code and path.startswith("/s/"):
            continue
        message = say("no page of ours has the address %(address)s", address=quote(path))
        near = nearest(path, [one for one in addresses if one[:3] == path[:3]])
        fix = did_you_mean(near) if near else say("write '/l/<scenario>' or '/s/<call to action>' after the host")
        yield Finding(file, *place_in(text, match.start(2)), "warning", "dead-link", message, fix)


def _host(address: str | None) -> str:
    """Without `www.`, which leads to the same pages; nothing where it is no address."""
    try:
        return (urlsplit(address or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""
