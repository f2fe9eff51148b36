"""What lies ahead of a lead, as her page says it: times that mails keep for her, whether a mail will propose one, what
leaves next."""

from typing import Any

from funnel.domain.lead import about_mails
from funnel.usecases.desk import LeadPage
from funnel.usecases.naming import Names
from funnel.usecases.what_comes import Coming
from funnel.web.speech import _
from funnel.web.staff.page import Calendar


def proposed(found: LeadPage, called: Names, days: Calendar) -> list[dict[str, Any]]:
    """The times that a mail has proposed and that a rep keeps until she chooses, earliest first."""
    return [
        {
            "when": days.short(one.starts_at),
            "until": days.short(one.until),
            "title": called.appointment_type(one.type),
            "rep": called.user(one.rep),
            "mailed": days.when(one.mailed_at) if one.mailed_at else None,
        }
        for one in found.outlook.kept
    ]


def outlook(found: LeadPage, days: Calendar) -> str:
    """Whether a mail will propose an appointment, for who sees that none is booked."""
    lead, mail = found.lead, found.outlook.proposal
    if mail and mail.at:
        when = days.when(mail.at)["relative"]
        return _(
            "None booked. The mail “%(mail)s” proposes one, %(when)s; a call may be quicker.", mail=mail.what, when=when
        )
    if mail:
        return _("None booked. The mail “%(mail)s” proposes one, but it is held back: call.", mail=mail.what)
    if not any(one.runs for one in lead.enrolments):
        return _("None booked, and no scenario is running that would propose one. A call may do it.")
    if lead.handoff:
        return _("None booked. While a rep has this lead no mail proposes one: call.")
    if lead.unsubscribed or not any(given for purpose, given in lead.consents.items() if about_mails(purpose)):
        return _("None booked, and without consent no mail may propose one: call.")
    return _("None booked, and no mail to come proposes one: call.")


def upcoming(found: LeadPage, called: Names, days: Calendar) -> list[dict[str, Any]]:
    """What is queued, and the mail that time alone leads to in each scenario; soonest first, what is held back last."""
    queue = [
        (row["not_before"], {"what": called.mail(row["message"]), "when": days.when(row["not_before"]), "note": None})
        for row in found.outlook.queue
    ]
    ahead = [
        (one.at, {"what": one.what, "when": days.when(one.at) if one.at else None, "note": _note(one, called)})
        for one in found.outlook.next
    ]
    return [shown for _at, shown in sorted([*queue, *ahead], key=lambda one: (one[0] is None, one[0] or found.now))]


def _note(one: Coming, called: Names) -> str | None:
    """Why it waits, or what would make it unnecessary."""
    if one.held == "pause":
        return _("paused")
    if one.held:
        return _("held back: enough mails lately")
    return _("only if still waiting then for %(event)s", event=called.event(one.unless)) if one.unless else None
