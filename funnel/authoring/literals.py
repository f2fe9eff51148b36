"""What a condition compares names with: a value of the name's own type, else what to write instead."""

import re
from collections.abc import Mapping
from datetime import datetime

from funnel.authoring.hints import quote, suggest
from funnel.authoring.saying import NOTHING, Saying, say
from funnel.authoring.tokens import ConditionError, Token
from funnel.authoring.vocabulary import Declared
from funnel.domain.conditions import Operator, Type, fold

KINDS: Mapping[Type, Saying] = {
    "text": say("is a text"),
    "number": say("is a number"),
    "boolean": say("is a boolean"),
    "instant": say("is an instant"),
    "list": say("is a list"),
}
_NOTHING = ("none", "null", "nil", "undefined", "empty")


def value_of(literal: Token, path: str, declared: Declared, how: Operator) -> str | int | float | bool:
    """The value that the name at `path` is compared with; `ConditionError` where it is not of its type."""
    value = literal.value
    if declared.type == "list":
        fix = say("write '%(text)s in %(path)s'", text=literal.text, path=path)
        raise ConditionError("type-mismatch", say("%(path)s is a list", path=repr(path)), literal.offset, fix)
    if declared.type == "text":
        return text_of(literal, declared)
    if declared.type == "instant":
        return _instant(literal)
    fits = isinstance(value, bool) if declared.type == "boolean" else type(value) in (int, float)
    if not fits or (declared.type == "boolean" and how not in ("==", "!=")):
        message = say(
            "%(path)s %(kind)s, %(value)s is not", path=repr(path), kind=KINDS[declared.type], value=quote(value)
        )
        raise ConditionError("type-mismatch", message, literal.offset, _unquoted(declared, value))
    return value


def text_of(literal: Token, declared: Declared) -> str:
    """A text, one of those that the name can be where these are known."""
    value = literal.value
    if not isinstance(value, str):
        message = say("%(value)s is not a text", value=quote(value))
        raise ConditionError("type-mismatch", message, literal.offset, say('quote it: "%(text)s"', text=literal.text))
    if declared.values is not None and fold(value) not in {fold(known) for known in declared.values}:
        fix = suggest(value, declared.values)
        raise ConditionError("unknown-value", say("it can never be %(value)s", value=quote(value)), literal.offset, fix)
    return value


def instead_of(token: Token) -> Saying:
    """The fix for what stands where a text or a number should."""
    if token.kind != "name":
        return say("compare with a text or a number")
    if token.text.lower() in _NOTHING:
        return say("ask 'is missing', or 'is known'")
    return say('quote it: "%(text)s"', text=token.text)


def _unquoted(declared: Declared, value: object) -> Saying:
    """The fix for a number, a true or a false that is written as a text."""
    number = isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value.strip())
    if declared.type == "number" and number:
        return say("write it without quotes: %(number)s", number=str(value).strip())
    return NOTHING


def _instant(literal: Token) -> str:
    try:
        instant = datetime.fromisoformat(str(literal.value))
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or not isinstance(literal.value, str):
        message = say("%(value)s is not an instant", value=quote(literal.value))
        raise ConditionError("type-mismatch", message, literal.offset, say('write it like "2026-12-24T09:00+01:00"'))
    return literal.value
