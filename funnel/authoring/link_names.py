"""The links of a mail that lead the same way for everybody: the names that authors give them
(`<mj-button name="prices" href="https://...">`), by which rules and steps speak of them, else their places (`link_2`).

Links that Jinja makes (`{{ links... }}`) carry out what was asked and are none of these, nor are mailto:, tel: and what
leads to privacy, imprint or unsubscribing.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from funnel.authoring.mail_pieces import HOUSE, MAILS, expanded

_NAMED = re.compile(r"""<(?:a|mj-[a-z-]+)\b[^>]*?\sname="([a-z][a-z0-9_]{0,63})\"""")
_LITERAL = re.compile(r"""<(?:a|mj-[a-z-]+)\b[^>]*?\shref="(?P<target>https?://[^"{}\s]+)"[^>]*>""", re.IGNORECASE)
_BODY = re.compile(r"email_templates/([^/]+)/(?:[^/]+/body\.[a-z]{2}|_[^/]+)\.mjml")
_LEFT_ALONE = re.compile(
    r"privacy|imprint|impressum|datenschutz|mentions|legal|confidentialit|unsubscribe|desinscription|desabonn",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class WrittenLink:
    """A link as it stands in a text: its name, where it leads, and from where to where its address is written."""

    name: str
    target: str
    begins: int
    ends: int


def link_names(files: Mapping[str, bytes], scenario: str | None = None) -> list[str]:
    """Every name in the mails of a scenario, or of all, and in the pieces that mails share; in order."""
    found: set[str] = set()
    for file, content in files.items():
        match = _BODY.fullmatch(file)
        if match and (scenario is None or match[1] in (scenario, HOUSE)):
            found.update(_NAMED.findall(content.decode("utf-8", "replace")))
    return sorted(found)


def links_in(text: str) -> Iterator[WrittenLink]:
    """The links of a mail, in MJML or in HTML, in its order."""
    place = 0
    for match in _LITERAL.finditer(text):
        target = html.unescape(match["target"])
        if not _LEFT_ALONE.search(target):
            place += 1
            named = _NAMED.match(match.group())
            yield WrittenLink(named[1] if named else f"link_{place}", target, *match.span("target"))


def links_of(files: Mapping[str, bytes], body: str, language: str) -> list[str]:
    """The names of the links of a mail's body, with those of the pieces that it includes; `NotIncluded`."""
    text = expanded(files, body, language, lambda file: files[file].decode("utf-8", "replace"))
    return [link.name for link in links_in(text)]


@dataclass(frozen=True, slots=True)
class _Mail:
    """A mail (`<scenario>/<mail>`) of a version: its files never change, so the digest tells it from all others."""

    digest: str
    message: str
    files: Mapping[str, bytes] = field(compare=False)


def links_by_language(files: Mapping[str, bytes], digest: str, message: str) -> Mapping[str, Sequence[str]]:
    """The names of the links of a mail (`<scenario>/<mail>`) by the languages in which it is written; `files` are those
    of the version with this digest; `NotIncluded`."""
    return _links_by_language(_Mail(digest, message, files))


@lru_cache(maxsize=2048)
def _links_by_language(mail: _Mail) -> Mapping[str, Sequence[str]]:
    body = f"{MAILS}{mail.message}/body."
    written = [file for file in mail.files if file.startswith(body) and file.endswith(".mjml")]
    languages = {file.removeprefix(body).removesuffix(".mjml"): file for file in written}
    return {language: tuple(links_of(mail.files, file, language)) for language, file in languages.items()}
