"""What a mail says of its scenario's webinar, and the invitation that goes with the registration (S147)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import takewhile
from typing import Any

from funnel.authoring.bundle import Bundle
from funnel.catalogue import Speech
from funnel.domain.company import Company
from funnel.domain.lead import Lead
from funnel.domain.model import in_language
from funnel.domain.spans import parse_span
from funnel.domain.timing import earlier, local_time
from funnel.domain.tunnel.form import Webinar
from funnel.domain.tunnel.steps import AwaitStep, EmailStep, Until, WaitStep
from funnel.domain.webinar import begins_at, state_of
from funnel.ports import Meeting
from funnel.usecases.wording import city_of, day_in_words, describe_time

_BEFORE_ANY_MAIL = datetime(2000, 1, 1, tzinfo=UTC)
"""The stamp of what tells less than the mail: of two entries with one UID and sequence the later stamp wins (RFC 5546,
2.1.5)."""


def webinar_of(bundle: Bundle | None) -> Webinar | None:
    """The webinar that a version's scenario gives, if it gives one."""
    magnet = bundle.scenario.magnet if bundle else None
    return magnet.webinar if magnet else None


def describe_webinar(webinar: Webinar, company: Company, zone: str, language: str, now: datetime) -> dict[str, Any]:
    """A webinar in words: its times as the clocks of `zone` show them (`date` has the year, `day` and `when` where it
    is another than that of `now`); `state` is `ahead`, `on` or `over` at `now`;
    `replay` is empty while there is none."""
    starts_at = begins_at(webinar, company.zone)
    day = local_time(starts_at, zone).date()
    dated, undated = "EEEE d MMMM y", "EEEE d MMMM"
    return {
        **describe_time(starts_at, zone, language, undated if day.year == local_time(now, zone).year else dated),
        "date": day_in_words(day, language, dated),
        "state": state_of(webinar, company.zone, now),
        "title": in_language(webinar.title, language),
        "city": city_of(zone, language),
        "minutes": webinar.minutes,
        "link": webinar.link,
        "replay": webinar.replay or "",
    }


def reminds(bundle: Bundle, company: Company, now: datetime) -> bool:
    """Whether a step of the scenario is still to come between `now` and the webinar's beginning: who registers in the
    last hour is promised no reminder."""
    webinar = webinar_of(bundle)
    if webinar is None:
        return False
    starts_at = begins_at(webinar, company.zone)
    spans = (
        one.step.wait.before
        for one in bundle.program.steps.values()
        if isinstance(one.step, WaitStep) and isinstance(one.step.wait, Until) and one.step.wait.until == "webinar"
    )
    return any(earlier(starts_at, parse_span(span), company.zone) > now for span in spans if span)


def webinar_invitation(
    company: Company, bundle: Bundle | None, row: Mapping[str, Any], lead: Lead, language: str, now: datetime
) -> dict[str, Any] | None:
    """The invitation (METHOD:REQUEST, always the same UID) that goes with what she gets at once, as JSON; nobody is
    invited to what is over."""
    webinar = webinar_of(bundle)
    if bundle is None or webinar is None or row["recipient"] != "lead" or row["step"] not in _at_once(bundle):
        return None
    if state_of(webinar, company.zone, now) == "over":
        return None
    starts_at = begins_at(webinar, company.zone)
    return {
        "method": "REQUEST",
        "uid": _uid(company, bundle.name, lead.email),
        "sequence": 0,
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(minutes=webinar.minutes)).isoformat(),
        "summary": in_language(webinar.title, language),
        "organizer": [company.sender.name, company.sender.email],
        "attendees": [[lead.name, lead.email]],
        "location": webinar.link,
        "description": webinar.link,
        "language": language,
    }


def seat_entry(webinar: Webinar, scenario: str, company: Company, language: str, email: str) -> Meeting:
    """Her seat as an entry for any calendar, with the UID of the invitation to this address, which a calendar keeps in
    its place. It tells what the landing page tells: where to join is in the mail alone."""
    starts_at = begins_at(webinar, company.zone)
    return Meeting(
        uid=_uid(company, scenario, email),
        sequence=0,
        stamp=_BEFORE_ANY_MAIL,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=webinar.minutes),
        summary=in_language(webinar.title, language),
        organizer=(company.sender.name, company.sender.email),
        attendees=[],
        description=Speech(language).gettext("The link to join is in our mail."),
        language=language,
    )


def _uid(company: Company, scenario: str, email: str) -> str:
    """The UID of somebody's seat. It says nothing that whoever knows the address does not know: a lead's number would
    tell whether the address was known before."""
    whose = sha256(email.strip().casefold().encode()).hexdigest()[:16]
    return f"webinar-{scenario}-{whose}@{company.domain}"


def _at_once(bundle: Bundle) -> set[str]:
    """The mails before the first wait: what she registers for comes with them."""
    steps = takewhile(lambda one: not isinstance(one.step, WaitStep | AwaitStep), bundle.program.steps.values())
    return {one.id for one in steps if isinstance(one.step, EmailStep)}
