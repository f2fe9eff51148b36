"""The rules of a rep's diary: hours of weekdays and of single dates, whose holidays she has, the own calendar."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

import holidays

from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import any_of, quote
from funnel.authoring.saying import Saying, say
from funnel.domain.company import User
from funnel.domain.countries import country_and_part

_PART = re.compile(r"[A-Z0-9]{1,3}")
_SCHEMES = ("https", "http", "webcal")


def diary_problems(user: User, path: Path) -> Iterator[Problem]:
    """What is wrong with a user's exceptions, country and calendar."""
    yield from _exceptions(user, path)
    if user.country is not None:
        yield from country_problems(user.country, (*path, "country"))
    if user.calendar is not None and (fault := calendar_fault(user.calendar)):
        yield Problem((*path, "calendar"), "bad-address", fault, say("write it like 'https://example.com/me.ics'"))


def country_problems(country: str, path: Path) -> Iterator[Problem]:
    """A problem where nobody knows the public holidays of a country, or of that part of it."""
    whole, part = country_and_part(country)
    parts = holidays.list_supported_countries().get(whole)
    if parts is None:
        message = say("no public holidays are known of %(country)s", country=repr(whole))
        yield Problem(path, "unknown-id", message, say("write it like 'FR', or list them as absences"))
    elif part and part not in parts:
        written = [one for one in parts if _PART.fullmatch(one)]
        message = say("no part of %(country)s is called %(part)s", country=repr(whole), part=repr(part))
        fix = say("use %(words)s", words=any_of(repr(f"{whole}-{one}") for one in written)) if written else None
        yield Problem(path, "unknown-id", message, fix or say("write %(word)s", word=repr(whole)))


def calendar_fault(address: str) -> Saying | None:
    """Why nothing can be fetched from the address of a calendar, if so. Whether it leads to the inside is seen when it
    is fetched."""
    if any(ord(letter) <= 0x20 or ord(letter) >= 0x7F for letter in address):
        return say("%(address)s holds spaces or letters that need encoding", address=quote(address))
    try:
        parts = urlsplit(address)
        known = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        return say("%(address)s is not a web address", address=quote(address))
    if parts.username is not None or parts.password is not None:
        return say("an address with a password in it is read by everybody who reads this file")
    return None


def hours_problems(ranges: Sequence[str], day: str, path: Path) -> Iterator[Problem]:
    """Hours of one day that overlap, or end before they begin."""
    end_of_last = ""
    for index, hours in sorted(enumerate(ranges), key=lambda entry: entry[1]):
        here: Path = (*path, index)
        begins, _, ends = hours.partition("-")
        if problem := range_problem(hours, here):
            yield problem
        elif begins < end_of_last:
            message = say("%(hours)s overlaps other hours of %(day)s", hours=hours, day=day)
            yield Problem(here, "bad-hours", message, say("join them"))
        end_of_last = max(end_of_last, ends)


def range_problem(hours: str, path: Path) -> Problem | None:
    """What is wrong with a range of hours by itself, as `09:00-12:30`."""
    begins, _, ends = hours.partition("-")
    if begins >= ends:
        message = say("%(hours)s ends before it begins", hours=hours)
        return Problem(path, "bad-hours", message, say("write it like 09:00-12:30"))
    if ends > "24:00":
        return Problem(path, "bad-hours", say("%(hours)s ends after midnight", hours=hours), say("end it at 24:00"))
    return None


def is_date(text: str) -> bool:
    """Whether it is a date as files write it: `2026-12-24`."""
    try:
        return len(text) == 10 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def no_date(text: str, path: Path, at: Literal["value", "key"] = "value") -> Problem:
    """The problem of a text that is no date."""
    message = say("%(day)s is not a date", day=quote(text))
    return Problem(path, "bad-date", message, say("write it like '2026-12-24', in quotes"), at=at)


def _exceptions(user: User, path: Path) -> Iterator[Problem]:
    for day, ranges in user.exceptions.items():
        here: Path = (*path, "exceptions", day)
        if not is_date(day):
            yield no_date(day, here, at="key")
            continue
        yield from hours_problems(ranges, day, here)
        if ranges and any(one.from_ <= day <= one.to for one in user.absences):
            message, fix = (
                say("%(id)s is absent on %(day)s, so these hours say nothing", id=repr(user.id), day=day),
                say("shorten the absence"),
            )
            yield Problem(here, "bad-date", message, fix, "warning", at="key")
