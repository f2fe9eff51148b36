"""The drain: opens and clicks that wait are judged in their company, and recorded through the one door."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.company import Company
from funnel.domain.timing import local_time, midnight
from funnel.domain.verdicts import BURST, HIDDEN, TRAP_SPAN, Seen, Verdict, after_sending, together, verdict
from funnel.storage import events, installation, tracking
from funnel.storage.installation import Moment
from funnel.usecases.addresses import TRAP
from funnel.usecases.house import House
from funnel.usecases.record_events import Recorded, keep, record, ring
from funnel.usecases.tracking import pages
from funnel.usecases.tracking.apart import People
from funnel.usecases.tracking.halving import NEVER
from funnel.usecases.tracking.sift import sift
from funnel.usecases.tracking.take_in import Touch, read_touch
from funnel.usecases.tracking.visit_events import Entry

log = structlog.get_logger()

BATCH = 2_000
_BEFORE = max(BURST, TRAP_SPAN) + timedelta(minutes=1)
"""So far back lie the touches with which new ones are judged together."""

Said = on.EmailOpened | on.LinkClicked
_SAID = (on.EmailOpened.__name__, on.LinkClicked.__name__)


def drain(house: House) -> bool:
    """Record one batch of what waits in the stream and in the database; whether there was one."""
    taken = house.stream.take(BATCH)
    if not taken:
        with house.database.read() as connection:
            if not tracking.anything_waits(connection):
                return False
    try:
        _record(house, [entry for _, entry in taken], lambda connection: tracking.take(connection, BATCH))
        house.stream.done([place for place, _ in taken])
    except NEVER:
        sift(house, taken, BATCH, partial(_record, house))
    return True


def _record(house: House, told: Sequence[Entry], stored: Callable[[Connection], Sequence[Entry]]) -> None:
    """Record what was told, and what is stored, in one transaction."""

    def work(connection: Connection) -> Recorded:
        waiting = [*told, *stored(connection)]
        visits, others = _parted(waiting)
        touches = [one for one in map(read_touch, others) if one]
        if strange := len(others) - len(touches):
            log.warning("what waited among opens, clicks and visits is none of ours", number=strange)
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision)
        company, people = published.company.company, People(connection)
        touched = _happened(connection, company, touches, people, moment)
        visited = pages.happened(connection, company, visits, touched, people, moment)
        decided, kept = people.apart(house.shelf.interests(connection, published), [*touched, *visited])
        keep(connection, kept, moment)
        return record(connection, house, decided, moment)

    ring(house, house.database.repeating(work))


def _parted(waiting: Iterable[Entry]) -> tuple[list[Entry], list[Entry]]:
    """What trackers have told, and the rest: nobody tries to read a visit as a touch."""
    visits: list[Entry] = []
    others: list[Entry] = []
    for one in waiting:
        (visits if pages.is_visit(one) else others).append(one)
    return visits, others


@dataclass(frozen=True, slots=True)
class _Known:
    """A touch of somebody who has agreed to it, with its mail and its instant in business time; `whose` it is: the
    lead's to whom the mail went, or who stands for her."""

    touch: Touch
    mail: Mapping[str, Any]
    at: datetime
    whose: int


def _happened(
    connection: Connection, company: Company, touches: Sequence[Touch], people: People, moment: Moment
) -> list[on.AnyEvent]:
    """The events of what has been taken in; none of a kind of which the company, as it is now, keeps no trace."""
    mode = {"open": company.tracking.of("opens"), "click": company.tracking.of("clicks")}
    known = _agreed(connection, [one for one in touches if mode.get(one.kind, "none") != "none"], people, moment)
    if mode["open"] == "hygiene":
        opened = [one for one in known if one.touch.kind == "open" and _of(one).says != "machine"]
        days = {one.mail["lead_id"]: (one.mail["id"], _day(one.at, company.zone)) for one in opened}
        tracking.note_opened(connection, days)
    said = list(_said(connection, [one for one in known if mode[one.touch.kind] == "consented"]))
    before = _before(connection, said, {one.mail["lead_id"] for one in known}, moment)
    apart = touched_together([*before, *said])
    return [*(judged_with(one, apart) for one in said), *_not_told(connection, list(_revised(before, apart, moment)))]


def _agreed(connection: Connection, touches: Sequence[Touch], people: People, moment: Moment) -> list[_Known]:
    """Those of leads who agree now, whatever they did when the mail left, by each address that is theirs; in the order
    of time."""
    mails = tracking.mails(connection, {one.mail for one in touches})
    people.meet(row["lead_id"] for row in mails.values())
    found = []
    for one in touches:
        mail = mails.get(one.mail)
        whose = people.whose(mail["lead_id"]) if mail else None
        if mail and whose is not None:
            found.append(_Known(one, mail, min(one.at + moment.offset, moment.now), whose))
    return sorted(found, key=lambda one: one.at)


def _day(at: datetime, zone: str) -> datetime:
    """The beginning of its day in the company's zone: the hour is nobody's business."""
    return midnight(local_time(at, zone).date(), zone)


def _of(one: _Known) -> Verdict:
    left = one.mail["left_at"]
    return after_sending(one.touch.reasons, one.at - left if left else timedelta(0))


def _said(connection: Connection, known: Iterable[_Known]) -> Iterable[Said]:
    """Each as an event, judged by itself."""
    these = list(known)
    links = tracking.links_of(connection, {one.touch.link for one in these if one.touch.kind == "click"})
    for one in these:
        judged = _of(one)
        common: dict[str, Any] = {
            "lead_id": one.whose,
            "occurred_at": one.at,
            "key": one.touch.id,
            "mail": one.mail["id"],
            "message": one.mail["message"],
            "pass_number": one.mail["pass_number"] if one.whose == one.mail["lead_id"] else None,
            "verdict": judged.says,
            "reasons": judged.reasons,
        }
        if one.touch.kind == "open":
            yield on.EmailOpened(**common)
        elif one.touch.link == TRAP:
            yield on.LinkClicked(**common, link=HIDDEN, number=TRAP)
        elif link := links.get(one.touch.link):
            yield on.LinkClicked(**common, link=link.name, number=one.touch.link)


def _before(connection: Connection, said: Sequence[Said], owners: Collection[int], moment: Moment) -> list[Said]:
    """The touches of the same mails, which belong to `owners`, that were recorded a moment ago."""
    mails = {one.mail for one in said}
    near = {one.lead_id for one in said} | set(owners) if mails else set()
    people = sorted(near.union(*events.beside(connection, near).values()))  # a touch stands with whoever stood for her
    own = {one.key for one in said}
    rows = events.of_leads(connection, people, moment.now - _BEFORE) if people else {}
    read = (events.read(row) for of_one in rows.values() for row in of_one if row["kind"] in _SAID)
    return [one for one in read if isinstance(one, Said) and one.mail in mails and one.key not in own]


def touched_together(said: Iterable[Said]) -> frozenset[str]:
    """The keys of the touches that no person can have made, seen in their company."""
    by_mail: dict[int, list[Seen]] = defaultdict(list)
    for one in said:
        if one.key:
            link = one.number if isinstance(one, on.LinkClicked) else None
            by_mail[one.mail].append(Seen(one.key, link, one.occurred_at, link == TRAP))
    return frozenset().union(*(together(touches) for touches in by_mail.values()))


def judged_with(one: Said, apart: frozenset[str]) -> Said:
    """A touch, seen in the company of others."""
    if one.key not in apart or one.verdict == "machine":
        return one
    anew = verdict([*one.reasons, "together"])
    return replace(one, verdict=anew.says, reasons=anew.reasons)


def _revised(before: Iterable[Said], apart: frozenset[str], moment: Moment) -> Iterable[on.VerdictRevised]:
    """What was taken for a person's and is a machine's, now that more is known; the newest first, as it led on."""
    for one in sorted(before, key=lambda one: one.occurred_at, reverse=True):
        if one.key and one.key in apart and one.verdict != "machine":
            anew = verdict([*one.reasons, "together"])
            yield on.VerdictRevised(
                lead_id=one.lead_id,
                occurred_at=moment.now,
                key=f"{one.key}/{anew.says}",
                of=one.key,
                touched=one.touched,
                subject=one.subject,
                message=one.message,
                pass_number=one.pass_number,
                verdict=anew.says,
                reasons=anew.reasons,
            )


def _not_told(connection: Connection, revised: Sequence[on.VerdictRevised]) -> list[on.VerdictRevised]:
    """Those that were not recorded before: a machine's click parts a browser once."""
    known = events.taken_of(connection, [one.key for one in revised if one.key]) if revised else set()
    return [one for one in revised if one.key not in known]
