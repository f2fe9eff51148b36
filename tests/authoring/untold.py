"""What findings say that no catalogue could translate: words of ours that went into them as if the author had written
them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from funnel.authoring.findings import Finding
from funnel.authoring.rules.template import MJML_TAGS
from funnel.authoring.schema import schemas
from funnel.catalogue import translations

_OTHERS = ("jinja", "yaml", "pydantic", "error", "problem")
"""The places of what Jinja, PyYAML, pydantic, the system and MJML say themselves."""
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\{[{%].*[}%]\}")
_DOTTED = re.compile(r"\S*\w[/._]\w\S*")
"""Files, addresses and names of the language."""
_WORD = re.compile(r"[^\W\d_]{2,}")


class _Places:
    """A language without a word of its own: of a text only what is filled in is left, and nothing that others say."""

    def gettext(self, message: str, /) -> str:
        """The places of the text."""
        places = re.findall(r"%\((\w+)\)s", message)
        return ", ".join(f"%({place})s" for place in places if place not in _OTHERS)

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        """Those of the one that fits the number."""
        return self.gettext(msgid1 if n == 1 else msgid2)


def untold(files: Mapping[str, bytes], findings: Iterable[Finding]) -> list[str]:
    """The words that are neither the author's (quoted, in the home's `files` or their names) nor the language's (its
    keys and what they may be) nor a program's, or that stand in a row as only a text of ours does; and whatever French
    tells as English does."""
    texts = (f"{file} {content.decode('utf-8', 'replace')}" for file, content in files.items())
    known = {word for text in texts for word in _WORD.findall(text)} | _language()
    found: list[str] = []
    for said in (said for finding in findings for said in (finding.message, finding.fix) if said):
        left = _DOTTED.sub(" ", _QUOTED.sub(" ", said.told(_Places()).removesuffix(" ...")))
        for part in left.split(","):
            words = _WORD.findall(part)
            if words and (len(part.split()) > 1 or not known.issuperset(words)):
                found.append(f"{part.strip()}: {said}")
        if said.told(translations("fr")) == said:
            found.append(said)
    return found


@cache
def _language() -> frozenset[str]:
    words = {*schemas(), *MJML_TAGS, *_words_of(schemas())}
    return frozenset(part for word in words for part in _WORD.findall(word))


def _words_of(schema: Any) -> Iterator[str]:
    """The keys that files may have, and the values that are listed of some."""
    if isinstance(schema, list):
        for one in schema:
            yield from _words_of(one)
    elif isinstance(schema, dict):
        yield from schema.get("properties", {})
        yield from (str(one) for one in [*schema.get("enum", []), schema.get("const", "")])
        for one in schema.values():
            yield from _words_of(one)
