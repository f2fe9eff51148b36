"""The links that mails and pages carry: signed tokens of leads, their enrolments and appointments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from funnel.domain.known import appointment_of, proposed_types
from funnel.domain.lead import AnswerSheet, Appointment, Enrolment, Lead
from funnel.domain.tunnel.program import Program
from funnel.domain.tunnel.steps import SAME
from funnel.links import Purpose, Token, day_number
from funnel.usecases.house import Stationery

_TYPES = 16
"""A booking link's number packs the enrolment's place among the lead's and the type's place among those proposed."""
_DAY = 1 << 16
"""An asset link's number holds the day it was made above those places: it needs no table to expire."""
_FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC)


Account = tuple[int, int]
"""Of a member of staff: the number of her row in `users`, and its generation, which the next password ends."""


OUTCOME_LASTS = timedelta(days=14)
"""How long after an appointment its rep may say by a link how it went; then the desk takes it."""


def outcome_link(
    house: Stationery, account: Account | None, appointment_id: int, ends_at: datetime, now: datetime
) -> str:
    """The page on which a rep says how one of her appointments went: without a log-in while that may be."""
    if account is None or ends_at + OUTCOME_LASTS < now:
        return house.url(f"/desk/appointments/{appointment_id}")
    return house.url("/outcome/" + house.links.sign(Token(Purpose.OUTCOME, appointment_id, *account)))


TRAP = 0
"""The number of the link in a mail that nobody sees."""


TOUCHES_LAST = timedelta(days=761)
"""How old the picture and the links of a tracked mail may become: 25 months, the longest for which CNIL has data of an
audience kept (guidelines of 17 September 2020 on cookies and other trackers, exemption of audience measurement)."""


def touch_links(house: Stationery, mail: int, numbers: Sequence[int], now: datetime, *, opens: bool) -> dict[str, Any]:
    """What a mail (its row's id), written `now`, carries when it is tracked: the picture, where `opens` are kept, its
    links by their numbers, and, where it has such links, the one that nobody sees."""
    today = day_number(now)

    def click(number: int) -> str:
        return house.url("/c/" + house.links.sign(Token(Purpose.CLICK, mail, number, today)))

    picture = house.url("/o/" + house.links.sign(Token(Purpose.OPEN, mail, 0, today)) + ".gif")
    return {
        "open": picture if opens else None,
        "links": [click(one) for one in numbers],
        "trap": click(TRAP) if numbers else None,
    }


def touch_is_over(token: Token, now: datetime) -> bool:
    """Whether the mail of an open or a click has become too old for it."""
    return token.generation < day_number(now - TOUCHES_LAST)


def results_link(house: Stationery, lead: Lead, sheet: AnswerSheet) -> str:
    """The private page of one completed questionnaire; sheets are only ever added, so their place is their number."""
    place = [one.id for one in lead.answers].index(sheet.id) + 1
    return house.url("/r/" + house.links.sign(Token(Purpose.RESULTS, lead.id, place, lead.generation)))


def sheet_of(lead: Lead, token: Token) -> AnswerSheet | None:
    """The sheet that a results link opens."""
    return lead.answers[token.number - 1] if 0 < token.number <= len(lead.answers) else None


def booking_link(
    house: Stationery, lead: Lead, enrolment: Enrolment, program: Program, kind: str, *, unproven: bool = False
) -> str:
    """The page with the free slots of an appointment type, counting for this enrolment."""
    named = kind if kind in program.proposes else SAME
    number = (_place(lead, enrolment) + 1) * _TYPES + sorted(program.proposes).index(named)
    return house.url("/book/" + house.links.sign(Token(Purpose.BOOK, lead.id, number, lead.generation, unproven)))


def book_again_link(
    house: Stationery,
    lead: Lead,
    appointment: Appointment,
    program_of: Callable[[Enrolment], Program | None],
    *,
    unproven: bool = False,
) -> str | None:
    """Where another time of the same type is chosen, if the scenario of an appointment still proposes it."""
    enrolment = lead.enrolment(appointment.scenario or "", appointment.pass_number or 0)
    program = program_of(enrolment) if enrolment else None
    if enrolment is None or program is None:
        return None
    if appointment.type not in proposed_types(lead, enrolment, program.proposes):
        return None
    return booking_link(house, lead, enrolment, program, appointment.type, unproven=unproven)


def asset_link(house: Stationery, lead: Lead, enrolment: Enrolment, program: Program, asset: str, now: datetime) -> str:
    """A file that was given to her, by a link of her own that knows the day it was made."""
    number = (_place(lead, enrolment) + 1) * _TYPES + program.assets.index(asset)
    token = Token(Purpose.ASSET, lead.id, (now - _FIRST_DAY).days * _DAY + number, lead.generation)
    return house.url("/a/" + house.links.sign(token))


def asset_of(lead: Lead, token: Token) -> tuple[Enrolment, int, datetime] | None:
    """What an asset link opens: the enrolment, the file's place among those it gives, and the end of the day on which
    it was made."""
    days, number = divmod(token.number, _DAY)
    place, asset = divmod(number, _TYPES)
    enrolment = enrolment_by_place(lead, place)
    if enrolment is None:
        return None
    return enrolment, asset, _FIRST_DAY + timedelta(days=days + 1)


def questionnaire_link(house: Stationery, lead: Lead, enrolment: Enrolment, questionnaire: str) -> str:
    """A questionnaire that a mail asks for; its answers count for this enrolment."""
    token = Token(Purpose.QUESTIONNAIRE, lead.id, _place(lead, enrolment) + 1, lead.generation)
    return house.url(f"/q/{questionnaire.replace('_', '-')}/{house.links.sign(token)}")


def enrolment_by_place(lead: Lead, place: int) -> Enrolment | None:
    """The enrolment that a link names by its place among the lead's, from 1 on."""
    return lead.enrolments[place - 1] if 0 < place <= len(lead.enrolments) else None


def _place(lead: Lead, enrolment: Enrolment) -> int:
    places = [(e.scenario, e.pass_number) for e in lead.enrolments]
    return places.index((enrolment.scenario, enrolment.pass_number))


def revoked(lead: Lead, token: Token) -> bool:
    """Whether a link was made before her address was corrected: whoever reads the old mailbox opens nothing."""
    return token.generation != lead.generation


def enrolment_of(lead: Lead, token: Token) -> Enrolment | None:
    """The enrolment that a booking link counts for."""
    return enrolment_by_place(lead, token.number // _TYPES)


def slot_link(book_url: str, starts_at: datetime) -> str:
    """The booking page with one time chosen already: what is left to do is to press the button."""
    return f"{book_url}?slot={starts_at.astimezone(UTC):%Y%m%dT%H%MZ}"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a booking link opens: a type and, where it is to be the same as before, the rep."""

    type: str
    rep: str | None = None


def opened_by(token: Token, program: Program, lead: Lead, enrolment: Enrolment) -> Opened | None:
    """What a booking link opens; none when its scenario proposes no such thing."""
    proposed = sorted(program.proposes)
    place = token.number % _TYPES
    if place >= len(proposed):
        return None
    if proposed[place] != SAME:
        return Opened(proposed[place])
    about = appointment_of(lead, enrolment)
    return Opened(about.type, about.rep) if about else None


def preferences_link(house: Stationery, lead_id: int) -> str:
    """Where marketing mail is stopped; also the address of the one-click POST (RFC 8058)."""
    return house.url("/u/" + house.links.sign(Token(Purpose.PREFERENCES, lead_id)))


def own_page_link(house: Stationery, lead: Lead) -> str:
    """Her own page: what is kept of her, what will be sent, and how she changes it."""
    return house.url("/me/" + house.links.sign(Token(Purpose.OWN_PAGE, lead.id, 0, lead.generation)))


def appointment_link(house: Stationery, lead: Lead, appointment_id: int, *, unproven: bool = False) -> str:
    """Where an appointment is seen and cancelled; for an unproven browser, without what is stored about the lead."""
    token = Token(Purpose.APPOINTMENT, appointment_id, 0, lead.generation, unproven)
    return house.url(f"/book/{house.links.sign(token)}/appointment")


def lead_link(house: Stationery, lead_id: int) -> str:
    """The lead's page on the desk."""
    return house.url(f"/desk/leads/{lead_id}")
