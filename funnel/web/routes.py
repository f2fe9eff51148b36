"""Rules of addresses that learn how to write an address when they are first asked for one."""

from collections.abc import Callable
from functools import cache
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


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
