"""When a webinar begins, and whether it is still ahead, on, or over (S147)."""

from datetime import datetime, timedelta
from typing import Literal

from funnel.domain.timing import resolve
from funnel.domain.tunnel.form import Webinar

WebinarState = Literal["ahead", "on", "over"]


def begins_at(webinar: Webinar, zone: str) -> datetime:
    """When it begins, aware UTC; its file says so in the company's `zone`."""
    return resolve(datetime.fromisoformat(webinar.starts_at), zone)


def ends_at(webinar: Webinar, zone: str) -> datetime:
    """When it is over, aware UTC."""
    return begins_at(webinar, zone) + timedelta(minutes=webinar.minutes)


def state_of(webinar: Webinar, zone: str, now: datetime) -> WebinarState:
    """How it stands at an instant: it is over once its minutes have passed."""
    if now < begins_at(webinar, zone):
        return "ahead"
    return "on" if now < ends_at(webinar, zone) else "over"
