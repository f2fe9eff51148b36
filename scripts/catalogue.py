"""Collects every text of the product and brings the catalogues up to date: `python -m scripts.catalogue`.

A new text appears in each `messages.po` without its twin, a text that is gone disappears; a test says so until both are
done. Nothing is guessed: no entry is ever made fuzzy.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from funnel.catalogue import FOLDER, path_of

ROOT = Path(__file__).parents[1]
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "say": None,
    "ngettext": (1, 2),
    "say_many": (1, 2),
    "Conflict": None,
    "Forbidden": None,
    "Gone": None,
    "require": (2,),
}
"""The names whose first argument is a text: functions that translate at once, and refusals and findings that pages
translate."""

_METHODS = [("starter/**", "ignore"), ("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**.html", "jinja2")]
_OPTIONS = {"**.html": {"trim_blocks": "true", "encoding": "utf-8"}}


def texts() -> Catalog:
    """Every text with where it stands: the product's code and templates, and the shared frame of the landing pages."""
    found = Catalog(charset="utf-8")
    for folder in ("funnel", "landing_pages"):
        for file, line, text, notes, context in extract_from_dir(
            ROOT / folder, _METHODS, {pattern: _OPTIONS["**.html"] for pattern, kind in _METHODS if kind == "jinja2"},
            keywords=KEYWORDS,
        ):  # fmt: skip
            found.add(text, None, [(f"{folder}/{file}", line)], auto_comments=notes, context=context)
    return found


def languages() -> list[str]:
    """The languages that have a catalogue."""
    return sorted(path.name for path in FOLDER.iterdir() if path_of(path.name).is_file())


def kept(language: str) -> Catalog:
    """A language's catalogue as it stands."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def write(language: str, catalogue: Catalog) -> None:
    """Write it the same way each time, in order and without places, so that a change shows what changed."""
    with path_of(language).open("wb") as file:
        write_po(file, catalogue, width=120, sort_output=True, no_location=True)


def main() -> int:
    """Bring every catalogue up to date; 1 when a text has no twin."""
    now = texts()
    missing = 0
    for language in languages():
        catalogue = kept(language)
        catalogue.update(now, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        write(language, catalogue)
        for message in catalogue:
            twins = [message.string] if isinstance(message.string, str) else list(message.string or [""])
            if message.id and not all(twins):
                missing += 1
                print(f"{language}: {message.id!r} has no twin")
    print(f"{len(now)} texts, {missing} without a twin", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
