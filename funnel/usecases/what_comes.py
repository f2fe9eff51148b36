"""What comes next for a lead, told to herself: the mails that leave, her webinars, her appointments."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import structlog
from sqlalchemy import Connection

from funnel.domain import effects as do
from funnel.domain.cap import A_MOMENT, SKIPPED, Fate, cap_for, foretell
from funnel.domain.engine import Book
from funnel.domain.engine.ahead import Ahead, mails_ahead, next_mail
from funnel.domain.engine.mails import why_not
from funnel.domain.lead import Appointment, Enrolment, Lead
from funnel.domain.model import in_language
from funnel.domain.timing import zone_of
from funnel.domain.tunnel.trigger import EventName
from funnel.storage import outbox_lists, windows
from funnel.storage.installation import COMPANY
from funnel.storage.outbox import MAY_HAVE_LEFT, WAITING
from funnel.usecases.house import House
from funnel.usecases.naming import Names
from funnel.usecases.shelf import Published, holidays_of
from funnel.usecases.webinars import describe_webinar, webinar_of

log = structlog.get_logger()

_Time = tuple[datetime | None, Literal["", "pause", "cap"]]


@dataclass(frozen=True)
class Coming:
    """A mail that comes next, and when; `unless`: only if what its scenario waits for has not come by then;
    `may_change`: what is known of her now has chosen it. `held`: what it waits for, a pause (no `at`) or the cap (none:
    it has waited too long by then, and is left out)."""

    at: datetime | None
    what: str
    unless: EventName | None = None
    may_change: bool = False
    held: Literal["", "pause", "cap"] = ""
    proposes: bool = False
    """Whether it offers an appointment."""


def coming_mails(
    house: House, connection: Connection, names: Names, lead: Lead, now: datetime, *, to_the_end: bool = False
) -> list[Coming]:
    """What waits to leave, and what time alone leads to in each of her scenarios, next or `to_the_end`; soonest first,
    what stands still or is left out last."""
    rows = outbox_lists.of_lead(connection, lead.id)
    lead = by_all_addresses(connection, lead)
    look = mails_ahead if to_the_end else _next_alone
    ahead = _ahead(house.shelf.book(connection, names.published, [lead]), names.published, lead, rows, now, look)
    found = []
    for one, (at, held) in zip(ahead, _times(names.published, lead, rows, ahead, now), strict=True):
        what = _called(house, connection, names, one.mail.message, one.mail.version)
        proposes = "propose" in one.mail.data
        found.append(Coming(at, what, next(iter(one.unless), None), one.chosen, held, proposes))
    return sorted(found, key=lambda one: (one.at is None, one.at or now))


def waits_to_leave(lead: Lead, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of her outbox's rows that are mails to her and will leave as things stand."""
    return [row for row in rows if _is_coming(row) and _may_leave(lead, row)]


def by_all_addresses(connection: Connection, lead: Lead) -> Lead:
    """The same with what she refuses by an address that is joined with hers: that is sent to none."""
    stopped, withdrawn = windows.refused_elsewhere(connection, lead.id)
    consents = {**lead.consents, **dict.fromkeys(withdrawn, False)}
    return replace(lead, unsubscribed=lead.unsubscribed or stopped, consents=consents)


_Look = Callable[[Book, Lead, Enrolment, datetime | None], Iterable[Ahead]]
"""How far is looked ahead of somebody in a scenario."""


def _next_alone(book: Book, lead: Lead, enrolment: Enrolment, left_at: datetime | None) -> Iterator[Ahead]:
    if found := next_mail(book, lead, enrolment, left_at):
        yield found


def _ahead(
    book: Book, published: Published, lead: Lead, rows: Sequence[Mapping[str, Any]], now: datetime, look: _Look
) -> list[Ahead]:
    """What waits to leave, and what follows in each of her scenarios: behind a mail that has not left, by when that one
    leaves or is skipped."""
    waiting = waits_to_leave(lead, rows)
    running = [one for one in lead.enrolments if one.runs]
    ahead = [_queued(row) for row in waiting]
    ahead += [found for one in running if not one.mail for found in _looked(look, book, lead, one, None)]
    ends = {row["cause"]: row["left_at"] for row in rows}
    fates = _fates(published, lead, rows, ahead, now)[: len(waiting)]
    ends |= {row["cause"]: fate.at for row, fate in zip(waiting, fates, strict=True)}
    behind = [(one, ends.get(one.mail)) for one in running if one.mail]
    return ahead + [found for one, end in behind for found in _looked(look, book, lead, one, end)]


def _times(
    published: Published, lead: Lead, rows: Sequence[Mapping[str, Any]], ahead: Sequence[Ahead], now: datetime
) -> list[_Time]:
    """When each leaves as things stand: not at all while it is paused, marketing under the cap."""
    held = {row["key"] for row in rows if row["reason"] == SKIPPED}
    times: list[_Time] = []
    for one, fate in zip(ahead, _fates(published, lead, rows, ahead, now), strict=True):
        free = fate.leaves and fate.at <= max(one.mail.not_before, now) + A_MOMENT and one.mail.cause not in held
        if _is_paused(published, one):
            times.append((None, "pause"))
        else:
            times.append((fate.at if fate.leaves else None, "" if free else "cap"))
    return times


def _fates(
    published: Published, lead: Lead, rows: Sequence[Mapping[str, Any]], ahead: Sequence[Ahead], now: datetime
) -> list[Fate]:
    """How each ends, as if nothing were paused: marketing under the cap, the rest when it may."""
    company = published.company.company
    fates = [Fate(max(one.mail.not_before, now)) for one in ahead]
    capped = [at for at, one in enumerate(ahead) if one.mail.kind == "marketing" and not _is_paused(published, one)]
    told = foretell(
        cap_for(company.cap, slow=lead.slow),
        [row["left_at"] or row["begun_at"] or now for row in rows if _has_left(row)],
        [(ahead[at].mail.at, fates[at].at) for at in capped],
        company.sending_window,
        zone_of(lead.zone, None, company.zone),
        holidays_of(company.country),
    )
    for place, fate in zip(capped, told, strict=True):
        fates[place] = fate
    return fates


def _is_paused(published: Published, one: Ahead) -> bool:
    return (one.mail.scenario or COMPANY) in published.paused


def _queued(row: Mapping[str, Any]) -> Ahead:
    mail = do.SendEmail(
        cause=row["key"],
        message=row["message"],
        kind=row["kind"],
        at=row["planned_at"],
        not_before=row["not_before"],
        version=row["version"],
        scenario=row["scenario"],
        data=row["data"],
    )
    return Ahead(mail, unless=(), chosen=False)


def _looked(look: _Look, book: Book, lead: Lead, enrolment: Enrolment, left_at: datetime | None) -> list[Ahead]:
    found: list[Ahead] = []
    try:
        found.extend(look(book, lead, enrolment, left_at))
    except Exception:  # what fails here will park her there, as `Fold` does; her page tells what is known
        log.exception("what comes next is not known", lead=lead.id, scenario=enrolment.scenario, step=enrolment.step)
    return found


def coming_webinars(
    house: House, connection: Connection, names: Names, lead: Lead, now: datetime
) -> Iterator[Mapping[str, Any]]:
    """The webinars that she has registered for and that are not over, in words and in her zone."""
    company = names.company
    for enrolment in lead.enrolments:
        if webinar := webinar_of(house.shelf.bundle(connection, enrolment.version)):
            zone = zone_of(lead.zone, None, company.zone)
            told = describe_webinar(webinar, company, zone, names.language, now)
            if told["state"] != "over":
                yield told


def still_to_tell(
    appointments: Sequence[Appointment], now: datetime, unchosen: Collection[int] = ()
) -> list[Appointment]:
    """Those that lie ahead, also one that was cancelled or is marked as missed already; and what is over by now, while
    another time is to be chosen for it (`unchosen`, by number)."""
    return [one for one in appointments if one.state != "held" and (one.ends_at > now or one.id in unchosen)]


def _called(house: House, connection: Connection, names: Names, message: str, version: str | None) -> str:
    """A mail's subject; of a webinar's, with its title."""
    called = names.mail(message)
    bundle = house.shelf.bundle(connection, version) if version else None
    webinar = webinar_of(bundle)
    if webinar is None:
        return called
    title = in_language(webinar.title, names.language)
    return names.speech.gettext("%(title)s: %(name)s", title=called, name=title)


def _has_left(row: Mapping[str, Any]) -> bool:
    """Whether it counts for the cap, also when nobody knows whether it left."""
    return row["kind"] == "marketing" and row["state"] in MAY_HAVE_LEFT


def _may_leave(lead: Lead, row: Mapping[str, Any]) -> bool:
    return row["kind"] != "marketing" or why_not(lead, row["purpose"]) is None


def _is_coming(row: Mapping[str, Any]) -> bool:
    return to_her(row) and row["state"] in WAITING


def to_her(row: Mapping[str, Any]) -> bool:
    """Whether a row of the outbox is a mail to the lead herself."""
    return bool(row["channel"] == "mail" and row["recipient"] == "lead")
