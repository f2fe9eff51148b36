"""What mails and pages say of the company and of an appointment, and in which language staff reads it."""

import re
from datetime import date, datetime
from typing import Any

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_location
from babel.units import format_unit

from funnel.catalogue import Speech
from funnel.domain.company import Company, User
from funnel.domain.lead import Appointment, Lead
from funnel.domain.model import in_language, locale_of
from funnel.domain.spans import parse_span
from funnel.domain.timing import zone_info, zone_of


def describe_company(company: Company) -> dict[str, Any]:
    """What a mail says of the company: its name, imprint and colours."""
    return {
        "name": company.name,
        "legal_name": company.legal_name,
        "postal_address": company.postal_address,
        "website": company.website or "",
        "brand": {"primary": company.brand.primary, "accent": company.brand.accent},
    }


CHANGE = ("by", "reason", "before", "given", "planned", "stays", "kept")
"""What a mail about an appointment says of a change by the staff: who made it, why, that it went to another rep, and
that its time stays then; that a scenario had kept its time without asking her; and that it is kept after all, though
she had been asked for another time."""


def describe_appointment(
    company: Company, lead: Lead, appointment: Appointment, language: str, *, reader: User | None = None
) -> dict[str, Any]:
    """An appointment in words: in the lead's zone for her, in that of the member of staff who is its `reader`. Where
    its rep has left, she meets somebody of the company; staff reads who it was."""
    rep = company.user(appointment.rep)
    kind = company.appointment_type(appointment.type)
    own = reader is None
    zone = zone_of(reader.zone if reader else lead.zone, None, company.zone)
    local = appointment.starts_at.astimezone(zone_info(zone))
    speech = Speech(language)
    day = day_in_words(local, language)
    hour = clock_in_words(local, language)
    return {
        "id": appointment.id,
        "title": in_language(kind.title, language) if kind else appointment.type,
        "when": speech.gettext("%(day)s, %(time)s", day=day, time=hour),
        "zone": zone,
        "city": city_of(zone, language),
        "minutes": round((appointment.ends_at - appointment.starts_at).total_seconds() / 60),
        "phone": (lead.phone or "") if kind is None or kind.channel == "phone" else "",
        "channel": kind.channel if kind else "phone",
        "where": kind.place(language, staff=not own) if kind else "",
        "state": appointment.state,
        "starts_at": appointment.starts_at.isoformat(),
        **dict.fromkeys((*CHANGE, "was", "wanted"), ""),
        "rep": {
            "name": rep.name if rep else company.name if own else company.called(appointment.rep),
            "phone": (rep.phone if rep else None) or "",
            "email": rep.email if rep else "",
            "title": in_language(rep.title, language) if rep else "",
        },
    }


def clock_in_words(local: datetime, language: str) -> str:
    """`09:30`; where the clock shows it twice, in the night in which it goes back, with which of the two it is. `local`
    knows its zone."""
    time = str(format_time(local, "short", locale=locale_of(language)))
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return time
    speech = Speech(language)
    if local.fold:
        return speech.gettext("%(time)s winter time", time=time)
    return speech.gettext("%(time)s summer time", time=time)


def describe_time(at: datetime, zone: str, language: str, style: str = "EEEE d MMMM") -> dict[str, str]:
    """An instant as a zone's clock shows it: `day` (by a CLDR pattern), `time`, and both together (`when`)."""
    local = at.astimezone(zone_info(zone))
    day = day_in_words(local, language, style)
    time = clock_in_words(at.astimezone(zone_info(zone)), language)
    return {"day": day, "time": time, "when": Speech(language).gettext("%(day)s, %(time)s", day=day, time=time)}


def day_in_words(day: date, language: str, style: str = "full") -> str:
    """A day as the language says it, by a CLDR style or pattern; in French the first of a month is `1er`."""
    text = str(format_date(day, style, locale=locale_of(language)))
    return re.sub(r"(?<!\d)1 (?=\D)", "1er ", text) if language.partition("-")[0] == "fr" else text


def span_in_words(text: str, language: str) -> str:
    """A span of time as the language says it: `PT2H` is `2 hours`."""
    span = parse_span(text)
    if span.unit == "working days":
        return Speech(language).ngettext("%(num)s working day", "%(num)s working days", span.amount)
    return str(format_unit(span.amount, f"duration-{span.unit.removesuffix('s')}", "long", locale=locale_of(language)))


def city_of(zone: str, language: str) -> str:
    """How people call a time zone: `Londres` of `Europe/London` in French."""
    return str(get_timezone_location(zone, locale=locale_of(language), return_city=True)).rpartition("/")[2]


def language_name(code: str, told_in: str) -> str:
    """What a language is called, in itself or in another: `Français`, `French`."""
    name = language_called(code, told_in)
    return name[:1].upper() + name[1:]


def language_called(code: str, told_in: str) -> str:
    """The same within a sentence: `French`, `français`."""
    return Locale.parse(code, sep="-").get_display_name(Locale.parse(told_in, sep="-")) or code


def language_of(user: User | None, company: Company) -> str:
    """The language of somebody's pages and mails: her own, where the company speaks it, else the company's first."""
    own = (one for one in (user.languages if user else ()) if one in company.locales)
    return next(own, company.locales[0])
