"""Erasing a person: her row keeps a pseudonym; all that tells who she was goes, here and in the demo's mailbox."""

import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.lead import NOBODY
from funnel.storage import erasure, installation, leads, suppressions
from funnel.usecases.errors import DatabaseAway, NotFound
from funnel.usecases.house import House
from funnel.usecases.record_events import Recorded, record, ring

log = structlog.get_logger()

ORDERS = "erasures.log"
"""In the state folder, append only: a keyed hash of each address that was erased. After a restore `erase_again` carries
the orders out once more; the hash says nothing without the installation's key."""


def erase_lead(house: House, lead_id: int, by: str) -> bool:
    """Erase her, whoever asks, by all her addresses; false when she was erased before. The order is written down first:
    what dies in between is carried out by `erase_again`."""
    with house.database.read() as connection:
        rows = leads.rows(connection, [lead_id, *leads.joined_with(connection, lead_id)])
        key = house.shelf.suppression_key(connection)
        written = {row["id"]: erasure.mails_about(connection, row["id"]) for row in rows}
    if not any(row["id"] == lead_id for row in rows):
        raise NotFound("there is no such lead")
    standing = [row for row in rows if not row["email"].endswith(NOBODY)]
    if not standing:
        return False
    for row in standing:
        _order(house.settings.state / ORDERS, suppressions.address_hash(key, row["email"]))

    def work(connection: Connection) -> Recorded:
        moment = installation.moment(connection)
        recorded = record(connection, house, [_asked(row["id"], by, moment.now) for row in standing], moment).insist()
        for row in standing:
            installation.write_audit(connection, by, "erase", str(row["id"]), {}, moment.now)
        return recorded

    ring(house, house.database.repeating(work))
    for row in standing:
        house.forget(row["email"], written[row["id"]])
    try:
        house.database.wipe()
    except DatabaseAway as error:
        log.warning("what was erased may stand in the database's log until that is written back", error=str(error))
    return True


def _asked(lead_id: int, by: str, now: datetime) -> on.ErasureAsked:
    pseudonym = f"{secrets.token_hex(12)}{NOBODY}"
    return on.ErasureAsked(lead_id=lead_id, occurred_at=now, pseudonym=pseudonym, by=by)


def addresses_of(house: House, lead_id: int) -> list[str]:
    """The addresses of whom an erasure would erase: hers, and those of the leads for whom she stands too."""
    with house.database.read() as connection:
        ids = [lead_id, *leads.joined_with(connection, lead_id)]
        return [row["email"] for row in leads.rows(connection, ids) if not row["email"].endswith(NOBODY)]


def erase_again(house: House, by: str) -> int:
    """After a restore: erase whoever stands here again although she was erased; how many."""
    ordered = set(_orders(house.settings.state / ORDERS))
    with house.database.read() as connection:
        key = house.shelf.suppression_key(connection)
        people = leads.rows(connection, leads.every_id(connection)) if ordered else []
    back = [row["id"] for row in people if suppressions.address_hash(key, row["email"]) in ordered]
    return sum(erase_lead(house, lead_id, by) for lead_id in back)


def _order(file: Path, address_hash: str) -> None:
    with file.open("a", encoding="ascii") as orders:
        orders.write(f"{address_hash}\n")


def _orders(file: Path) -> Iterator[str]:
    if file.exists():
        yield from (line.strip() for line in file.read_text("ascii").splitlines() if line.strip())
