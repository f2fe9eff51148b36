"""The rules of landing pages: what they extend, link to and show, an imprint, the way to the privacy notice."""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from jinja2 import nodes

from funnel.authoring.document import place_in
from funnel.authoring.findings import Finding
from funnel.authoring.hints import did_you_mean, nearest, quote, suggest
from funnel.authoring.home import Home
from funnel.authoring.jinja import Unreadable, parse
from funnel.authoring.rules.calls_to_action import declared_codes
from funnel.authoring.rules.mails import WEBINAR, unknown_names
from funnel.authoring.rules.names import ANYTHING, Shape, Walk
from funnel.authoring.rules.own_addresses import ENDING, PAGES, dead_on_website, own_addresses
from funnel.authoring.rules.template import MAX_TOLD, shown
from funnel.authoring.saying import Saying, say
from funnel.domain.company import Brand, Company, Sender, Window

_COMPANY: Shape = {
    **dict.fromkeys(Company.model_fields, ANYTHING),
    **dict.fromkeys(("name", "legal_name", "website", "zone", "country", "privacy_notice", "privacy_contact")),
    "brand": dict.fromkeys(Brand.model_fields),
    "sender": dict.fromkeys(Sender.model_fields),
    "sending_window": dict.fromkeys(Window.model_fields, ANYTHING),
    "postal_address": [None],
}
_NAMES: Mapping[str, Shape] = {
    **dict.fromkeys(("lang", "base_url")),
    **dict.fromkeys(("demo", "radar_of", "asset"), ANYTHING),
    "languages": [dict.fromkeys(("code", "name", "url", "current"))],
    "company": _COMPANY,
}
_TAGS = re.compile(r"<(?:style|script)\b.*?</(?:style|script)>|<[^>]*>?", re.DOTALL)
_LETTERS = re.compile(r"[^\W\d_]{2}")
_NAMED = re.compile(r"\{%[-+]?\s*(?:extends|include|import|from)\s+([\"'])([^\"']+)\1")
_HREF = re.compile(r"""(?<![\w-])(?:href|action)\s*=\s*(["'])(.*?)\1""", re.IGNORECASE)
_SRC = re.compile(r"""(?<![\w-])src\s*=\s*(["'])(.*?)\1""", re.IGNORECASE)
_OPEN_TAG = re.compile(r"<([a-z]+)", re.IGNORECASE)
_CTA = re.compile(r"""(?<![\w-])href\s*=\s*["'][^"'{}]*[?&;]cta=([\w-]+)""", re.IGNORECASE)
_OURS = ("/static", "/brand.css", "/dev", "/login", "/desk", "/studio")
"""Addresses that the product itself answers, and all below them."""
_SCRIPTS = ("/t.js",)
_FRAMES = ("iframe", "frame", "embed")
_PRIVACY = "privacy"


def page_findings(home: Home) -> Iterator[Finding]:
    """Everything that holds between pages, and between a page and the scenario whose form it shows."""
    pages = {file.removeprefix(PAGES): file for file in home.files if file.startswith(PAGES) and file.endswith(".html")}
    broken = {finding.file for finding in home.findings if finding.level == "error"}
    addresses, codes = own_addresses(home), declared_codes(home)
    yield from _languages(home, pages)
    if home.names and not any(_stem(name) == _PRIVACY for name in pages):
        message = say("there is no page for the privacy notice, which every form, page and mail leads to")
        yield Finding(f"{PAGES}privacy.html", 1, 1, "error", "no-privacy-notice", message, say("create it"))
    for name, file in pages.items():
        text = home.text(file)
        if file not in broken:
            seen = shown(text)
            yield from islice(_named(file, shown(text, html=False), pages), MAX_TOLD)
            yield from islice(_dead(file, seen, addresses, codes is None), MAX_TOLD)
            yield from islice(_unseen(file, seen), MAX_TOLD)
            yield from islice(dead_on_website(home, file, seen, addresses), MAX_TOLD)
            yield from islice(_untold(file, seen, codes), MAX_TOLD)
        if not name.rpartition("/")[2].startswith("_"):
            yield from _whole(home, name, file, text, pages, broken)


def _languages(home: Home, pages: Mapping[str, str]) -> Iterator[Finding]:
    """Pages that are not there in one of the company's languages. A file without a language in its name is read where
    there is no other, and in the first of those by rights; so it may speak one language to readers of another."""
    if home.company is None or "locales" in home.lost:
        return
    own: dict[str, set[str]] = {}
    for name in pages:
        own.setdefault(_stem(name), set()).add(ENDING.search(name)[1] or "")  # type: ignore[index]
    for stem, languages in own.items():
        lacking = [locale for locale in home.company.locales if locale not in languages]
        common = f"{PAGES}{stem}.html"
        if stem.rpartition("/")[2].startswith("_") or not lacking[bool("" in languages) :]:
            continue
        if "" not in languages:
            file = f"{PAGES}{stem}.{min(languages)}.html"
            message = say(
                "this page is not there in %(language)s, so those who read that are told that there is none",
                language=repr(lacking[0]),
            )
            fix = say("create %(file)s", file=f"{PAGES}{stem}.{lacking[0]}.html")
            yield Finding(file, 1, 1, "error", "missing-twin", message, fix)
        elif _has_words(common, home.text(common)):
            values = {"language": repr(lacking[0]), "other": repr(lacking[1])}
            message = say("this page speaks %(language)s to those who read %(other)s too", **values)
            fix = say("create %(file)s", file=f"{PAGES}{stem}.{lacking[1]}.html")
            yield Finding(common, 1, 1, "warning", "missing-twin", message, fix)


def _has_words(file: str, text: str) -> bool:
    """Whether a page has words of its own, outside of tags and of what is translated, and does not choose by `lang`."""
    try:
        tree = parse(file, shown(text))
    except Unreadable:
        return False
    if any(node.name == "lang" for node in tree.find_all(nodes.Name)):
        return False
    return any(_LETTERS.search(_TAGS.sub(" ", node.data)) for node in tree.find_all(nodes.TemplateData))


def _stem(name: str) -> str:
    """A page's name below `landing_pages/` without its language and ending."""
    return ENDING.sub("", name)


def _whole(
    home: Home, name: str, file: str, text: str, pages: Mapping[str, str], broken: set[str]
) -> Iterator[Finding]:
    """A page with all that it extends and includes."""
    folder, _, stem = _stem(name).rpartition("/")
    form = home.scenarios[folder].form if folder in home.scenarios else None
    walk = Walk(
        lambda other: (pages[other], home.text(pages[other])) if other in pages else None,
        {**_NAMES, **_own_names(home, folder)},
    )
    walk.template(file, text)
    yield from islice(unknown_names(home, walk.uses), MAX_TOLD)
    if broken.intersection(walk.files):
        return
    if form is not None and form.page == stem and not walk.uses_of("form_html"):
        message = say("this page is the form of %(scenario)s and does not show it", scenario=repr(folder))
        yield Finding(file, 1, 1, "error", "no-form", message, say("write {{ form_html }} where it is to stand"))
    if not walk.uses_of("company.postal_address"):
        message = say("this page does not say whose it is: the postal address is missing")
        fix = say('{% extends "_base.html" %}, or write {{ company.postal_address|join(", ") }}')
        yield Finding(file, 1, 1, "error", "no-imprint", message, fix)
    if _stem(name) != _PRIVACY and not any('"/privacy"' in one or "'/privacy'" in one for one in walk.texts):
        message = say("from this page no link leads to the privacy notice")
        fix = say('{% extends "_base.html" %}, or link to it: <a href="/privacy">')
        yield Finding(file, 1, 1, "error", "no-privacy-notice", message, fix)


def _own_names(home: Home, folder: str) -> dict[str, Shape]:
    """What only the pages of a scenario know."""
    if folder not in home.names:
        return {}
    scenario = home.scenarios.get(folder)
    gives_seat = scenario is None or (scenario.magnet is not None and scenario.magnet.webinar is not None)
    return {"form_html": None, **({"webinar": dict.fromkeys(WEBINAR)} if gives_seat else {})}


def _named(file: str, text: str, pages: Mapping[str, str]) -> Iterator[Finding]:
    """Pages that are extended or included and are not there."""
    for match in _NAMED.finditer(text):
        if match[2] in pages:
            continue
        near = nearest(match[2], pages)
        fix = did_you_mean(near) if near else say("create %(file)s", file=f"{PAGES}{match[2]}")
        message = say("no page part %(name)s", name=quote(match[2]))
        yield Finding(file, *place_in(text, match.start(2)), "error", "missing-file", message, fix)


def _dead(file: str, text: str, addresses: frozenset[str], any_code: bool) -> Iterator[Finding]:
    """Links to no page; `any_code`: which short links there are cannot be said."""
    for match in _HREF.finditer(text):
        target = match[2].strip()
        plain = _path(target).rstrip("/") or "/"
        if _elsewhere(target) or (any_code and plain.startswith("/s/")):
            continue
        if target.startswith("#"):
            if len(target) > 1:  # the rest of the page may come from another file
                continue
            message = say("a link that leads nowhere")
        elif _answered(plain) or (target and plain in addresses):
            continue
        else:
            message = say("a link without an address")
            if target:
                message = say("no page of ours has the address %(address)s", address=quote(target))
        near = nearest(plain, addresses)
        fix = (
            did_you_mean(near)
            if near and target
            else say("write '/', '/privacy', '/l/<scenario>', '/s/<call to action>' or '/articles/<name>'")
        )
        yield Finding(file, *place_in(text, match.start(2)), "error", "dead-link", message, fix)


def _unseen(file: str, text: str) -> Iterator[Finding]:
    """Pictures, scripts and films by an address that nothing answers: no file of a home is served as it lies there. Our
    pages forbid every frame."""
    for match in _SRC.finditer(text):
        target = match[2].strip()
        if _elsewhere(target):
            continue
        tag = _OPEN_TAG.search(text, text.rfind("<", 0, match.start()), match.start())
        name = tag[1].lower() if tag else ""
        served = _path(target) in _SCRIPTS or _answered(_path(target))
        if name in _FRAMES or not served:
            yield Finding(file, *place_in(text, match.start(2)), "warning", "dead-link", *_unshown(name, target))


def _path(target: str) -> str:
    """An address without its query and fragment."""
    return re.split(r"[?#]", target)[0]


def _elsewhere(target: str) -> bool:
    """Whether an address is filled in, or leads to another site."""
    return "{" in target or re.match(r"[a-z][a-z0-9+.-]*:|//", target) is not None


def _answered(path: str) -> bool:
    """Whether the product answers a path by itself."""
    return any(f"{path}/".startswith(f"{one}/") for one in _OURS)


def _unshown(tag: str, target: str) -> tuple[Saying, Saying]:
    """What is wrong with an address in such a tag, and what to do."""
    address = quote(target)
    match tag:
        case _ if tag in _FRAMES:
            message = say("no page of ours is shown in a frame: this one stays empty")
            return message, say("lead there by a link, <a href=%(address)s>", address=address)
        case "script":
            fix = say("take it out: '/t.js', which counts visits, is the only one")
            return say("no script of ours has the address %(address)s", address=address), fix
        case "img":
            fix = say("put a picture into the page itself, as 'data:image/png;base64,...'")
            return say("no picture of ours has the address %(address)s", address=address), fix
        case _:
            fix = say("lead by a link to where it is served, <a href='https://...'>")
            return say("nothing of ours has the address %(address)s", address=address), fix


def _untold(file: str, text: str, codes: Collection[str] | None) -> Iterator[Finding]:
    """Links that name a call to action which the company's file does not have: nobody would count it."""
    if codes is None:
        return
    for match in _CTA.finditer(text):
        code = match[1].replace("-", "_")
        if code not in codes:
            message = say("no call to action %(name)s in company.yaml", name=quote(code))
            yield Finding(file, *place_in(text, match.start(1)), "warning", "unknown-id", message, suggest(code, codes))
