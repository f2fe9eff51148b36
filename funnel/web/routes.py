"""Rules of addresses that learn how to write an address when they are first asked for one, and numbers in addresses."""

from collections.abc import Callable
from functools import cache
from typing import Any

from werkzeug.routing import IntegerConverter, Map, Rule

Builder = Callable[..., tuple[str, str]]

HIGHEST = 2**63 - 1
"""The highest number that a database can have given to anything."""


class Number(IntegerConverter):
    """A number in an address, `<int:...>`; a higher one than `HIGHEST` leads nowhere."""

    def __init__(self, map: Map, *args: Any, **given: Any) -> None:
        super().__init__(map, *args, **{"max": HIGHEST, **given})


class LateRule(Rule):
    """Reads addresses like any other.

    Werkzeug compiles two small programs a rule in advance, by which `url_for` writes its address: five sixths of the
    time in which the application was made, for addresses most of which no process ever writes.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        compiled = cache(super()._compile_builder)

        def late(rule: Rule, /, **values: Any) -> tuple[str, str]:
            made: tuple[str, str] = compiled(append_unknown)(rule, **values)
            return made

        return late


def an_id(text: str) -> int:
    """The number of something that the database knows; `ValueError` for what is none."""
    number = int(text)
    if not 0 <= number <= HIGHEST:
        raise ValueError(f"no id: {number}")
    return number
