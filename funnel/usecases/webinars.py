"""What a mail says of its scenario's webinar, and the invitation that goes with the registration (S147)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from funnel.authoring.bundle import Bundle
from funnel.domain.company import Company
from funnel.domain.lead import Lead
from funnel.domain.model import in_language
from funnel.domain.timing import resolve, zone_of
from funnel.domain.tunnel.form import Webinar
from funnel.domain.tunnel.scenario import EmailStep
from funnel.usecases.wording import city_of, describe_time


def webinar_of(bundle: Bundle | None) -> Webinar | None:
    """The webinar that a version's scenario gives, if it gives one."""
    magnet = bundle.scenario.magnet if bundle else None
    return magnet.webinar if magnet else None


def begins_at(webinar: Webinar, company: Company) -> datetime:
    """When it begins, aware."""
    return resolve(datetime.fromisoformat(webinar.starts_at), company.zone)


def describe_webinar(webinar: Webinar, company: Company, lead: Lead, language: str) -> dict[str, Any]:
    """A webinar in words: its times as the lead's clock shows them; `replay` is empty while there is none."""
    zone = zone_of(lead.zone, None, company.zone)
    return {
        **describe_time(begins_at(webinar, company), zone, language),
        "title": in_language(webinar.title, language),
        "city": city_of(zone, language),
        "minutes": webinar.minutes,
        "link": webinar.link,
        "replay": webinar.replay or "",
    }


def webinar_invitation(
    company: Company, bundle: Bundle | None, row: Mapping[str, Any], lead: Lead, language: str
) -> dict[str, Any] | None:
    """The invitation (METHOD:REQUEST, always the same UID) that goes with the scenario's first mail, as JSON."""
    webinar = webinar_of(bundle)
    if bundle is None or webinar is None or row["recipient"] != "lead" or row["step"] != _registration(bundle):
        return None
    starts_at = begins_at(webinar, company)
    return {
        "method": "REQUEST",
        "uid": f"webinar-{bundle.name}-{lead.id}@{company.sender.email.rpartition('@')[2]}",
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


def _registration(bundle: Bundle) -> str | None:
    """The step that sends the first mail: what she registers for comes with it."""
    return next((one.id for one in bundle.program.steps.values() if isinstance(one.step, EmailStep)), None)
