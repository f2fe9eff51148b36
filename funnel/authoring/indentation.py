"""Lines that begin a space too far to the right: the slip that YAML tells late, elsewhere or never."""

import re
from collections.abc import Sequence

from funnel.authoring.saying import Saying, say, say_many

_ENTRY = re.compile(r"^ *(?:- +)*(?:-$|- |[A-Za-z_][A-Za-z0-9_. -]*:(?: |$)|[\"'][^\"']*[\"']:(?: |$))")
_FURTHEST = 200
"""Lines above a syntax error in which its cause is looked for."""


def leading(line: str) -> int:
    """How many spaces a line begins with."""
    return len(line) - len(line.lstrip(" "))


def is_uneven(line: str) -> bool:
    """Whether a line is indented by an odd number of spaces; the language indents by two."""
    return leading(line) % 2 == 1


def uneven_above(lines: Sequence[str], last: int) -> int | None:
    """The number (from 1) of the nearest unevenly indented line at or above `last` that holds a key or an item."""
    for number in range(min(last, len(lines)), max(0, last - _FURTHEST), -1):
        line = lines[number - 1]
        if is_uneven(line) and _ENTRY.match(line):
            return number
    return None


def in_words(lines: Sequence[str], number: int) -> tuple[Saying, Saying]:
    """The message and the fix for a line that begins in the wrong column."""
    indent = leading(lines[number - 1])
    near = [leading(line) for line in lines[max(0, number - 2) : number + 1] if line.strip()]
    wanted = min((one for one in near if one % 2 == 0), key=lambda one: abs(one - indent), default=indent - 1)
    message = say_many(
        "this line begins %(num)s space from the left; each level is two",
        "this line begins %(num)s spaces from the left; each level is two",
        indent,
    )
    return message, say("line it up with its neighbours, %(wanted)s spaces from the left", wanted=wanted)
