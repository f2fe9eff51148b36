"""Words for findings: did-you-mean, quoting of what an author wrote, lists and plurals."""

import difflib
from collections.abc import Collection, Iterable
from heapq import nsmallest

_LONGEST_GUESS = 64
_MOST_GUESSED = 1000
_LONGEST_LIST = 14
_LONGEST_QUOTE = 60


def quote(value: object) -> str:
    """What the author wrote, on one line, control characters escaped, cut to 60 characters."""
    text = repr(value)
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 4] + " ..."


def nearest(word: object, options: Collection[str]) -> str | None:
    """The option that was probably meant, if any is near. Long words are not guessed at, for that takes quadratic time;
    nor is any among more than a thousand options."""
    if not isinstance(word, str) or len(word) > _LONGEST_GUESS or len(options) > _MOST_GUESSED:
        return None
    choices = sorted(set(options))
    lowered = {choice.lower(): choice for choice in reversed(choices)}
    plain = word.strip().lower().replace("-", "_").replace(" ", "_")
    for candidate in (word.lower(), plain):
        if candidate in lowered:
            return lowered[candidate]
    near = difflib.get_close_matches(plain, lowered, 1, 0.6)
    return lowered[near[0]] if near else None


def suggest(word: object, options: Collection[str]) -> str:
    """The fix for a word that is not among `options`: did you mean, else what there is."""
    if near := nearest(word, options):
        return f"did you mean {near!r}?"
    if len(options) > _MOST_GUESSED:
        return "use one that is declared"
    choices = nsmallest(_LONGEST_LIST + 1, set(options))
    if not choices:
        return "none is declared yet"
    if len(choices) > _LONGEST_LIST:
        return f"use one of {', '.join(choices[:_LONGEST_LIST])} ..."
    return f"use {any_of(choices)}"


def any_of(choices: Iterable[str]) -> str:
    """`a`, `a or b`, `one of a, b, c`."""
    words = list(choices)
    return " or ".join(words) if len(words) < 3 else f"one of {', '.join(words)}"


def count(number: int, noun: str) -> str:
    """`1 error`, `3 errors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def kind_of(value: object) -> str:
    """What an author would call a value: a number, a text, a list ..."""
    match value:
        case None:
            return "nothing"
        case bool():
            return f"the yes-or-no {str(value).lower()}"
        case int() | float():
            return f"the number {quote(value)}"
        case str():
            return f"the text {quote(value)}"
        case list():
            return "a list"
        case _:
            return "a mapping"
