"""What is wrong with a rep's own calendar, in words."""

from datetime import date

from funnel.catalogue import Speech
from funnel.usecases.wording import day_in_words


def calendar_fault(fault: str, speech: Speech) -> str:
    """Why a rep's own calendar cannot be read, or not all of it, and where to look; see `CalendarFault`, `Feed`."""
    say = speech.gettext
    reason, *days = fault.split()
    number = days.pop(0) if reason == "left_out" else "1"
    said = {
        "left_out": speech.ngettext(
            "An entry of your calendar cannot be understood: what is sure of its time counts as busy, "
            "the rest of it is left out. Everything else is read.",
            "%(num)s entries of your calendar cannot be understood: what is sure of their times counts as busy, "
            "the rest of them is left out. Everything else is read.",
            int(number),
        ),
        "refused": say("This address lies inside the house's own network and is not called."),
        "too_large": say("Your calendar is too large to be read."),
        "too_many": say("Your calendar holds more than can be read."),
        "too_slow": say("Your calendar takes too long to read."),
        "not_found": say("Nothing was found at this address, or it asks for a password."),
        "no_calendar": say("What is at this address is no calendar."),
    }.get(reason, say("Your calendar could not be reached."))
    begin = [day_in_words(date.fromisoformat(day), speech.language, "d MMMM y") for day in days]
    if not begin:
        return said
    if len(begin) == 1:
        return say("%(fault)s Look at the entry that begins on %(day)s.", fault=said, day=begin[0])
    more = ["…"] if int(number) > len(begin) else []
    return say("%(fault)s Look at the entries that begin on: %(days)s", fault=said, days=", ".join(begin + more))
