"""The rule of spans: nobody waits longer than ten years, and no calendar has to count beyond them."""

from funnel.authoring.findings import Path, Problem
from funnel.authoring.saying import say
from funnel.domain.spans import Unit, parse_span

LONGEST = 10
"""Years."""

_MINUTES: dict[Unit, float] = {
    "minutes": 1,
    "hours": 60,
    "days": 1440,
    "working days": 1440 * 7 / 5,
    "weeks": 1440 * 7,
    "months": 1440 * 365.25 / 12,
    "years": 1440 * 365.25,
}


_LEAST: dict[Unit, float] = {**_MINUTES, "working days": 1440, "months": 1440 * 28, "years": 1440 * 365}
_MOST: dict[Unit, float] = {**_MINUTES, "working days": 1440 * 1.5, "months": 1440 * 31, "years": 1440 * 366}

_A_HOLIDAY_WEEK = 1440 * 7
"""Minutes that working days may last longer than a day and a half each: weekends and public holidays at both ends."""


def never_shorter(text: str, other: str) -> bool:
    """Whether a span lasts as long as another or longer, whatever the day from which both are counted."""
    one, two = parse_span(text), parse_span(other)
    if one.unit == two.unit:
        return one.amount >= two.amount
    longer = _A_HOLIDAY_WEEK if two.unit == "working days" else 0
    return one.amount * _LEAST[one.unit] >= two.amount * _MOST[two.unit] + longer


def _minutes(text: str) -> float:
    """How long a span is, on the average."""
    span = parse_span(text)
    return span.amount * _MINUTES[span.unit]


def long_span(text: str | None, path: Path) -> list[Problem]:
    """A problem when the span at `path` is longer than anybody waits; what is no span is told elsewhere."""
    if text is None:
        return []
    if _minutes(text) <= LONGEST * _MINUTES["years"]:
        return []
    message = say("%(span)s is longer than %(most)s years", span=repr(str(parse_span(text))), most=LONGEST)
    return [Problem(path, "bad-span", message, say("make it shorter"))]
