"""The bell: says through RQ that there may be work in a lane, carries nothing, and is allowed to be lost."""

import logging
import time
from collections.abc import Callable
from uuid import uuid4

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from funnel.ports import LANES, Lane

log = logging.getLogger(__name__)

QUEUE = "funnel"
"""The one queue. RQ 3.0 loses jobs for good when a worker with two queues is killed, so every worker has this one."""

RUN_LANE = "funnel.jobs.lanes.run_lane"
_TIMEOUT = 0.5
_SILENCE = 1.0
_KEPT = 60


def connect(url: str, timeout: float | None = _TIMEOUT, *, tries: int = 2) -> Redis:
    """A client that gives up after `timeout` seconds and repeats a command, on a fresh connection, until it has made so
    many `tries`."""
    return Redis.from_url(
        url,
        socket_timeout=timeout,
        socket_connect_timeout=_TIMEOUT,
        retry=Retry(NoBackoff(), tries - 1),
        health_check_interval=30,
    )


class Away:
    """Says once that Redis is away, and once that it is back."""

    def __init__(self, gone: str, back: str) -> None:
        self._gone = gone
        self._back = back
        self._said = False

    def because(self, error: Exception) -> None:
        """It is away."""
        if not self._said:
            log.warning("%s: %s", self._gone, error)
        self._said = True

    def over(self) -> None:
        """It answers."""
        if self._said:
            log.warning(self._back)
        self._said = False


class NoBell:
    """The bell of an installation without Redis: it cannot be rung, so the tick does the work."""

    def ring(self, lane: Lane) -> bool:
        """Never."""
        return False

    def waiting(self) -> dict[str, Lane]:
        """Nothing ever waits."""
        return {}


class RedisBell:
    """Rings by putting a job without payload into RQ's queue; one waiting job a lane is enough.

    After a failure it stays silent for a second, so that a request never waits for a dead Redis twice. That it fell
    silent is logged once, and once that it rings again.
    """

    def __init__(self, connection: Redis, clock: Callable[[], float] = time.monotonic) -> None:
        self._connection = connection
        self._clock = clock
        self._queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
        self._silent_until = float("-inf")
        self._away = Away("the bell cannot be rung, the tick does the work until it can", "the bell rings again")

    def ring(self, lane: Lane) -> bool:
        """Whether a job for the lane now waits, ours or one that waited already. Never raises."""
        if self._clock() < self._silent_until:
            return False
        try:
            if lane not in self._waiting().values():
                self._queue.enqueue_call(
                    RUN_LANE,
                    args=(lane,),
                    timeout=-1,
                    result_ttl=0,
                    failure_ttl=_KEPT,
                    job_id=f"{lane}-{uuid4().hex}",
                    description=lane,
                )
        except (RedisError, OSError) as error:
            self._fell_silent(error)
            return False
        self._away.over()
        return True

    def waiting(self) -> dict[str, Lane]:
        """The jobs that nobody has taken yet: their ids and lanes; empty when Redis is away. Never raises."""
        try:
            return self._waiting()
        except (RedisError, OSError) as error:
            self._fell_silent(error)
            return {}

    def _waiting(self) -> dict[str, Lane]:
        lanes: dict[str, Lane] = {lane: lane for lane in LANES}
        ids = self._queue.get_job_ids()
        return {job: lanes[job.split("-")[0]] for job in ids if job.split("-")[0] in lanes}

    def _fell_silent(self, error: Exception) -> None:
        self._away.because(error)
        self._silent_until = self._clock() + _SILENCE


def make_bell(url: str) -> RedisBell | NoBell:
    """The bell of `FUNNEL_REDIS_URL`; an empty one makes a house without a bell."""
    return RedisBell(connect(url)) if url else NoBell()
