"""Time zones to choose from: one city for each zone that people live in, with the time there now."""

from datetime import datetime

from babel.dates import format_time

from funnel.domain.model import locale_of
from funnel.domain.timing import local_time, zone_info
from funnel.usecases.wording import city_of

_CITIES = (
    "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Phoenix",
    "America/Chicago", "America/Mexico_City", "America/New_York", "America/Bogota", "America/Guadeloupe",
    "America/Halifax", "America/Santiago", "America/Cayenne", "America/Sao_Paulo", "America/Argentina/Buenos_Aires",
    "America/St_Johns", "Atlantic/Azores", "Africa/Abidjan", "Europe/London", "Europe/Dublin", "Europe/Lisbon",
    "Africa/Casablanca", "Africa/Lagos", "Africa/Tunis", "Europe/Paris", "Europe/Brussels", "Europe/Amsterdam",
    "Europe/Berlin", "Europe/Zurich", "Europe/Madrid", "Europe/Rome", "Europe/Vienna", "Europe/Stockholm",
    "Europe/Warsaw", "Africa/Johannesburg", "Africa/Cairo", "Europe/Athens", "Europe/Bucharest", "Europe/Helsinki",
    "Europe/Kyiv", "Asia/Jerusalem", "Africa/Nairobi", "Europe/Istanbul", "Europe/Moscow", "Asia/Tehran", "Asia/Dubai",
    "Indian/Reunion", "Asia/Kabul", "Asia/Karachi", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Yangon",
    "Asia/Bangkok", "Asia/Singapore", "Asia/Shanghai", "Asia/Hong_Kong", "Australia/Perth", "Asia/Tokyo", "Asia/Seoul",
    "Australia/Adelaide", "Australia/Brisbane", "Australia/Sydney", "Pacific/Noumea", "Pacific/Auckland",
)  # fmt: skip


def zone_choices(current: str, company_zone: str, now: datetime, language: str) -> list[tuple[str, str]]:
    """(zone, "Paris (09:30)") from west to east, with the zone in use and the company's among them."""
    ids = sorted(
        {*_CITIES, current, company_zone},
        key=lambda zone: (now.astimezone(zone_info(zone)).utcoffset(), city_of(zone, language)),
    )
    return [
        (zone, f"{city_of(zone, language)} ({format_time(local_time(now, zone), 'short', locale=locale_of(language))})")
        for zone in ids
    ]
