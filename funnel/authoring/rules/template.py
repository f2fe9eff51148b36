"""The rules of templates: readable as Jinja, MJML tags that exist, a subject of one line."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from jinja2 import nodes

from funnel.authoring import jinja
from funnel.authoring.document import place_in
from funnel.authoring.findings import Finding
from funnel.authoring.hints import did_you_mean, grouped, nearest, quote, suggest
from funnel.authoring.jinja import MAX_TEMPLATE, Unreadable, environment_of, parse
from funnel.authoring.mail_pieces import INCLUDE, MAILS
from funnel.authoring.saying import say

MJML_TAGS = frozenset(
    (
        *("mjml", "mj-head", "mj-body", "mj-attributes", "mj-all", "mj-class", "mj-breakpoint", "mj-font"),
        *("mj-html-attributes", "mj-selector", "mj-html-attribute", "mj-preview", "mj-style", "mj-title"),
        *("mj-accordion", "mj-accordion-element", "mj-accordion-title", "mj-accordion-text", "mj-button"),
        *("mj-carousel", "mj-carousel-image", "mj-column", "mj-divider", "mj-group", "mj-hero", "mj-image"),
        *("mj-navbar", "mj-navbar-link", "mj-raw", "mj-section", "mj-social", "mj-social-element", "mj-spacer"),
        *("mj-table", "mj-text", "mj-wrapper"),
    )
)
"""MJML 4's tags, without `mj-include`: it reads from the disk, and a version lives in the database."""

MAX_TOLD = 20
"""Findings of one kind in one template."""

_TWIN = re.compile(r"\.[a-z]{2}(\.[a-z]+)$")
_OTHER_FILE = re.compile(r"\{%[-+]?\s*(include|extends|import|from)\b")
_COMMENT = re.compile(r"\{#.*?#\}|<!--(?!\[if|<!).*?-->", re.DOTALL)
_JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_MJML = re.compile(r"<(mj[a-zA-Z0-9-]*)")


def template_findings(file: str, content: bytes) -> list[Finding]:
    """What is wrong with a page (`.html`), a mail's body (`.mjml`, `.txt`) or its subject (`subject.*.txt`)."""
    if len(content) > MAX_TEMPLATE:
        message = say(
            "the template has %(number)s bytes; the limit is %(most)s",
            number=grouped(len(content)),
            most=grouped(MAX_TEMPLATE),
        )
        return [
            Finding(file, 1, 1, "error", "too-big", message, say("keep pictures and long texts in files of their own"))
        ]
    try:
        source = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = place_in(content[: error.start].decode("utf-8-sig"), error.start)
        return [Finding(file, *place, "error", "not-utf8", say("the file is not UTF-8"), say("save it as UTF-8"))]
    findings = [*_jinja(file, source)]
    if not source.strip():
        findings.append(Finding(file, 1, 1, "error", "empty-file", say("the template is empty"), say("write it")))
    if file.endswith(".mjml"):
        findings += _mjml(file, source)
    if file.rpartition("/")[2].startswith("subject.") and "\n" in source.strip():
        second = source.index("\n", len(source) - len(source.lstrip())) + 1
        place = place_in(source, second)
        message = say("a subject is one line")
        findings.append(Finding(file, *place, "error", "bad-value", message, say("join the lines")))
    return findings


def include_findings(file: str, content: bytes, files: Mapping[str, bytes], locales: Iterable[str]) -> list[Finding]:
    """Parts that a mail includes and that are not there; named below `email_templates/`, alone or one a language."""
    source = content.decode("utf-8", "replace")
    findings: list[Finding] = []
    for match in INCLUDE.finditer(source):
        stem, _, ending = f"{MAILS}{match[2]}".rpartition(".")
        if f"{stem}.{ending}" in files or any(f"{stem}.{locale}.{ending}" in files for locale in locales):
            continue
        if len(findings) == MAX_TOLD:
            break
        parts = {
            _TWIN.sub(r"\1", path.removeprefix(MAILS)) for path in files if path.startswith(MAILS) and "/_" in path
        }
        near = nearest(match[2], parts)
        fix = did_you_mean(near) if near else say("create %(file)s", file=f"{MAILS}{match[2]}")
        message = say("nothing to include: %(name)s", name=quote(match[2]))
        findings.append(Finding(file, *place_in(source, match.start(2)), "error", "missing-file", message, fix))
    return findings


def shown(text: str, *, html: bool = True) -> str:
    """A template with its comments blanked (of Jinja only, unless `html`): nobody sees what stands in them."""
    return (_COMMENT if html else _JINJA_COMMENT).sub(lambda found: re.sub(r"\S", " ", found[0]), text)


def first_from(text: str, line: int, pattern: str) -> tuple[int, int]:
    """Line and column of the first match's group from `line` on, within twenty; the line's begin when there is none.
    Jinja tells lines and no columns."""
    lines = text.split("\n")
    for number in range(line, min(line + 20, len(lines) + 1)):
        if found := re.search(pattern, lines[number - 1]):
            return number, found.start(1) + 1
    return line, 1


def _jinja(file: str, source: str) -> Iterator[Finding]:
    try:
        tree = parse(file, source)
    except Unreadable as error:
        yield Finding(file, error.line, 1, "error", "template-syntax", error.message, error.fix)
        return
    yield from islice(_unknown_words(file, source, tree), MAX_TOLD)
    if environment_of(file) is jinja.MAILS:
        yield from islice(_other_files(file, source), MAX_TOLD)


def _unknown_words(file: str, source: str, tree: nodes.Template) -> Iterator[Finding]:
    """Filters and tests that there are none of: the template would stop at the first of them."""
    environment = environment_of(file)
    for node in tree.find_all((nodes.Filter, nodes.Test)):
        is_filter = isinstance(node, nodes.Filter)
        known: Mapping[str, object] = environment.filters if is_filter else environment.tests
        if node.name in known:
            continue
        before = r"\|\s*" if is_filter else r"\bis\s+(?:not\s+)?"
        place = first_from(source, node.lineno, rf"{before}({re.escape(node.name)})\b")
        kind = say("no filter") if is_filter else say("no test")
        message = say("%(no)s %(name)s: it would stop the mail or the page", no=kind, name=quote(node.name))
        yield Finding(file, *place, "error", "unknown-name", message, suggest(node.name, known))


def _other_files(file: str, source: str) -> Iterator[Finding]:
    """Other ways to name a file than the one that mails have."""
    for match in _OTHER_FILE.finditer(shown(source)):
        if not INCLUDE.match(source, match.start()):
            message = say(
                "this %(tag)s is not for mails, which only know the plain include of a part by its name",
                tag=repr(match[1]),
            )
            fix = say('write {% include "house/_footer.mjml" %}')
            yield Finding(file, *place_in(source, match.start()), "error", "template-syntax", message, fix)


def _mjml(file: str, source: str) -> list[Finding]:
    findings: list[Finding] = []
    for match in _MJML.finditer(shown(source)):
        if match[1] in MJML_TAGS:
            continue
        if len(findings) == MAX_TOLD:
            break
        fix = say("use Jinja's include") if match[1] == "mj-include" else suggest(match[1], MJML_TAGS)
        message = say("no MJML tag %(tag)s", tag=quote(match[1]))
        findings.append(Finding(file, *place_in(source, match.start()), "error", "unknown-mjml", message, fix))
    return findings
