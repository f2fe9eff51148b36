"""Conditions: a small typed tree, evaluated here, parsed by authoring, compiled to SQL by storage.

A missing value makes a comparison false and `not` turns that true: there are two truth values, never a third. Text is
compared case-folded and NFC on both sides, in the order of code points; there is no arithmetic and no call.
"""

import operator
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
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


Leaf = Compare | IsIn | Known
"""What looks at one name."""
Condition = Leaf | Not | Both

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


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Everything in a condition that looks at a name, from left to right."""
    match condition:
        case Both(_, left, right):
            yield from leaves(left)
            yield from leaves(right)
        case Not(inner):
            yield from leaves(inner)
        case Compare() | IsIn() | Known():
            yield condition


def is_true(condition: Condition, values: Mapping[str, Value]) -> bool:
    """Evaluate over `values`, a mapping from dotted name to value; an absent name is missing, and so is an empty text,
    an empty list, or a value of another type than the name's (an answer to an older version of a question)."""
    match condition:
        case Both(how, left, right):
            if how == "and":
                return is_true(left, values) and is_true(right, values)
            return is_true(left, values) or is_true(right, values)
        case Not(inner):
            return not is_true(inner, values)
        case Known(name, known):
            return (_value(name, values) is not None) == known
        case IsIn(name, literals):
            return _is_in(_value(name, values), literals)
        case Compare(name, how_, literal):
            value = _value(name, values)
            return value is not None and fits(name.type, literal, how_) and _compare(value, how_, literal)


def fits(declared: Type, literal: str | int | float | bool, how: Operator) -> bool:
    """Whether a name of this type can be compared so with this literal; what cannot is false."""
    match declared:
        case "text" | "instant":
            return isinstance(literal, str)
        case "number":
            return isinstance(literal, int | float) and not isinstance(literal, bool)
        case "boolean":
            return isinstance(literal, bool) and how in ("==", "!=")
        case "list":
            return False


def _value(name: Name, values: Mapping[str, Value]) -> Value:
    value = values.get(name.path)
    if value in ("", None):
        return None
    match name.type:
        case "text":
            return value if isinstance(value, str) else None
        case "number":
            return value if isinstance(value, int | float) and not isinstance(value, bool) else None
        case "boolean":
            return value if isinstance(value, bool) else None
        case "instant":
            return value if isinstance(value, datetime) else None
        case "list":
            return value if isinstance(value, Collection) and not isinstance(value, str) and value else None


def _is_in(value: Value, literals: tuple[str, ...]) -> bool:
    wanted = _folded(literals)
    if isinstance(value, str):
        return fold(value) in wanted
    if isinstance(value, Collection):
        return any(fold(item) in wanted for item in value)
    return False


@lru_cache(maxsize=1024)
def _folded(literals: tuple[str, ...]) -> frozenset[str]:
    """The texts of a condition, in the form in which they are compared."""
    return frozenset(map(fold, literals))


def _compare(value: Any, how: Operator, literal: Any) -> bool:
    """Compare two of the same type, an instant with its text."""
    if isinstance(value, str):
        return _COMPARE[how](fold(value), fold(literal))
    if isinstance(value, datetime):
        return _COMPARE[how](value, datetime.fromisoformat(literal))
    return _COMPARE[how](value, literal)
