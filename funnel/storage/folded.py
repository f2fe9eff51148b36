"""The folded twins of texts, kept beside them: in that form conditions compare, on every database alike."""

from collections.abc import Mapping
from typing import Any

from funnel.domain.conditions import fold


def folded(texts: Mapping[str, Any]) -> dict[str, Any]:
    """The folded form of each text, and of each list of texts, that differs from what is written; the rest has none."""
    found: dict[str, Any] = {}
    for key, value in texts.items():
        twin = _fold(value)
        if twin != value:
            found[key] = twin
    return found


def _fold(value: Any) -> Any:
    if isinstance(value, str):
        return fold(value)
    if isinstance(value, list):
        return [_fold(item) for item in value]
    return value
