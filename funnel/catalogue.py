"""What the product says, in the languages it speaks: one catalogue for pages, mails, calendars and histories.

A text stands in the code in English, inside `gettext(...)`, `ngettext(...)` or `_(...)`, in a template inside
`{% trans %}` or `_()`. Its twins stand in `funnel/translations/<language>/LC_MESSAGES/messages.po`, read as they are.
A language without a catalogue, and a text without a twin, is told in English.
"""

import io
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

FOLDER = Path(__file__).parent / "translations"
OWN = "en"
"""The language in which texts stand in the code."""


def path_of(language: str) -> Path:
    """Where a language's catalogue is, or would be."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


@cache
def translations(language: str) -> NullTranslations:
    """A language's catalogue, read once; an empty one for a language that has none. Fuzzy entries do not count."""
    path = path_of(language)
    if not language.replace("-", "").isalnum() or not path.is_file():
        return Translations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language.replace("-", "_"))
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(fp=compiled)


class Speech:
    """One language. `%(name)s` in a text stands for the value of that name."""

    def __init__(self, language: str) -> None:
        self.language = language

    def gettext(self, text: str, **values: object) -> str:
        """The text in this language."""
        said = translations(self.language).gettext(text)
        return said % values if values else said

    def ngettext(self, one: str, many: str, number: int, **values: object) -> str:
        """The text for one or for many; `%(num)s` stands for the number."""
        said = translations(self.language).ngettext(one, many, number)
        return said % {"num": number, **values}
