"""How often an entry of a calendar comes: one that comes too often to be followed is told before anybody follows it."""

from datetime import date, datetime
from math import prod
from typing import Any

from icalendar import Event, vRecur

_MOST_RULES = 5
_PER_DAY = 24
_OFTEN = {"SECONDLY", "MINUTELY"}
_MOST_TIMES = 600_000
"""How many times a rule may have come: once an hour for some sixty years; a birthday comes as often as it likes."""
_DAYS = {"WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_NAMED_DAYS = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH")


class TooMany(Exception):
    """An entry comes too often to be followed."""


def check_often(event: Event, last: datetime) -> None:
    """A rule that comes too often, or has come too often until then, is not followed at all: `TooMany`."""
    rules = event.get("rrule", [])
    rules = rules if isinstance(rules, list) else [rules]
    start: Any = event.get("dtstart")
    if len(rules) > _MOST_RULES:
        raise TooMany
    for rule in filter(None, rules):
        if _freq(rule) in _OFTEN or min(rule.get("INTERVAL", [1])) < 1:
            raise TooMany
        if _times_a_day(rule) > _PER_DAY or _times(rule, _date(start.dt), last.date()) > _MOST_TIMES:
            raise TooMany


def _times_a_day(rule: vRecur) -> int:
    return prod(max(1, len(rule.get(part, []))) for part in ("BYHOUR", "BYMINUTE", "BYSECOND"))


def _times(rule: vRecur, first: date, last: date) -> int:
    """How many times it comes at most; one that names days within its weeks, months or years may come daily."""
    ends = min([last, *(_date(until) for until in rule.get("UNTIL", []))])
    step = 1 if any(part in rule for part in _NAMED_DAYS) else _DAYS.get(_freq(rule), 1)
    a_day = _times_a_day(rule) * (_PER_DAY if _freq(rule) == "HOURLY" and "BYHOUR" not in rule else 1)
    return int(min([max(0, (ends - first).days // step + 1) * a_day, *rule.get("COUNT", [])]))


def _freq(rule: vRecur) -> str:
    return str(rule["FREQ"][0]).upper()


def _date(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at
