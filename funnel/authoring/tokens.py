"""The words of a condition: Jinja's lexer gives them with their columns; its syntax nodes have none."""

import math
import re
from dataclasses import dataclass
from typing import Literal

from jinja2 import Environment, TemplateSyntaxError

from funnel.authoring.codes import Code
from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import quote
from funnel.authoring.saying import NOTHING, Saying, say

_OPENING = "{{ "
_LEXER = Environment(autoescape=True).lexer
_FOREIGN = re.compile(
    r"""(?:[^"'&|{!“”„‘’«»]|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|!=|[&|](?![&|])|\{(?!\{))*"""
    r"""(&&|\|\||\{\{|!(?!=)|[“”„‘’«»])""",
    re.DOTALL,
)
"""The first sign outside of quotes that other languages have for what is a word here."""
_STRAIGHT = say('write straight quotes: "..."')
_OURS = {
    "&": say("write 'and'"),
    "|": say("write 'or'"),
    "!": say("write 'not'"),
    "{": say("leave out the braces: a condition stands by itself"),
    **dict.fromkeys("“”„‘’«»", _STRAIGHT),
}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class ConditionError(Exception):
    """A condition that cannot stand; `offset` counts characters from its start."""

    def __init__(self, code: Code, message: Saying, offset: int, fix: Saying = NOTHING) -> None:
        super().__init__(message)
        self.code: Code = code
        self.message = message
        self.offset = offset
        self.fix = fix

    def at(self, path: Path) -> Problem:
        """The fault of the condition that stands at `path`."""
        return Problem(path, self.code, self.message, self.fix, offset=self.offset)


@dataclass(frozen=True, slots=True)
class Token:
    """One word: `value` is what a literal stands for, `offset` counts characters from the condition's start."""

    kind: Literal["name", "operator", "literal", "end"]
    text: str
    offset: int
    value: str | int | float | bool = ""


def tokens_of(text: str) -> list[Token]:
    """The words of a condition, the last of kind `end`; `ConditionError` for what is no word."""
    if foreign := _FOREIGN.match(text):
        found = foreign[1]
        raise ConditionError(
            "bad-condition", say("unexpected %(raw)s", raw=quote(found)), foreign.start(1), _OURS[found[0]]
        )
    source = _OPENING + text.replace("\r", " ").replace("\n", " ") + " }}"
    tokens: list[Token] = []
    at = -len(_OPENING)
    try:
        for _, kind, raw in _LEXER.tokeniter(source, None):
            if kind in ("name", "operator", "string", "integer", "float"):
                tokens.append(_token(kind, raw, at))
            elif kind not in ("whitespace", "variable_begin", "variable_end") or (
                kind == "variable_end" and at < len(text)
            ):
                raise ConditionError("bad-condition", say("unexpected %(raw)s", raw=quote(raw.strip())), max(at, 0))
            at += len(raw)
    except TemplateSyntaxError as error:
        place = re.search(r" at (\d+)$", str(error.message))
        offset = int(place[1]) - len(_OPENING) if place else max(at, 0)
        said = re.sub(r" at \d+$", "", str(error.message))
        if expected := re.search(r"expected '(.)'$", said) if offset >= len(text) else None:
            fix = say("close it with %(expected)s", expected=repr(expected[1]))
            raise ConditionError("bad-condition", say("the condition ends too early"), len(text), fix) from None
        fix = say("close the quotes") if said.endswith(("char '\"'", 'char "\'"')) else NOTHING
        offset = min(max(offset, 0), len(text))
        raise ConditionError("bad-condition", say("%(jinja)s", jinja=said), offset, fix) from None
    tokens.append(Token("end", "", len(text)))
    return tokens


def _token(kind: str, raw: str, offset: int) -> Token:
    if kind == "string":
        return Token("literal", raw, offset, _ESCAPE.sub(r"\1", raw[1:-1]))
    if kind in ("integer", "float"):
        try:
            number = int(raw.replace("_", "")) if kind == "integer" else float(raw.replace("_", ""))
        except ValueError:
            raise ConditionError("bad-condition", say("%(raw)s is not a number here", raw=quote(raw)), offset) from None
        if not math.isfinite(number) or abs(number) >= 10**15:
            raise ConditionError("bad-condition", say("%(raw)s is too large", raw=quote(raw)), offset)
        return Token("literal", raw, offset, number)
    if raw in ("true", "True", "false", "False"):
        return Token("literal", raw, offset, raw.lower() == "true")
    return Token("name" if kind == "name" else "operator", raw, offset)
