"""Who was at a webinar and who was not, as a list from outside says (S147); what was told first stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from funnel.authoring.saying import Saying, say
from funnel.domain import events as on
from funnel.domain.contact import normal_email
from funnel.domain.lead import Lead
from funnel.domain.timing import local_time
from funnel.domain.tunnel.form import Webinar
from funnel.domain.webinar import ends_at
from funnel.storage import installation, leads, snapshot
from funnel.usecases.errors import Conflict, NotFound
from funnel.usecases.house import House
from funnel.usecases.read_table import BadLine, NoTable, read_table
from funnel.usecases.record_events import record_events
from funnel.usecases.same_people import load_same_people
from funnel.usecases.webinars import webinar_of

COLUMNS = frozenset(("email", "attended"))
MOST_BYTES = 5_000_000
_YES = frozenset(("yes", "y", "true", "1", "x", "oui", "vrai"))
_NO = frozenset(("no", "n", "false", "0", "", "non", "faux"))
_TOLD = frozenset(("webinar.attended", "webinar.missed"))
_AT_ONCE = 500
_LONGEST_ANSWER = 20


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a list: how many were there, how many not, how many were known already; and the lines of which
    nothing was taken, since they are about nobody who has registered, or contradict what was told before."""

    attended: int
    missed: int
    known: int
    unused: Sequence[BadLine]


def record_webinar(house: House, scenario: str, content: bytes, by: str) -> Told:
    """Take a CSV with the columns `email` and `attended` (yes or no; of several lines about somebody a yes counts, for
    tools write one for each time that she came in, or did not). `NoTable` for what is none, before anything is
    recorded; `NotFound` without such a webinar, `Conflict` before it is over."""
    said, unused = _read(content)
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision)
        webinar = webinar_of(published.newest.get(scenario))
        if webinar is None:
            raise NotFound(f"no scenario {scenario!r} with a webinar is published")
        _check_is_over(webinar, published.company.company.zone, moment.now)
        ids = leads.find_all(connection, list(said))
        found = snapshot.load(connection, list(ids.values()), lock=False)
        same = load_same_people(connection, found, found)
    people: dict[int, Lead] = {}
    meant: dict[int, _Line] = {}
    for email, line in said.items():
        lead = next((one for one in same.get(ids.get(email, 0), ()) if _is_inside(one, scenario)), None)
        if lead is None:
            unused.append(BadLine(line.number, say("nobody with this address has registered: %(text)s", text=email)))
        else:
            people[lead.id] = lead
            meant[lead.id] = _rather(meant.get(lead.id), line)
    known = 0
    events: list[on.WebinarAttended | on.WebinarMissed] = []
    for lead_id, line in meant.items():
        before = _told_before(people[lead_id], scenario)
        if before is None:
            kind = on.WebinarAttended if line.there else on.WebinarMissed
            events.append(kind(lead_id=lead_id, occurred_at=moment.now, scenario=scenario, by=by))
        elif before is line.there:
            known += 1
        else:
            unused.append(BadLine(line.number, _contradicted(line.email, before)))
    for first in range(0, len(events), _AT_ONCE):
        record_events(house, events[first : first + _AT_ONCE])
    attended = sum(isinstance(one, on.WebinarAttended) for one in events)
    return Told(attended, len(events) - attended, known, sorted(unused, key=lambda line: line.number))


def _check_is_over(webinar: Webinar, zone: str, now: datetime) -> None:
    over = ends_at(webinar, zone)
    if now < over:
        raise Conflict(
            "the webinar ends only on %(at)s (%(zone)s): give its list afterwards; nothing was recorded",
            at=f"{local_time(over, zone):%Y-%m-%d %H:%M}",
            zone=zone,
        )


def _is_inside(lead: Lead, scenario: str) -> bool:
    return any(one.scenario == scenario for one in lead.enrolments)


def _told_before(lead: Lead, scenario: str) -> bool | None:
    """Whether she was there, as the first list said; None where none has said."""
    inside = [one for one in lead.enrolments if one.scenario == scenario]
    told = (one.event for one in inside[-1].happened if one.event in _TOLD)
    return next((event == "webinar.attended" for event in told), None)


def _contradicted(email: str, was_there: bool) -> Saying:
    if was_there:
        return say("an earlier list said that %(who)s was there, and that stays: write to her yourself", who=email)
    return say("an earlier list said that %(who)s was not there, and that stays: write to her yourself", who=email)


@dataclass(frozen=True, slots=True)
class _Line:
    """What a list says of somebody: the line's number, by which address, and whether she was there."""

    number: int
    email: str
    there: bool


def _rather(first: _Line | None, then: _Line) -> _Line:
    """Which of two lines about somebody counts: who came in once was there."""
    return first if first and first.there >= then.there else then


def _read(content: bytes) -> tuple[dict[str, _Line], list[BadLine]]:
    """By address, the line that counts; and the lines that cannot be read."""
    table = read_table(content, MOST_BYTES)
    if not table.columns >= COLUMNS:
        raise NoTable("columns_missing", say("its first line must name 'email' and 'attended'"))
    said: dict[str, _Line] = {}
    unused: list[BadLine] = []
    for line in table.lines:
        email, answer = normal_email(line.cells["email"]), line.cells["attended"].casefold()
        if email is None:
            unused.append(BadLine(line.number, say("no e-mail address")))
        elif answer not in _YES | _NO:
            written = line.cells["attended"][:_LONGEST_ANSWER]
            unused.append(BadLine(line.number, say("attended is yes or no, not %(text)s", text=written)))
        else:
            said[email] = _rather(said.get(email), _Line(line.number, email, answer in _YES))
    return said, unused
