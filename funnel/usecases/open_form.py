"""A form as a browser fills it in: its fields, its questionnaire and branches, the bytes of its pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from funnel.authoring.branches import branching
from funnel.authoring.bundle import Bundle
from funnel.domain.company import Company
from funnel.domain.diagnosis import IsAsked
from funnel.domain.questionnaire import Questionnaire
from funnel.domain.tunnel.form import Form, Webinar
from funnel.domain.tunnel.scenario import Scenario
from funnel.domain.webinar import begins_at, state_of
from funnel.ports import Meeting
from funnel.storage import installation
from funnel.usecases.errors import NotFound
from funnel.usecases.house import House
from funnel.usecases.read_published import last_published
from funnel.usecases.shelf import Published
from funnel.usecases.webinars import describe_webinar, seat_entry

_BEFORE = timedelta(days=1)


@dataclass(frozen=True)
class OpenForm:
    """The newest version of a scenario's form. `files` holds its landing pages by path, `digest` names the version;
    `opened_at` is none while the database, which keeps the time, is away."""

    name: str
    scenario: Scenario
    form: Form
    company: Company
    questionnaire: Questionnaire | None
    is_asked: IsAsked
    digest: str
    files: Mapping[str, bytes]
    opened_at: datetime | None = None

    @property
    def webinar(self) -> Webinar | None:
        """What it registers for, if that is a webinar."""
        return self.scenario.magnet.webinar if self.scenario.magnet else None

    def describe_webinar(self, language: str) -> dict[str, Any] | None:
        """The webinar in words, its times as the company's clock shows them; none where the form gives no seat."""
        if self.webinar is None:
            return None
        return describe_webinar(self.webinar, self.company, self.company.zone, language, self._told_at(self.webinar))

    def seat_entry(self, language: str, email: str) -> Meeting | None:
        """The webinar for the calendar of who gave this address; none where the form gives no seat, or no more."""
        if self.webinar is None or self._over(self.webinar):
            return None
        return seat_entry(self.webinar, self.name, self.company, language, email)

    def _told_at(self, webinar: Webinar) -> datetime:
        return self.opened_at or begins_at(webinar, self.company.zone) - _BEFORE

    def _over(self, webinar: Webinar) -> bool:
        return state_of(webinar, self.company.zone, self._told_at(webinar)) == "over"

    @property
    def closed(self) -> bool:
        """Whether nothing is left to register for: the webinar is over, and there is no replay."""
        return self.webinar is not None and not self.webinar.replay and self._over(self.webinar)


def open_form(house: House, scenario: str) -> OpenForm:
    """The form of a scenario (`-` counts as `_` in its name); `NotFound` when there is none."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision)
    return _opened(published, scenario, moment.now)


def remembered_form(house: House, scenario: str) -> OpenForm | None:
    """The form as this process saw it last, without asking the database; none when it never did."""
    known = last_published(house)
    if known is None:
        return None
    try:
        return _opened(known, scenario)
    except NotFound:
        return None


def _opened(published: Published, scenario: str, now: datetime | None = None) -> OpenForm:
    bundle: Bundle | None = published.newest.get(scenario.replace("-", "_"))
    if bundle is None or bundle.scenario.form is None:
        raise NotFound(f"there is no form {scenario!r}")
    form = bundle.scenario.form
    questionnaire = bundle.questionnaires[form.questionnaire] if form.questionnaire else None
    return OpenForm(
        bundle.name,
        bundle.scenario,
        form,
        published.company.company,
        questionnaire,
        branching(questionnaire) if questionnaire else lambda question, values: True,
        bundle.digest,
        bundle.files,
        now,
    )
