"""The rules of landing pages: what they extend, link to and show, an imprint, the way to the privacy notice."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from funnel.authoring.findings import Finding
from funnel.authoring.hints import nearest, quote
from funnel.authoring.home import Home
from funnel.authoring.rules.mails import unknown_names
from funnel.authoring.rules.names import Shape, Walk
from funnel.authoring.rules.template import MAX_TOLD
from funnel.domain.company import Brand, Company, Sender, Window

PAGES = "landing_pages/"
_COMPANY: Shape = {
    **dict.fromkeys(Company.model_fields),
    "brand": dict.fromkeys(Brand.model_fields),
    "sender": dict.fromkeys(Sender.model_fields),
    "sending_window": dict.fromkeys(Window.model_fields),
    "postal_address": [None],
}
_NAMES: Mapping[str, Shape] = {
    **dict.fromkeys(("lang", "demo", "radar_of", "asset", "base_url", "canonical", "path")),
    "languages": [None],
    "company": _COMPANY,
}
_NAMED = re.compile(r"\{%[-+]?\s*(?:extends|include|import|from)\s+([\"'])([^\"']+)\1")
_HREF = re.compile(r"""(?:href|action)=(["'])(.*?)\1""")
_OURS = ("/static/", "/brand.css", "/dev/", "/dev", "/login", "/t.js", "/desk", "/diary", "/studio", "/board", "/q/")
"""Addresses that the product itself answers."""
_LANGUAGE = re.compile(r"(\.[a-z]{2})?\.html$")


def page_findings(home: Home) -> Iterator[Finding]:
    """Everything that holds between pages, and between a page and the scenario whose form it shows."""
    pages = {file.removeprefix(PAGES): file for file in home.files if file.startswith(PAGES) and file.endswith(".html")}
    broken = {finding.file for finding in home.findings if finding.level == "error"}
    addresses = _addresses(home, pages)
    for name, file in pages.items():
        text = home.files[file].decode("utf-8-sig", "replace")
        if file not in broken:
            yield from islice(_named(file, text, pages), MAX_TOLD)
            yield from islice(_dead(file, text, addresses), MAX_TOLD)
        if not name.rpartition("/")[2].startswith("_"):
            yield from _whole(home, name, file, text, pages, broken)


def _whole(
    home: Home, name: str, file: str, text: str, pages: Mapping[str, str], broken: set[str]
) -> Iterator[Finding]:
    """A page with all that it extends and includes."""
    folder, _, leaf = name.rpartition("/")
    stem = _LANGUAGE.sub("", leaf)
    form = home.scenarios[folder].form if folder in home.scenarios else None
    shows_form = folder in home.names
    walk = Walk(
        lambda other: (
            (pages[other], home.files[pages[other]].decode("utf-8-sig", "replace")) if other in pages else None
        ),
        {**_NAMES, **({"form_html": None} if shows_form else {})},
    )
    walk.template(file, text)
    yield from islice(unknown_names(home.files, walk.uses), MAX_TOLD)
    if broken.intersection(walk.files):
        return
    if form is not None and form.page == stem and not walk.uses_of("form_html"):
        message = f"this page is the form of {folder!r} and does not show it"
        yield Finding(file, 1, 1, "error", "no-form", message, "write {{ form_html }} where it is to stand")
    if not walk.uses_of("company.postal_address"):
        message = "this page does not say whose it is: the postal address is missing"
        fix = '{% extends "_base.html" %}, or write {{ company.postal_address|join(", ") }}'
        yield Finding(file, 1, 1, "error", "no-imprint", message, fix)
    if name != "privacy.html" and not any('"/privacy"' in one or "'/privacy'" in one for one in walk.texts):
        message = "from this page no link leads to the privacy notice"
        fix = '{% extends "_base.html" %}, or link to it: <a href="/privacy">'
        yield Finding(file, 1, 1, "error", "no-privacy-notice", message, fix)


def _named(file: str, text: str, pages: Mapping[str, str]) -> Iterator[Finding]:
    """Pages that are extended or included and are not there."""
    for match in _NAMED.finditer(text):
        if match[2] in pages:
            continue
        near = nearest(match[2], pages)
        fix = f"did you mean {near!r}?" if near else f"create {PAGES}{match[2]}"
        message = f"no page part {quote(match[2])}"
        yield Finding(file, *_place(text, match.start(2)), "error", "missing-file", message, fix)


def _dead(file: str, text: str, addresses: frozenset[str]) -> Iterator[Finding]:
    for match in _HREF.finditer(text):
        target = match[2].strip()
        plain = re.split(r"[?#]", target)[0].rstrip("/") or "/"
        if "{" in target or re.match(r"[a-z][a-z0-9+.-]*:|//", target):
            continue
        if target.startswith("#"):
            if len(target) > 1:  # the rest of the page may come from another file
                continue
            message = "a link that leads nowhere"
        elif plain.startswith(_OURS) or (target and plain in addresses):
            continue
        else:
            message = f"no page of ours has the address {quote(target)}" if target else "a link without an address"
        near = nearest(plain, addresses)
        fix = (
            f"did you mean {near!r}?"
            if near and target
            else "write '/', '/privacy', '/l/<scenario>' or '/articles/<name>'"
        )
        yield Finding(file, *_place(text, match.start(2)), "error", "dead-link", message, fix)


def _addresses(home: Home, pages: Mapping[str, str]) -> frozenset[str]:
    """Where the home's own pages are served; URLs show `-` for `_` and take both."""
    found = {"/", "/privacy"}
    for name in home.names:
        found |= {f"/l/{name}", f"/l/{name.replace('_', '-')}"}
    for name in pages:
        if name.startswith("articles/"):
            stem = _LANGUAGE.sub("", name.removeprefix("articles/"))
            found |= {f"/articles/{stem}", f"/articles/{stem.replace('_', '-')}"}
    return frozenset(found)


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
