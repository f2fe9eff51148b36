"""One event of every kind, in which everything that somebody may have typed holds the same words."""

import dataclasses
import types
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from funnel.domain import events as on

KINDS: tuple[type[Any], ...] = get_args(on.AnyEvent)


def one_of(kind: type[Any], lead_id: int, at: datetime, words: str) -> on.AnyEvent:
    """An event of a kind that says `words` wherever it says anything."""
    hints = get_type_hints(kind)
    said = {one.name: _value(hints[one.name], at, words) for one in dataclasses.fields(kind)}
    event: on.AnyEvent = kind(**{**said, "lead_id": lead_id, "occurred_at": at, "key": None})
    return event


def _value(hint: Any, at: datetime, words: str) -> Any:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _value(parts[0], at, words)
    if origin is Literal:
        return parts[0]
    if origin is tuple:
        return (_value(parts[0], at, words),) if parts[-1] is ... else tuple(_value(one, at, words) for one in parts)
    if origin is Mapping:
        return {_value(parts[0], at, words): _value(parts[1], at, words)}
    plain: dict[Any, Any] = {str: words, int: 1, bool: True, datetime: at, Any: words}
    return plain[hint]
