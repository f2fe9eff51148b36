"""What a lead's own clock shows, where it is another than that of who looks: now, and beside each time to choose."""

from datetime import datetime
from typing import Any

from babel.dates import format_time

from funnel.domain.model import locale_of
from funnel.domain.slots import Slot
from funnel.domain.timing import is_zone, local_time
from funnel.domain.waking import waking_of
from funnel.web.speech import _, language
from funnel.web.staff.page import Calendar


def clock_now(zone: str | None, days: Calendar) -> dict[str, Any] | None:
    """`02:03 there`, and whether it is night; none where both clocks show the same."""
    return clock_at(Slot(days.now, days.now, ()), zone, days)


def clock_at(slot: Slot, zone: str | None, days: Calendar) -> dict[str, Any] | None:
    """The same of a time to choose. Night is what lies outside `proposing_hours`, as for what mails propose."""
    if zone is None or not is_zone(zone) or not _is_elsewhere(slot.starts_at, zone, days):
        return None
    asleep = not waking_of(days.company, zone).holds(slot)
    time = format_time(local_time(slot.starts_at, zone), "HH:mm", locale=locale_of(language()))
    said = _("%(time)s there, night", time=time) if asleep else _("%(time)s there", time=time)
    return {"said": said, "asleep": asleep}


def _is_elsewhere(at: datetime, zone: str, days: Calendar) -> bool:
    return local_time(at, zone) != local_time(at, days.zone)
