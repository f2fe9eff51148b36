"""What stops with the marketing mail, told before she stops it, and what still comes because she has asked for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from funnel.domain.company import Company
from funnel.domain.engine.ahead import mails_possible
from funnel.domain.engine.mails import why_not
from funnel.domain.lead import Enrolment, Lead
from funnel.domain.tunnel.program import Program
from funnel.storage import installation, outbox_lists
from funnel.usecases.house import House
from funnel.usecases.naming import Names
from funnel.usecases.promised_calls import Call, calls_asked_for
from funnel.usecases.what_comes import by_all_addresses, coming_mails, waits_to_leave


@dataclass(frozen=True)
class Stopping:
    """Titles of the scenarios in which mail that would come stops, the calls that she has asked for, and the mails that
    still come, soonest first."""

    stops: Sequence[str]
    calls: Sequence[Call]
    stays: Sequence[str]


def read_stopping(house: House, lead: Lead, language: str) -> Stopping:
    """The same walk that her own page tells what comes by, as if she had stopped already; in a language."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision)
        names = Names(published, language)
        book = house.shelf.book(connection, published, [lead])
        running = [(one, book.program(one.scenario, one.version)) for one in lead.enrolments if one.runs]
        left = {one: replace(one, state="ended", due_at=None) for one, program in running if _ends_it(program)}
        stopped = replace(lead, unsubscribed=True, enrolments=tuple(left.get(one, one) for one in lead.enrolments))
        coming = coming_mails(house, connection, names, stopped, moment.now, to_the_end=True)
        calls = calls_asked_for(house, connection, book.company, stopped, moment.now)
        now_known = by_all_addresses(connection, lead)
        waiting = waits_to_leave(now_known, outbox_lists.of_lead(connection, lead.id))
    stops = [one.scenario for one, of in running if _stops_in(of, now_known, one, book.company, moment.now)]
    stops += [row["scenario"] for row in waiting if row["kind"] == "marketing" and row["scenario"]]
    return Stopping(_once(map(names.scenario, stops)), calls, _once(one.what for one in coming))


def _ends_it(program: Program) -> bool:
    """Whether she leaves a scenario by stopping the mails."""
    return "unsubscribed" in program.scenario.leave_when


def _stops_in(program: Program, lead: Lead, enrolment: Enrolment, company: Company, now: datetime) -> bool:
    """Whether a mail that may come to her from where she stands no longer does."""
    return any(
        why_not(lead, mail.purpose) is None if mail.kind == "marketing" else _ends_it(program)
        for mail in mails_possible(program, lead, enrolment, company, now)
    )


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
