"""Mails leave the house: claimed with a lease, sent in windows, every window settled and the next opened at once."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from funnel.domain.engine.mails import CHANGED
from funnel.domain.lead import NOBODY
from funnel.domain.timing import into_window
from funnel.ports import Result, Wire
from funnel.storage import installation, leads, suppressions, windows
from funnel.storage.connections import DatabaseAway
from funnel.storage.given_back import give_back_unsent
from funnel.storage.outbox import UNWRITABLE
from funnel.usecases.capping import Capping
from funnel.usecases.house import House, new_id
from funnel.usecases.letter_batch import LetterBatch, open_batch
from funnel.usecases.letters import compose, freeze, is_overtaken
from funnel.usecases.settle_doubt import settle_doubt
from funnel.usecases.tracking.places import with_tracked

log = structlog.get_logger()

BATCH = 500
LEASE = 180.0
WINDOW_SECONDS = 1.0
_WINDOWS_OPEN_FOR = 60.0
_LOOK_AGAIN = 0.5

RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=20),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""Growing pauses after a temporary refusal, in business time; then the mail has failed."""


@dataclass(frozen=True)
class Ready:
    """A claimed row with its built message and what stays frozen for a repeat."""

    row: Mapping[str, Any]
    wire: Wire
    frozen: Mapping[str, Any]
    message_id: str


def deliver(house: House) -> bool:
    """Send one claimed batch; whether there was one. Settles what dead workers left in doubt first."""
    worked = settle_doubt(house)
    worker = f"{house.notes.open()}/{new_id()[-12:]}"
    with house.database.write() as connection:
        now = installation.moment(connection).now
        rows = windows.claim(connection, "mail", worker, now, LEASE, BATCH)
    if not rows:
        return worked
    turned = 0
    try:
        turned = _send(house, worker, rows)
    except BaseException:
        house.notes.abandon()  # what was accepted and not settled is read back from there, by whoever comes first
        raise
    finally:
        if turned < len(rows):
            with house.database.write() as connection:
                windows.give_back(connection, worker)
    return True


def _send(house: House, worker: str, rows: Sequence[Mapping[str, Any]]) -> int:
    """Window by window; gives how many of the claimed rows had their turn, for the rest is given back.

    While the database settles one window and opens the next, a thread aside waits for it and the one after is built.
    """
    with house.database.read() as connection:
        moment = installation.moment(connection)
        batch = open_batch(connection, house, moment, rows)
        key = house.shelf.suppression_key(connection)
        hashes = {
            row["id"]: suppressions.address_hash(key, batch.address(row)) for row in rows if row["kind"] == "marketing"
        }
        suppressed = suppressions.among(connection, sorted(set(hashes.values())))
        capping = Capping(batch.company, batch.holidays)
        capping.read(connection, rows, worker, moment.now)
    batch = with_tracked(house, batch, rows)
    barred = {row_id for row_id, address in hashes.items() if address in suppressed}
    started = time.monotonic()

    def now() -> datetime:
        return moment.now + timedelta(seconds=time.monotonic() - started)

    size = house.settings.send_window
    parts = [rows[first : first + size] for first in range(0, len(rows), size)]
    settle: list[dict[str, Any]] = []
    turned = 0
    ready, held = _prepare(house, batch, parts[0], barred, capping, moment.now)
    with ThreadPoolExecutor(1) as aside:
        for place, part in enumerate(parts):
            if time.monotonic() - started > _WINDOWS_OPEN_FOR:
                break  # a lease is never outlived
            asked_at = time.monotonic()
            turning = aside.submit(_turn, house, worker, [*settle, *held], ready, now())
            following = parts[place + 1 : place + 2]
            ready, held = _prepare(house, batch, following[0], barred, capping, moment.now) if following else ([], [])
            settle = _carry(house, worker, turning.result(), asked_at, now())
            turned += len(part)
    _turn(house, worker, settle, [], moment.now)
    house.notes.settled()
    return turned


def _prepare(
    house: House,
    batch: LetterBatch,
    rows: Sequence[Mapping[str, Any]],
    barred: set[int],
    capping: Capping,
    now: datetime,
) -> tuple[list[Ready], list[dict[str, Any]]]:
    """Build each message; rows that may not or cannot leave come back with where they go instead."""
    ready: list[Ready] = []
    held: list[dict[str, Any]] = []
    openings: dict[str, datetime] = {}
    for row in rows:
        moved = {"id": row["id"], "lead_id": row["lead_id"], "expect": "claimed"}
        if row["id"] in barred:
            held.append({**moved, "state": "skipped", "reason": "suppressed"})
            continue
        if is_overtaken(batch, row, now):
            held.append({**moved, "state": "skipped", "reason": CHANGED})
            continue
        opens = _opens(batch, row, now, openings)
        if opens > now:
            held.append({**moved, "state": "ready", "not_before": opens})
            continue
        if capped := capping.hold(row, batch.zone(row), now, slow=batch.slow(row)):
            state = "ready" if capped.until else "skipped"
            held.append({**moved, "state": state, "not_before": capped.until, "reason": capped.reason})
            continue
        try:
            frozen = row["frozen"] or freeze(batch, row, now)
            message_id = house.writer.message_id(row["key"], batch.company.domain)
            wire = house.writer.build(compose(house, batch, row, frozen, message_id))
        except DatabaseAway:
            raise
        except Exception as error:  # one row's failure is its own; the batch goes on
            # What a template or the row's data bring about stands on the row; anything else is ours to find.
            theirs = isinstance(error, ValueError) or type(error) is LookupError
            what = {"outbox": row["id"], "message": row["message"], "error": type(error).__name__}
            log.warning("mail cannot be written", **what, exc_info=not theirs)
            held.append({**moved, "state": "failed", "reason": f"{UNWRITABLE}{error}"})
            continue
        ready.append(Ready(row, wire, frozen, message_id))
    return ready, held


def _opens(batch: LetterBatch, row: Mapping[str, Any], now: datetime, known: dict[str, datetime]) -> datetime:
    """When a marketing mail may leave: held up past its window, it waits for the next (S144). `known` by zone."""
    if row["kind"] != "marketing":
        return now
    zone = batch.zone(row)
    if zone not in known:
        known[zone] = into_window(now, batch.company.sending_window, zone, batch.holidays)
    return known[zone]


def _turn(
    house: House, worker: str, settle: Sequence[Mapping[str, Any]], ready: Sequence[Ready], now: datetime
) -> list[Ready]:
    """Settle and open in one transaction; the messages that are really ours to send now.

    While the database is away, what is to be settled is known only here: it is tried again until the lease ends.
    """
    opening = [
        {
            "id": one.row["id"],
            "lead_id": one.row["lead_id"],
            "expect": "claimed",
            "state": "attempting",
            "begun_at": now,
            "frozen": None if one.row["frozen"] else one.frozen,
            "digest": one.wire.digest,
            "message_id": one.message_id,
        }
        for one in ready
    ]
    rows = [*settle, *opening]
    if not rows:
        return []

    def work(connection: Connection) -> dict[int, tuple[str, str | None]]:
        again = _naming_erased(connection, ready)
        moved = windows.turn_window(connection, worker, [again.get(row["id"], row) for row in rows])
        skipped = {one for one, (state, _) in moved.items() if state == "skipped"}
        give_back_unsent(connection, [row["lead_id"] for row in rows if row["id"] in skipped and row["lead_id"]])
        return moved

    until = time.monotonic() + _WINDOWS_OPEN_FOR
    while True:
        try:
            moved = house.database.repeating(work)
            break
        except DatabaseAway:
            if not settle or time.monotonic() > until:
                raise
            time.sleep(_LOOK_AGAIN)
    return [one for one in ready if moved.get(one.row["id"], ("", None))[0] == "attempting"]


def _naming_erased(connection: Connection, ready: Sequence[Ready]) -> dict[int, Mapping[str, Any]]:
    """What names a lead who was erased since it was written goes back, to be written without her; by row. Her lock is
    held until the window is open, so that an erasure finds what it did not forestall."""
    about = {one.row["id"]: set(one.frozen.get("about", ())) for one in ready if one.frozen.get("about")}
    if not about:
        return {}
    people = leads.lock(connection, sorted(set().union(*about.values())))
    erased = {row["id"] for row in people if row["email"].endswith(NOBODY)}
    return {one: {"id": one, "expect": "claimed", "state": "ready"} for one, named in about.items() if named & erased}


def _carry(house: House, worker: str, opened: Sequence[Ready], asked_at: float, now: datetime) -> list[dict[str, Any]]:
    """Hand a window to the postman; gives back where each row goes. What was not begun is ready again.

    Whether its mails may leave was asked at `asked_at` (monotonic). A second later it is asked anew, for a pause or a
    withdrawal may have come: when the next window's mails took long to write, or the server over an envelope.
    """

    def still(ids: Sequence[int]) -> set[int]:
        try:
            with house.database.read() as connection:
                return windows.may_begin(connection, worker, ids)
        except DatabaseAway:
            return set()  # nobody knows: nothing is begun

    house.notes.expect({one.row["id"]: one.row["attempts"] + 1 for one in opened})
    began = time.monotonic()
    late = began > asked_at + WINDOW_SECONDS
    going = still([one.row["id"] for one in opened]) if late else {one.row["id"] for one in opened}
    batch = [(one.row["id"], one.wire) for one in opened if one.row["id"] in going]
    results: dict[int, tuple[Result, datetime]] = {}
    for row_id, result in house.postman.carry(batch, began + WINDOW_SECONDS, lambda row_id: bool(still([row_id]))):
        results[row_id] = (result, now + timedelta(seconds=time.monotonic() - began))
    settled = []
    for one in opened:
        row = {"id": one.row["id"], "lead_id": one.row["lead_id"], "expect": "attempting"}
        if one.row["id"] in results:
            result, at = results[one.row["id"]]
            settled.append({**row, **after(result, at, one.row)})
        else:
            settled.append({**row, "state": "ready"})
    return settled


def after(result: Result, at: datetime, row: Mapping[str, Any]) -> dict[str, Any]:
    """Where a row goes after an attempt that ended at `at` (business time)."""
    done: dict[str, Any] = {"outcome": result.outcome, "reply": result.reply, "ended_at": at}
    tries = row["attempts"]
    match result.outcome:
        case "accepted":
            return {**done, "state": "sent", "left_at": at}
        case "permanent":
            return {**done, "state": "refused", "reason": result.reply, "left_at": at}
        case "unknown":
            if row["kind"] == "marketing" or tries >= len(RETRY_AFTER):
                return {**done, "state": "in_doubt", "reason": result.reply, "left_at": at}
            return {**done, "state": "ready", "reason": result.reply, "not_before": at + RETRY_AFTER[tries]}
        case "temporary":
            if tries >= len(RETRY_AFTER):
                return {**done, "state": "failed", "reason": result.reply, "left_at": at}
            return {**done, "state": "ready", "reason": result.reply, "not_before": at + RETRY_AFTER[tries]}
