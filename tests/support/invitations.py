"""What a mail puts into a calendar, as a calendar program reads it."""

from email import message_from_bytes

import icalendar

from funnel.delivery.ledger import Entry


def event_of(mail: Entry) -> icalendar.cal.Component:
    """The calendar object of a mail, its method beside it."""
    part = next(one for one in message_from_bytes(mail.raw).walk() if one.get_content_type() == "text/calendar")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    calendar = icalendar.Calendar.from_ical(content)
    [event] = calendar.walk("VEVENT")
    event["x-method"] = calendar["method"]
    return event
