"""How a browser that is known on one site is known on the next: a pass, given as it leaves and used once."""

import re
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from funnel.links import BadToken, Purpose, Token
from funnel.storage import installation, visitors
from funnel.usecases.errors import DatabaseAway
from funnel.usecases.house import House
from funnel.usecases.tracking.take_in import PATIENCE, log

PASS_LASTS = timedelta(minutes=2)
"""A page opens sooner than that."""

PROOF_LASTS = timedelta(hours=1)
"""So long after a link in a mail was followed, a form sent, or her own page agreed on, a browser may say so."""

_SIGNED = {"own_page": Purpose.AGREED, "click": Purpose.CLICKED}

NAME = r"^[0-9a-f]{32}$"
"""How the names are written that we or the tracker give: of browsers, visits, passes, clicks and forms."""

_NAME = re.compile(NAME)


def give_pass(house: House, pass_id: str, visitor: str) -> None:
    """Keep a pass of a browser that has not withdrawn its consent; with the database away there is none, and the next
    site sees another browser."""
    try:
        with house.resting.asking(), house.database.write(PATIENCE) as connection:
            if not visitors.withdrawn_of(connection, [visitor]):
                visitors.give_pass(connection, pass_id, visitor, installation.moment(connection).now)
    except DatabaseAway as error:
        log.warning("a browser is not known on the next site", error=str(error))


def use_pass(house: House, pass_id: str) -> str | None:
    """The browser that a pass is of; none when it was used already, or is too old."""
    with suppress(DatabaseAway), house.resting.asking(), house.database.write(PATIENCE) as connection:
        return visitors.use_pass(connection, pass_id, installation.moment(connection).now - PASS_LASTS)
    return None


def withdraw(house: House, visitor: str) -> None:
    """Take nothing more from a browser, on any site, from now on; with the database away from when the drain has
    recorded it, which also forgets what waits."""
    with suppress(DatabaseAway), house.resting.asking(), house.database.write(PATIENCE) as connection:
        visitors.withdraw(connection, [visitor], installation.moment(connection).now)
    house.withdrawn.add(visitors.digest(visitor))


def has_withdrawn(house: House, visitor: str) -> bool:
    """Whether a browser has withdrawn its consent, perhaps on another site, as far as this process knows; what it does
    not know yet is not kept all the same, for the drain looks again."""

    def read(since: datetime | None) -> Sequence[tuple[str, datetime]]:
        with suppress(DatabaseAway), house.resting.asking(), house.database.read() as connection:
            return visitors.withdrawn_since(connection, since)
        return ()

    return house.withdrawn.has(visitors.digest(visitor), read)


def clicked(house: House, mail: int, touch: str) -> str:
    """What the link of a mail says to the page that it leads to: by this click (the id under which it is taken in) the
    browser is known as hers, until it says otherwise."""
    return house.links.sign(Token(Purpose.CLICKED, mail, *click_mark(touch)))


def click_mark(touch: str) -> tuple[int, int]:
    """By what a click is told from the others of its mail: the second in its id, and 15 bits of chance there."""
    if not _NAME.fullmatch(touch):
        return 0, 0  # no id of ours: no proof has these
    return int(touch[:12], 16) // 1000, int(touch[-4:], 16) % 0x8000


def agreed(house: House, lead_id: int) -> str:
    """What the page of her own on which she has agreed says: by it this browser is known as hers."""
    return house.links.sign(Token(Purpose.AGREED, lead_id, int(time.time())))


def read_proof(house: House, text: str) -> list[str | int] | None:
    """By what a browser says whose it is: `["form", submission]`, which only the browser knows that sent it, or
    `["own_page", lead, when]`, which only the browser knows that agreed there, or `["click", mail, when, mark]`; none
    for what is not ours, or too old."""
    if _NAME.fullmatch(text):
        return ["form", text]
    for how, purpose in _SIGNED.items():
        with suppress(BadToken):
            token = house.links.read(text, purpose)
            young = 0 <= time.time() - token.number <= PROOF_LASTS.total_seconds()
            said = [token.subject, token.number, token.generation]
            return [how, *(said if how == "click" else said[:2])] if young else None
    return None
