"""Business time in demo mode: moved in hops, from one due instant to the next, waiting until everything is idle."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from funnel.domain.spans import parse_span
from funnel.domain.timing import later
from funnel.ports import Lane
from funnel.storage import enrolments, installation, leads, outbox, outbox_lists, tracking
from funnel.usecases.errors import Conflict, Forbidden
from funnel.usecases.house import House
from funnel.usecases.read_calendars import EVERY, read_calendars
from funnel.usecases.write_digests import coming_digests, due_digests

PATIENCE = 60.0
_LOOK_AGAIN = 0.02
_AT_ONCE = timedelta(days=366)
"""How much of a long move calendars are read for at once."""
_LANES: tuple[Lane, ...] = ("due", "mail", "webhook", "report", "intake")


@dataclass(frozen=True)
class ClockState:
    """Business time, the next instant at which something is due, how much is due now, and what the move did."""

    now: datetime
    next_due: datetime | None
    pending: int
    hops: int = 0
    carried_out: int = 0


def read_clock(house: House) -> ClockState:
    """Business time and what is due next."""
    with house.database.read() as connection:
        now = installation.moment(connection).now
        due = (enrolments.next_due(connection), leads.next_review(connection), outbox_lists.next_ready(connection))
        found = [at for at in due if at]
        found += [one.at for one in coming_digests(connection, house)]
        return ClockState(now, min(found, default=None), _pending(house, connection, now))


def _pending(house: House, connection: Connection, now: datetime) -> int:
    steps = enrolments.count_due(connection, now) + len(due_digests(connection, house))
    steps += house.stream.waits() or tracking.anything_waits(connection)
    return steps + leads.count_reviews(connection, now) + outbox_lists.busy(connection, now)


def move_clock(house: House, *, advance: str | None = None, to: datetime | None = None) -> ClockState:
    """Move on by a span or to an instant; `Conflict` for the past, `ValueError` for a span that is none.

    30 days in one call carry out the same as 30 calls of a day: each due instant is visited in order, and the clock
    stands at it until lanes and outbox are idle. After `PATIENCE` seconds what is left is said in `pending`.
    """
    if not house.settings.demo:
        raise Forbidden("only the demo's clock can be moved")
    start = read_clock(house)
    if advance is not None and advance.strip().startswith("-"):
        raise _backwards()
    if advance is not None:
        to = later(start.now, parse_span(advance), "UTC")
    if to is None:
        raise ValueError("say 'advance' (like '2 days') or 'to' (an ISO instant)")
    if to < start.now:
        raise _backwards()
    until = time.monotonic() + PATIENCE
    hops, covered = 0, start.now + EVERY
    with house.database.read() as connection:
        before = _done(connection)
    while True:
        state = _settle(house, until)
        if state.pending:
            break
        if state.next_due is None or state.next_due > to:
            if state.now < to:
                covered = _read_ahead(house, state.now, to, to, covered)
                _set(house, to)
                hops += 1
                state = _settle(house, until)
            break
        covered = _read_ahead(house, state.now, state.next_due, to, covered)
        _set(house, max(state.next_due, state.now))
        hops += 1
    if state.now - start.now >= EVERY:
        read_calendars(house)
    with house.database.read() as connection:
        carried_out = _done(connection) - before
    return ClockState(state.now, state.next_due, state.pending, hops, carried_out)


def _read_ahead(house: House, now: datetime, at: datetime, to: datetime, covered: datetime) -> datetime:
    """Before the clock stands at an instant beyond what is `covered`, the reps' own calendars are read as far as will
    be looked from there; until when they are now. In real time they are read every few minutes."""
    if at <= covered:
        return covered
    covered = min(to, at + _AT_ONCE)
    read_calendars(house, min(covered - now, 2 * _AT_ONCE))
    return covered


def _backwards() -> Conflict:
    return Conflict("business time never goes back: ask for a later instant, or a span like '2 days'")


def _settle(house: House, until: float) -> ClockState:
    """Wait until nothing is due at this instant, ringing for what is."""
    while True:
        state = read_clock(house)
        if not state.pending or time.monotonic() > until:
            return state
        for lane in _LANES:
            house.bell.ring(lane)
        time.sleep(_LOOK_AGAIN)


def _set(house: House, to: datetime) -> None:
    with house.database.write() as connection:
        if installation.moment(connection).now < to:
            installation.set_clock(connection, to)


def _done(connection: Connection) -> int:
    """How many rows have left for good so far."""
    return sum(number for (_, state), number in outbox_lists.ledger(connection).items() if state in outbox.FINAL)
