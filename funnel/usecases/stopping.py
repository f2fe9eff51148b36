"""What stops with the marketing mail, told before she stops it, and what still comes because she has asked for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from funnel.domain.lead import Lead
from funnel.storage import installation
from funnel.usecases.house import House
from funnel.usecases.naming import Names
from funnel.usecases.what_comes import coming_mails


@dataclass(frozen=True)
class Stopping:
    """Titles of the scenarios whose marketing mail stops, and the mails that still come, soonest first."""

    stops: Sequence[str]
    stays: Sequence[str]


def read_stopping(house: House, lead: Lead, language: str) -> Stopping:
    """The same walk that her own page tells what comes by, as if she had stopped already; in a language."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision)
        names = Names(published, language)
        book = house.shelf.book(connection, published, [lead])
        running = [(one, book.program(one.scenario, one.version)) for one in lead.enrolments if one.runs]
        going_on = [one for one, program in running if "unsubscribed" not in program.scenario.leave_when]
        stopped = replace(lead, unsubscribed=True, enrolments=tuple(going_on))
        stays = [one.what for one in coming_mails(house, connection, names, stopped, moment.now)]
    selling = [program for _, program in running if any(mail.kind == "marketing" for mail in program.mails.values())]
    return Stopping(list(dict.fromkeys(names.scenario(one.name) for one in selling)), list(dict.fromkeys(stays)))
