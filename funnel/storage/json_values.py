"""Single values out of JSON columns, typed: what is of another type than asked for is NULL, on both databases alike."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Numeric,
    Text,
    and_,
    case,
    cast,
    collate,
    exists,
    func,
    literal,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB, array

Doc = ColumnElement[Any]
"""A JSON object."""


class JsonValues(Protocol):
    """How a database reads them. Keys and values are bound parameters."""

    def text(self, doc: Doc, key: str) -> ColumnElement[str]:
        """A text, else NULL."""

    def number(self, doc: Doc, key: str) -> ColumnElement[Any]:
        """A number, else NULL."""

    def truth(self, doc: Doc, key: str) -> ColumnElement[str]:
        """`true` or `false` as a text, else NULL."""

    def has_any(self, doc: Doc, key: str, texts: Sequence[str]) -> ColumnElement[bool]:
        """Whether a list holds one of the texts; NULL or false when it is no list."""

    def has_items(self, doc: Doc, key: str) -> ColumnElement[bool]:
        """Whether it is a list that is not empty; NULL or false when it is none."""

    def merged(self, doc: Doc, over: Doc) -> Doc:
        """The values of `doc`, where `over` has the key those of `over`."""

    def bytewise(self, text: ColumnElement[Any]) -> ColumnElement[str]:
        """A text that compares by its bytes in UTF-8, which is the order of code points."""

    def exactly(self, number: float) -> ColumnElement[Any]:
        """A number as a parameter that compares with no rounding."""


def json_values(dialect: str) -> JsonValues:
    """How this database (`sqlite`, `postgresql`) reads them."""
    return _Lite() if dialect == "sqlite" else _Postgres()


class _Lite:
    def text(self, doc: Doc, key: str) -> ColumnElement[str]:
        return self._value(doc, key, "text")

    def number(self, doc: Doc, key: str) -> ColumnElement[Any]:
        return self._value(doc, key, "integer", "real")

    def truth(self, doc: Doc, key: str) -> ColumnElement[str]:
        one = func.json_each(doc).table_valued("key", "type")
        found = select(one.c.type).where(one.c.key == key, one.c.type.in_(("true", "false")))
        return type_coerce(found.scalar_subquery(), Text)

    def has_any(self, doc: Doc, key: str, texts: Sequence[str]) -> ColumnElement[bool]:
        return self._item(doc, key, texts)

    def has_items(self, doc: Doc, key: str) -> ColumnElement[bool]:
        return self._item(doc, key, None)

    def merged(self, doc: Doc, over: Doc) -> Doc:
        return func.json_patch(doc, over)

    def bytewise(self, text: ColumnElement[Any]) -> ColumnElement[str]:
        return type_coerce(text, Text)

    def exactly(self, number: float) -> ColumnElement[Any]:
        return literal(number, BigInteger if isinstance(number, int) else Float)

    @staticmethod
    def _value(doc: Doc, key: str, *types: str) -> ColumnElement[Any]:
        one = func.json_each(doc).table_valued("key", "value", "type")
        return select(one.c.value).where(one.c.key == key, one.c.type.in_(types)).scalar_subquery()

    @staticmethod
    def _item(doc: Doc, key: str, texts: Sequence[str] | None) -> ColumnElement[bool]:
        whole = func.json_each(doc).table_valued("key", "value", "type")
        item = func.json_each(whole.c.value).table_valued("value")
        found = and_(whole.c.key == key, whole.c.type == "array")
        if texts is not None:
            found = and_(found, item.c.value.in_(texts))
        return exists(select(literal(1)).select_from(whole.join(item, true())).where(found))


class _Postgres:
    def text(self, doc: Doc, key: str) -> ColumnElement[str]:
        return self._when(doc, key, "string", self._as_text(doc, key))

    def number(self, doc: Doc, key: str) -> ColumnElement[Any]:
        return self._when(doc, key, "number", cast(self._as_text(doc, key), Numeric))

    def truth(self, doc: Doc, key: str) -> ColumnElement[str]:
        return self._when(doc, key, "boolean", self._as_text(doc, key))

    def has_any(self, doc: Doc, key: str, texts: Sequence[str]) -> ColumnElement[bool]:
        wanted = array([literal(text, Text) for text in texts])
        return self._when(doc, key, "array", type_coerce(doc, JSONB)[key].has_any(wanted))

    def has_items(self, doc: Doc, key: str) -> ColumnElement[bool]:
        return self._when(doc, key, "array", func.jsonb_array_length(type_coerce(doc, JSONB)[key]) > 0)

    def merged(self, doc: Doc, over: Doc) -> Doc:
        return type_coerce(doc, JSONB).concat(type_coerce(over, JSONB))

    def bytewise(self, text: ColumnElement[Any]) -> ColumnElement[str]:
        return collate(cast(text, Text), "C")

    def exactly(self, number: float) -> ColumnElement[Any]:
        return literal(Decimal(repr(number)), Numeric)

    @staticmethod
    def _as_text(doc: Doc, key: str) -> ColumnElement[str]:
        found: ColumnElement[str] = type_coerce(doc, JSONB)[key].astext
        return found

    @staticmethod
    def _when(doc: Doc, key: str, kind: str, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """CASE evaluates the value only for its kind: a cast of anything else would fail the statement."""
        return case((func.jsonb_typeof(type_coerce(doc, JSONB)[key]) == kind, value))
