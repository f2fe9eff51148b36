"""What findings say: an English text that knows what it is made of, so that pages say it in their reader's language.

Terminals, JSON and the database take it for the plain English text that it is.
"""

from collections.abc import Mapping
from typing import Protocol


class Tongue(Protocol):
    """A language: gives the twin of a text, or of the one that fits a number."""

    def gettext(self, message: str, /) -> str:
        """The text's twin; without one, the text itself."""
        ...

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        """The twin of the first text or of the second, whichever the number asks for."""
        ...


class Saying(str):
    """A text in English. Made by `say` and `say_many`; made by itself it is data, the same in every language."""

    __slots__ = ("_many", "_text", "_values")

    def __new__(
        cls, said: str, text: str = "", values: Mapping[str, object] | None = None, many: tuple[str, int] | None = None
    ) -> "Saying":
        """`said` in English; `text` is what is looked up, `many` its form for more than one, with their number."""
        made = super().__new__(cls, said)
        made._text, made._values, made._many = text, values, many
        return made

    _text: str
    _values: Mapping[str, object] | None
    _many: tuple[str, int] | None

    def told(self, tongue: Tongue) -> str:
        """The same in another language; what was filled in is told in it too, where it is of ours."""
        if not self._text:
            return str(self)
        said = tongue.ngettext(self._text, *self._many) if self._many else tongue.gettext(self._text)
        if self._values is None:
            return said
        return said % {key: one.told(tongue) if isinstance(one, Saying) else one for key, one in self._values.items()}


NOTHING = Saying("")


def say(text: str, /, **values: object) -> Saying:
    """A text of ours; `%(name)s` in it stands for the value of that name, which may be a saying itself."""
    return Saying(text % values, text, values) if values else Saying(text, text)


def say_many(one: str, many: str, number: int, /, **values: object) -> Saying:
    """The text for one or for many; `%(num)s` stands for the number."""
    filled = {"num": number, **values}
    return Saying((one if number == 1 else many) % filled, one, filled, (many, number))
