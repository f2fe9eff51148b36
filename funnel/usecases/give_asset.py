"""A file that a scenario gives, by its lead's own link: its bytes, that it was loaded, a new link for an old one."""

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.company import Company
from funnel.domain.lead import Enrolment, Lead
from funnel.domain.model import Text, in_language
from funnel.domain.spans import parse_span
from funnel.domain.timing import later
from funnel.domain.verdicts import Signals, judge
from funnel.links import Purpose
from funnel.storage import installation, snapshot
from funnel.usecases.addresses import asset_of, revoked
from funnel.usecases.errors import NotFound
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events
from funnel.usecases.submit_form import PATIENCE

_IN_NO_NAME = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]|\.+$')
COUNTED_EVERY = 300
"""Seconds of business time in which a file that is loaded again counts once: a reader that fetches it piece by piece,
or twice, is one who has it."""


@dataclass(frozen=True)
class Given:
    """A file as it is given: the version's own bytes in her language, `asset`, the name that its author gave it, and
    `title`, that of the scenario. `expired` when the link is older than `asset_links_last`."""

    lead: Lead
    company: Company
    enrolment: Enrolment
    asset: str
    title: Text
    content: bytes
    content_type: str
    expired: bool
    now: datetime

    @property
    def saved_as(self) -> str:
        """What it is called among her own files: the title, which she knows, without what no file may be called."""
        title = " ".join(_IN_NO_NAME.sub(" ", in_language(self.title, self.lead.language)).split())
        return f"{title}.{self.asset.rpartition('.')[2]}" if title else self.asset


def open_asset(house: House, text: str) -> Given:
    """What an asset link opens; it changes nothing. `BadToken` or `NotFound` when it opens nothing."""
    token = house.links.read(text, Purpose.ASSET)
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        lead = snapshot.load(connection, [token.subject], lock=False).get(token.subject)
        found = asset_of(lead, token) if lead else None
        if lead is None or found is None or revoked(lead, token):
            raise NotFound("this link opens nothing any more")
        enrolment, place, made_at = found
        asset, title, content = _content(connection, house, lead, enrolment, place)
    kind, packed = mimetypes.guess_type(asset)
    expires_at = later(made_at, parse_span(company.asset_links_last), company.zone)
    expired = expires_at <= moment.now
    content_type = "application/octet-stream" if kind is None or packed else kind
    return Given(lead, company, enrolment, asset, title, content, content_type, expired, moment.now)


def _content(
    connection: Connection, house: House, lead: Lead, enrolment: Enrolment, place: int
) -> tuple[str, Text, bytes]:
    """The file's name, its scenario's title, and the bytes that were published with the version she is in."""
    bundle = house.shelf.bundle(connection, enrolment.version)
    assets = bundle.program.assets
    if place >= len(assets):
        raise NotFound("this link opens nothing any more")
    asset = assets[place]
    content = in_her_language(bundle.files, f"assets/{bundle.name}/{asset}", lead.language)
    if content is None:
        raise NotFound("this file is not here any more")
    return asset, bundle.scenario.title, content


def in_her_language(files: Mapping[str, bytes], path: str, language: str) -> bytes | None:
    """A file's twin in a language (`guide.fr.pdf`), else the file itself; none when there is neither."""
    stem, _, ending = path.rpartition(".")
    return files.get(f"{stem}.{language}.{ending}", files.get(path))


def note_download(house: House, given: Given, signals: Signals) -> None:
    """She has it, or a machine, as far as the request tells by its `signals`. Whatever else happens in these minutes by
    the same is the same download. `DatabaseAway` when it was not noted."""
    judged = judge(signals)
    scenario, number = given.enrolment.scenario, given.enrolment.pass_number
    while_open = int(given.now.timestamp()) // COUNTED_EVERY
    event = on.AssetDownloaded(
        lead_id=given.lead.id,
        occurred_at=given.now,
        key=f"asset/{given.lead.id}/{scenario}/{number}/{given.asset}/{while_open}/{judged.says}",
        asset=given.asset,
        scenario=scenario,
        pass_number=number,
        verdict=judged.says,
        reasons=judged.reasons,
    )
    record_events(house, [event], patience=PATIENCE)


def ask_anew(house: House, text: str) -> Given:
    """A new link for one that has expired, by mail to her address; asked several times in these minutes, once."""
    given = open_asset(house, text)
    scenario, number = given.enrolment.scenario, given.enrolment.pass_number
    event = on.AssetAsked(
        lead_id=given.lead.id,
        occurred_at=given.now,
        key=f"asset_asked/{given.lead.id}/{scenario}/{number}/{int(given.now.timestamp()) // COUNTED_EVERY}",
        asset=given.asset,
        scenario=scenario,
        pass_number=number,
    )
    record_events(house, [event], patience=PATIENCE)
    return given
