"""The stream in Valkey where opens and clicks wait for the drain; what cannot wait there is written elsewhere."""

import json
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from pydantic import TypeAdapter
from redis import Redis
from redis.exceptions import RedisError, ResponseError

from funnel.jobs.bell import Away, connect
from funnel.ports import NoStream

log = logging.getLogger(__name__)

STREAM = "funnel:touches"
GROUP = "drain"
FULL = 100_000
"""So many entries wait at most; what comes then goes to the database."""

LEFT_BY_DEAD = 15.0
"""Seconds after which entries that a drain has taken and not done are another's."""

_TIMEOUT = 0.25
_SILENCE = 1.0
_MEASURED_EVERY = 0.1
"""Seconds: in so short a time no process writes another `FULL`."""
_ENTRY = "entry"
_ADD = ("XADD", STREAM, "MAXLEN", "~", 2 * FULL, "*", _ENTRY)
"""Twice as many as may wait: whoever writes beyond `FULL` for a moment drops nothing."""
_READER = TypeAdapter(dict[str, Any])


@dataclass(slots=True, eq=False)
class _Given:
    """An entry that somebody wants to wait here; whether it does, once that is known."""

    entry: str
    waits: bool | None = None


class RedisStream:
    """`funnel.ports.Stream` in Valkey: added at once, taken by a group, gone when done.

    After a failure it takes nothing for a second, so that a request never waits for a dead Valkey twice.
    """

    def __init__(self, connection: Redis, consumer: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._connection = connection
        self._consumer = consumer
        self._clock = clock
        self._silent_until = self._full_until = self._measured_at = float("-inf")
        self._given: deque[_Given] = deque()
        self._adding = Lock()
        self._away = Away("opens and clicks go straight to the database", "opens and clicks wait in the stream again")

    def put(self, entry: Mapping[str, Any]) -> bool:
        """Whether it waits here now. Never raises."""
        if self._takes_nothing():
            return False
        given = _Given(json.dumps(entry))
        self._given.append(given)
        with self._adding:
            if given.waits is None:
                self._add_all()
        return bool(given.waits)

    def _takes_nothing(self) -> bool:
        return self._clock() < max(self._silent_until, self._full_until)

    def _add_all(self) -> None:
        """Add what was given meanwhile by other threads too: one message to Valkey, one answer."""
        batch: list[_Given] = []
        while self._given:
            batch.append(self._given.popleft())
        waits = not self._takes_nothing() and self._added([one.entry for one in batch])
        for one in batch:
            one.waits = waits

    def _added(self, entries: Sequence[str]) -> bool:
        try:
            self._write(entries)
            if self._clock() >= self._measured_at + _MEASURED_EVERY:
                self._measure()
        except (RedisError, OSError) as error:
            self._fell_silent(error)
            return False
        self._away.over()
        return True

    def _write(self, entries: Sequence[str]) -> None:
        """All in one message, and their answers; by the client's own pipeline it would take twice as long."""
        pool = self._connection.connection_pool
        line: Any = pool.get_connection()
        try:
            line.send_packed_command(line.pack_commands([(*_ADD, entry) for entry in entries]))
            for _ in entries:
                line.read_response()
        except BaseException:
            line.disconnect()  # an answer that nobody has read would be taken for the next one's
            raise
        finally:
            pool.release(line)

    def take(self, most: int) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """What waits, by its place in the stream, this drain's until it is done; what a dead drain had taken first."""
        try:
            return self._take(most)
        except ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            self._connection.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
            return self._take(most)
        except (RedisError, OSError) as error:
            self._fell_silent(error)
            return []

    def done(self, places: Sequence[str]) -> None:
        """They stand in the database. What cannot be said now is taken again, and counts once all the same."""
        if not places:
            return
        try:
            with self._connection.pipeline() as both:
                both.xack(STREAM, GROUP, *places)
                both.xdel(STREAM, *places)
                both.execute()
        except (RedisError, OSError) as error:
            self._fell_silent(error)

    def waits(self) -> bool:
        """Whether anything waits here."""
        if self._clock() < self._silent_until:
            return False
        try:
            return bool(self._connection.xlen(STREAM))
        except (RedisError, OSError) as error:
            self._fell_silent(error)
            return False

    def sweep(self) -> None:
        """Have the server write its log anew, where it keeps one: every entry stands in it until then, done or not. A
        server that does not let us keeps its own rule for that."""
        try:
            server: Any = self._connection
            if server.info("persistence").get("aof_enabled"):
                server.bgrewriteaof()
        except ResponseError as error:
            log.info("the log of Redis is not written anew: %s", error)
        except (RedisError, OSError) as error:
            self._fell_silent(error)

    def _measure(self) -> None:
        self._measured_at = self._clock()
        length: Any = self._connection.xlen(STREAM)
        if length >= FULL:
            log.warning("%d opens, clicks and visits wait in the stream: it is full", length)
            self._full_until = self._clock() + _SILENCE

    def _take(self, most: int) -> list[tuple[str, Mapping[str, Any]]]:
        idle = int(LEFT_BY_DEAD * 1000)
        claimed: Any = self._connection.xautoclaim(STREAM, GROUP, self._consumer, idle, count=most)
        fresh: Any = [] if claimed[1] else self._connection.xreadgroup(GROUP, self._consumer, {STREAM: ">"}, count=most)
        rows = [*claimed[1], *(row for _, found in fresh for row in found)]
        return [(place.decode(), _read(fields)) for place, fields in rows if fields]

    def _fell_silent(self, error: Exception) -> None:
        self._away.because(error)
        self._silent_until = self._clock() + _SILENCE


def _read(fields: Mapping[bytes, bytes]) -> Mapping[str, Any]:
    try:
        return _READER.validate_json(fields[_ENTRY.encode()])
    except (KeyError, ValueError):
        log.warning("what lies in the stream is none of ours: it is dropped")
        return {}


def make_stream(url: str, consumer: str) -> RedisStream | NoStream:
    """The stream of `FUNNEL_REDIS_URL`; without one everything goes to the database."""
    return RedisStream(connect(url, _TIMEOUT, tries=1), consumer) if url else NoStream()
