"""What mails share: pieces that are included by their text, in the mail's own language where there is a twin of it."""

import re
from collections.abc import Callable, Collection

MAILS = "email_templates/"
HOUSE = "house"
"""Whose mails the company's own are, as the others are a scenario's."""
HOUSE_FOLDER = f"{MAILS}{HOUSE}/"
INCLUDE = re.compile(r"""\{%[-+]?\s*include\s+(["'])([^"']+)\1\s*[-+]?%\}""")
_DEPTH = 5


class NotIncluded(ValueError):
    """A piece that is not there, or pieces that include each other; the text says where and what."""


def piece(files: Collection[str], name: str, language: str) -> str | None:
    """The file of the piece that is included as `name`: its twin in a language, else itself."""
    stem, _, ending = f"{MAILS}{name}".rpartition(".")
    return next((file for file in (f"{stem}.{language}.{ending}", f"{stem}.{ending}") if file in files), None)


def expanded(
    files: Collection[str], file: str, language: str, read: Callable[[str], str], above: tuple[str, ...] = ()
) -> str:
    """The text of a file, as `read` gives it, with all that it includes put in; `NotIncluded`."""
    if len(above) > _DEPTH or file in above:
        raise NotIncluded(f"{above[0]}: {{% include %}} goes round in a circle or deeper than {_DEPTH}: {file}")
    text = read(file)

    def included(match: re.Match[str]) -> str:
        found = piece(files, match[2], language)
        if found is None:
            line = text.count("\n", 0, match.start()) + 1
            raise NotIncluded(f"{file}:{line}: there is no {MAILS}{match[2]} to include")
        return expanded(files, found, language, read, (*above, file))

    return INCLUDE.sub(included, text)
