"""Spans of time as people write them: `2 days`, `36 hours`, `1 month`, `3 working days`, `P2D`."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import AfterValidator

Unit = Literal["minutes", "hours", "days", "weeks", "months", "years", "working days"]

_UNITS: dict[str, Unit] = {
    "minute": "minutes",
    "hour": "hours",
    "day": "days",
    "week": "weeks",
    "month": "months",
    "year": "years",
    "working day": "working days",
}
_WORDS = re.compile(r"^([1-9][0-9]{0,4}) (working day|minute|hour|day|week|month|year)s?$")
_ISO = re.compile(r"^P(?:([1-9][0-9]{0,4})([DWMY])|T([1-9][0-9]{0,4})([HM]))$")
_ISO_DATE: dict[str, Unit] = {"D": "days", "W": "weeks", "M": "months", "Y": "years"}
_ISO_TIME: dict[str, Unit] = {"H": "hours", "M": "minutes"}


@dataclass(frozen=True, slots=True)
class Span:
    """An amount of one unit. Minutes and hours are elapsed time; days and longer keep local time (S144)."""

    amount: int
    unit: Unit

    @property
    def elapses(self) -> bool:
        """Whether it is time that passes, not days of somebody's calendar."""
        return self.unit in ("minutes", "hours")

    def __str__(self) -> str:
        unit = self.unit if self.amount != 1 else self.unit.removesuffix("s")
        return f"{self.amount} {unit}"


@lru_cache(maxsize=1024)
def parse_span(text: str) -> Span:
    """Read a span; `ValueError` says what is accepted."""
    if match := _WORDS.match(text.strip()):
        return Span(int(match[1]), _UNITS[match[2]])
    if match := _ISO.match(text.strip()):
        if match[1]:
            return Span(int(match[1]), _ISO_DATE[match[2]])
        return Span(int(match[3]), _ISO_TIME[match[4]])
    raise ValueError(f"{text!r} is not a span of time; write it like '2 days', '36 hours', '3 working days'")


def _a_span(text: str) -> str:
    parse_span(text)
    return text


SpanText = Annotated[str, AfterValidator(_a_span)]
"""A span as an author writes it."""
