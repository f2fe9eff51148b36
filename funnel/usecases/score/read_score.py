"""A lead's score now and on any day: every entry with what happened, its curve, and what is missing to a threshold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from funnel.domain.engine.points import still_ahead
from funnel.domain.lead import Lead
from funnel.domain.scoring import ledger
from funnel.domain.scoring.able import can_earn, goes_unwatched
from funnel.domain.scoring.ahead import NotYet, not_yet
from funnel.domain.scoring.ledger import Entry
from funnel.domain.scoring.rules import Group
from funnel.domain.timing import local_time, resolve
from funnel.storage import events, installation, scores
from funnel.usecases.errors import Refused
from funnel.usecases.find_lead import known_lead
from funnel.usecases.happening import Happening, visit_of_another
from funnel.usecases.history import history
from funnel.usecases.house import House
from funnel.usecases.naming import Names
from funnel.usecases.score.mails_reaching import mails_reaching
from funnel.usecases.shelf import Published


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in words: `why` it was written, `what` earned it, or else was happening as it was written;
    `taken_back` where a later one undoes it."""

    entry: Entry
    why: str
    what: str
    taken_back: bool


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """The score at an instant, newest entry first. `curve` holds the score after each day on which it changed; `next`
    what is missing to the next threshold at which something would still happen; none on a day gone by, or once she is
    erased. `zone` is the company's, in which days are counted."""

    lead: Lead
    at: datetime
    zone: str
    score: int
    groups: Mapping[Group, int]
    lines: Sequence[Line]
    curve: Sequence[tuple[date, int]]
    next: NotYet | None


def read_score(house: House, lead_id: int, language: str, day: date | None = None) -> ScoreSheet:
    """The sheet as of the end of a day in the company's zone, else of now; `NotFound` for a lead there is not,
    `Refused` for a day that is still to come."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision)
        lead = known_lead(connection, lead_id, erased=True)
        if day and day > local_time(moment.now, published.company.company.zone).date():
            raise Refused("%(day)s is still to come; leave the day out for the points of now", day=day)
        at = min(_end_of(day, published), moment.now) if day else moment.now
        told = [] if lead.erased else history(connection, published, lead, language)
        return score_sheet(connection, published, lead, at, told, language, past=at < moment.now)


def score_sheet(
    connection: Connection,
    published: Published,
    lead: Lead,
    at: datetime,
    told: Iterable[Happening],
    language: str,
    *,
    past: bool = False,
) -> ScoreSheet:
    """The same of a lead that was read already, with her history told; `past`: of a day gone by, of which nothing is
    ahead, as of nobody who is erased."""
    written = [one for one in lead.entries if one.at <= at]
    score = ledger.total(written)
    names = Names(published, language)
    what = _what(connection, lead, written, told, names)
    gone = {one.counters for one in written if one.kind == "reversed"}
    lines = [Line(one, _why(names, one), what.get(one.number, ""), one.number in gone) for one in reversed(written)]
    company = published.company
    ahead = [] if past or lead.erased else [one.score for one in still_ahead(company.company, lead)]
    return ScoreSheet(
        lead,
        at,
        company.company.zone,
        score,
        ledger.totals(written),
        lines,
        _curve(written, company.company.zone),
        _lacks(connection, published, lead, written, score, min(ahead), at) if ahead else None,
    )


def _what(
    connection: Connection, lead: Lead, written: Sequence[Entry], told: Iterable[Happening], names: Names
) -> dict[int, str]:
    """What each entry is for, by its number, where something had happened: what a key names that earned it, which may
    have been recorded long before."""
    happened = {one.event: one.what for one in told if one.event}
    caused = scores.caused(connection, lead.id)
    if not lead.erased:
        keyed = events.by_keys(connection, lead.id, {one.source for one in written if one.source})
        for row in keyed.values():
            if row["kind"] == "PageVisited" and row["id"] not in happened:
                happened[row["id"]] = visit_of_another(names.speech, row["payload"])
        caused |= {one.number: keyed[one.source]["id"] for one in written if one.source in keyed and not one.counters}
    return {number: happened.get(event, "") for number, event in caused.items()}


def _lacks(
    connection: Connection,
    published: Published,
    lead: Lead,
    written: Sequence[Entry],
    score: int,
    threshold: int,
    at: datetime,
) -> NotYet:
    company = published.company
    able = can_earn(company.company, lead, mails_reaching(connection, published, lead, at))
    found = not_yet(company.rules, written, score, threshold, at, company.company.zone, able)
    return replace(found, unwatched=goes_unwatched(company.company, lead, company.rules.rules))


def _end_of(day: date, published: Published) -> datetime:
    after = datetime.combine(day + timedelta(days=1), time())
    return resolve(after, published.company.company.zone) - timedelta(microseconds=1)


def _why(names: Names, one: Entry) -> str:
    say = names.speech.gettext
    match one.kind:
        case "faded":
            known = one.rule and names.rule(one.rule, "")
            return say("Points fade with time: %(what)s", what=known) if known else say("Points fade with time")
        case "reversed":
            why = names.rule(one.rule, one.because) if one.rule else names.reason(one.because)
            return say("Taken back: %(why)s", why=why)
    return names.rule(one.rule, one.because) if one.rule else names.reason(one.because)


def _curve(entries: Sequence[Entry], zone: str) -> list[tuple[date, int]]:
    score, found = 0, {}
    for one in entries:
        score += one.points
        found[local_time(one.at, zone).date()] = score
    return list(found.items())
