"""Who was at a webinar and who was not, as a list from outside says (S147); the same list twice changes nothing."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from funnel.domain import events as on
from funnel.domain.contact import normal_email
from funnel.domain.lead import Lead
from funnel.storage import installation, leads, snapshot
from funnel.usecases.errors import NotFound
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events
from funnel.usecases.webinars import webinar_of

COLUMNS = ("email", "attended")
MOST_BYTES = 5_000_000
_YES, _NO = frozenset(("yes", "true", "1", "oui", "x")), frozenset(("no", "false", "0", "non", ""))
_AT_ONCE = 500


class NotAList(ValueError):
    """The file is no such list; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a list: how many were there, how many not, how many were known already; lines that say nothing of
    anybody who has registered, each with its number and why."""

    attended: int
    missed: int
    known: int
    unused: Sequence[tuple[int, str]]


def record_webinar(house: House, scenario: str, content: bytes, by: str) -> Told:
    """Take a CSV with the columns `email` and `attended` (yes or no). `NotAList` for bytes or columns that are
    none, before anything is recorded; `NotFound` without such a webinar."""
    rows, unused = _read(content)
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision)
        if webinar_of(published.newest.get(scenario)) is None:
            raise NotFound(f"no scenario {scenario!r} with a webinar is published")
        ids = {email: leads.find(connection, email) for email in rows}
        found = snapshot.load(connection, [one for one in ids.values() if one], lock=False)
    batch: list[on.WebinarAttended | on.WebinarMissed] = []
    attended = known = 0
    for email, (line, there) in rows.items():
        lead = found.get(ids[email] or 0)
        if lead is None or not any(one.scenario == scenario for one in lead.enrolments):
            unused.append((line, f"nobody with this address has registered: {email}"))
        elif _is_told(lead, scenario):
            known += 1
        else:
            kind = on.WebinarAttended if there else on.WebinarMissed
            batch.append(kind(lead_id=lead.id, occurred_at=moment.now, scenario=scenario, by=by))
            attended += there
    for first in range(0, len(batch), _AT_ONCE):
        record_events(house, batch[first : first + _AT_ONCE])
    return Told(attended, len(batch) - attended, known, sorted(unused))


def _is_told(lead: Lead, scenario: str) -> bool:
    inside = [one for one in lead.enrolments if one.scenario == scenario]
    return any(one.event.startswith("webinar.") for one in inside[-1].happened)


def _read(content: bytes) -> tuple[dict[str, tuple[int, bool]], list[tuple[int, str]]]:
    """By address: its line and whether she was there (the last line counts); and the lines that cannot be read."""
    if len(content) > MOST_BYTES:
        raise NotAList(f"the list has {len(content)} bytes, and {MOST_BYTES} is the most")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise NotAList(f"line {line}: not UTF-8; save the list as “CSV UTF-8”") from error
    if "\x00" in text:
        raise NotAList("the list holds control characters: it is no CSV")
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    try:
        lines = [(reader.line_num, one) for one in reader]
    except csv.Error as error:
        raise NotAList(f"line {reader.line_num}: not CSV: {error}") from error
    names = [name.strip().casefold() for name in lines[0][1]] if lines else []
    if absent := [name for name in COLUMNS if name not in names]:
        raise NotAList(
            f"line 1: no column {' and no column '.join(map(repr, absent))}; the first line names the columns"
        )
    where, said = names.index("email"), names.index("attended")
    rows: dict[str, tuple[int, bool]] = {}
    unused: list[tuple[int, str]] = []
    for number, cells in lines[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        email = normal_email(cells[where]) if len(cells) > where else None
        answer = cells[said].strip().casefold() if len(cells) > said else ""
        if email is None:
            unused.append((number, "no e-mail address"))
        elif answer not in _YES | _NO:
            unused.append((number, f"attended is {cells[said].strip()[:20]!r}: write yes or no"))
        else:
            rows[email] = (number, answer in _YES)
    return rows, unused
