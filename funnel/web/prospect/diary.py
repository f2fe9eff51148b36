"""What the pages behind a booking link share: the diary that it opens, the zone of its times, what they say of it."""

from typing import Any

from funnel.domain.model import in_language
from funnel.domain.timing import zone_of
from funnel.usecases.book_appointment import Diary, open_diary
from funnel.web.here import house
from funnel.web.prospect.session import sent_form, zone_so_far
from funnel.web.speech import speak


def open_for(token: str) -> Diary:
    """The diary behind a link; who has proven to be its lead is spoken to in her language."""
    diary = open_diary(house(), token)
    if diary.proven:
        speak(diary.lead.language)
    return diary


def zone_for(diary: Diary) -> str:
    """The zone chosen, told by her browser, or kept for her (only for who has proven to be she); else the company's."""
    own = diary.lead.zone if diary.proven else None
    return zone_of(zone_so_far() or own, None, diary.company.zone)


def asks_phone(diary: Diary) -> bool:
    """The number is asked for when none is known, and always of an unproven browser."""
    return not diary.proven or not diary.lead.phone


def phone_typed(diary: Diary) -> str:
    """The number that this browser gave with its form."""
    sent = sent_form(diary.enrolment.scenario) if diary.enrolment else None
    return sent.phone if sent else ""


def type_shown(diary: Diary, spoken: str) -> dict[str, Any]:
    """The appointment type in words."""
    kind = diary.kind
    return {
        "title": in_language(kind.title, spoken),
        "minutes": kind.minutes,
        "channel": kind.channel,
        "where": kind.place(spoken),
    }


def contacts(diary: Diary) -> dict[str, str | None]:
    """Whom to call or write to instead."""
    phone = next((user.phone for user in diary.company.reps if user.phone), None)
    return {"phone_contact": phone, "email_contact": diary.company.sender.email}
