"""Conditions: a small typed tree, evaluated here, parsed by authoring, compiled to SQL by storage.

A missing value makes a comparison false and `not` turns that true; text is compared case-folded and NFC on both
sides; there is no arithmetic and no call.
"""

import operator
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Type = Literal["number", "text", "boolean", "instant", "list"]
Value = str | int | float | bool | datetime | Collection[str] | None
Operator = Literal["==", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Name:
    """A dotted name with its declared type: `answers.cx_maturity.follow_up`, `score`, `tags`."""

    path: str
    type: Type


@dataclass(frozen=True, slots=True)
class Compare:
    """A name against a literal of its own type."""

    name: Name
    operator: Operator
    literal: str | int | float | bool


@dataclass(frozen=True, slots=True)
class IsIn:
    """A text name in a written list (`position in ["CEO", "COO"]`), or a text in a list name (`"vip" in tags`)."""

    name: Name
    literals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """`is known` (or, with `known` false, `is missing`)."""

    name: Name
    known: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    inner: "Condition"


@dataclass(frozen=True, slots=True)
class Both:
    """All of them (`and`), or any (`or`)."""

    how: Literal["and", "or"]
    left: "Condition"
    right: "Condition"


Condition = Compare | IsIn | Known | Not | Both

_COMPARE: dict[Operator, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def fold(text: str) -> str:
    """The form in which texts are compared: NFC, case-folded, NFC again (folding can denormalise)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def is_true(condition: Condition, values: Mapping[str, Value]) -> bool:
    """Evaluate over `values`, a mapping from dotted name to value; an absent name is missing."""
    match condition:
        case Both(how, left, right):
            if how == "and":
                return is_true(left, values) and is_true(right, values)
            return is_true(left, values) or is_true(right, values)
        case Not(inner):
            return not is_true(inner, values)
        case Known(name, known):
            return (values.get(name.path) is not None) == known
        case IsIn(name, literals):
            return _is_in(values.get(name.path), literals)
        case Compare(name, how_, literal):
            return _compare(values.get(name.path), how_, literal)


def _is_in(value: Value, literals: tuple[str, ...]) -> bool:
    if value is None:
        return False
    wanted = {fold(literal) for literal in literals}
    if isinstance(value, str):
        return fold(value) in wanted
    if isinstance(value, Collection):
        return any(fold(item) in wanted for item in value)
    return False


def _compare(value: Value, how: Operator, literal: str | int | float | bool) -> bool:
    if value is None:
        return False
    if isinstance(value, str) and isinstance(literal, str):
        return _COMPARE[how](fold(value), fold(literal))
    if isinstance(value, bool) or isinstance(literal, bool):
        return isinstance(value, bool) and isinstance(literal, bool) and _COMPARE[how](value, literal)
    if isinstance(value, int | float) and isinstance(literal, int | float):
        return _COMPARE[how](value, literal)
    if isinstance(value, datetime) and isinstance(literal, str):
        return _COMPARE[how](value, datetime.fromisoformat(literal))
    if isinstance(value, Collection) and not isinstance(value, str) and isinstance(literal, str):
        return how == "==" and _is_in(value, (literal,))
    return False
