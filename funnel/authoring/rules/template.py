"""The rules of templates: readable as Jinja, MJML tags that exist, a subject of one line."""

import re
from collections.abc import Iterable, Mapping

from funnel.authoring.findings import Finding
from funnel.authoring.hints import nearest, quote, suggest
from funnel.authoring.jinja import MAX_TEMPLATE, Unreadable, parse

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

MAILS = "email_templates/"
_TWIN = re.compile(r"\.[a-z]{2}(\.[a-z]+)$")
_INCLUDE = re.compile(r"\{%-?\s*include\s+[\"']([^\"']+)[\"']")
_MJML = re.compile(r"<(mj[a-zA-Z0-9-]*)")


def template_findings(file: str, content: bytes) -> list[Finding]:
    """What is wrong with a page (`.html`), a mail's body (`.mjml`, `.txt`) or its subject (`subject.*.txt`)."""
    if len(content) > MAX_TEMPLATE:
        message = f"the template has {len(content):,} bytes; the limit is {MAX_TEMPLATE:,}"
        return [Finding(file, 1, 1, "error", "too-big", message, "keep pictures and long texts in files of their own")]
    try:
        source = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return [Finding(file, line, 1, "error", "not-utf8", "the file is not UTF-8", "save it as UTF-8")]
    findings = [*_jinja(file, source)]
    if not source.strip():
        findings.append(Finding(file, 1, 1, "error", "empty-file", "the template is empty", "write it"))
    if file.endswith(".mjml"):
        findings += _mjml(file, source)
    if file.rpartition("/")[2].startswith("subject.") and "\n" in source.strip():
        line = len(source) - len(source.lstrip()) and source[: len(source) - len(source.lstrip())].count("\n")
        message = "a subject is one line"
        findings.append(Finding(file, line + 2, 1, "error", "bad-value", message, "join the lines"))
    return findings


def include_findings(file: str, content: bytes, files: Mapping[str, bytes], locales: Iterable[str]) -> list[Finding]:
    """Parts that a mail includes and that are not there; named below `email_templates/`, alone or one a language."""
    source = content.decode("utf-8", "replace")
    findings: list[Finding] = []
    for match in _INCLUDE.finditer(source):
        stem, _, ending = f"{MAILS}{match[1]}".rpartition(".")
        if f"{stem}.{ending}" in files or any(f"{stem}.{locale}.{ending}" in files for locale in locales):
            continue
        if len(findings) == MAX_TOLD:
            break
        line = source.count("\n", 0, match.start()) + 1
        col = match.start(1) - source.rfind("\n", 0, match.start(1))
        parts = {
            _TWIN.sub(r"\1", path.removeprefix(MAILS)) for path in files if path.startswith(MAILS) and "/_" in path
        }
        near = nearest(match[1], parts)
        fix = f"did you mean {near!r}?" if near else f"create {MAILS}{match[1]}"
        message = f"nothing to include: {quote(match[1])}"
        findings.append(Finding(file, line, col, "error", "missing-file", message, fix))
    return findings


def _jinja(file: str, source: str) -> list[Finding]:
    try:
        parse(source)
    except Unreadable as error:
        return [Finding(file, error.line, 1, "error", "template-syntax", str(error), error.fix)]
    return []


def _mjml(file: str, source: str) -> list[Finding]:
    findings: list[Finding] = []
    for match in _MJML.finditer(source):
        if match[1] in MJML_TAGS:
            continue
        if len(findings) == MAX_TOLD:
            break
        line = source.count("\n", 0, match.start()) + 1
        col = match.start() - source.rfind("\n", 0, match.start())
        fix = "use Jinja's include" if match[1] == "mj-include" else suggest(match[1], MJML_TAGS)
        message = f"no MJML tag {quote(match[1])}"
        findings.append(Finding(file, line, col, "error", "unknown-mjml", message, fix))
    return findings
