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


def minutes(text: str) -> float:
    """How long a span is, on the average."""
    span = parse_span(text)
    return span.amount * _MINUTES[span.unit]


def long_span(text: str | None, path: Path) -> list[Problem]:
    """A problem when the span at `path` is longer than anybody waits; what is no span is told elsewhere."""
    if text is None:
        return []
    if minutes(text) <= LONGEST * _MINUTES["years"]:
        return []
    message = say("%(span)s is longer than %(most)s years", span=repr(str(parse_span(text))), most=LONGEST)
    return [Problem(path, "bad-span", message, say("make it shorter"))]
