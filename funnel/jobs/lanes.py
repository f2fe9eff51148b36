"""Lanes: what RQ calls, and the worker that answers; a job runs ONE use case until it is idle or its time is up."""

import logging
import signal
import time
from collections.abc import Callable, Mapping
from functools import partial
from types import FrameType
from typing import Any, Protocol
from uuid import uuid4

from redis import Redis
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from funnel.jobs.bell import QUEUE, RUN_LANE, Away, RedisBell
from funnel.ports import LANES, Bell, Lane, ProcessKind

log = logging.getLogger(__name__)

BUDGET = 2.0
"""Seconds that one job may keep a worker; a lane with more to do rings again and queues behind the others."""

_IDLE = 5
_WORKER_TTL = _IDLE + 15


class LaneRunner(Protocol):
    """The use cases, wired: what every lane of a worker and the tick runs."""

    def run(self, lane: Lane) -> bool:
        """Do one batch of the lane; true when there was work, so that calling again makes sense."""

    def next_due(self) -> Mapping[Lane, float]:
        """Seconds until each lane's next work (0 or less: now); a lane with nothing in sight is absent."""

    def beat(self, kind: ProcessKind) -> None:
        """Note that this process lives, and which kind it is, where `/readyz` reads it. Called every few seconds."""


class UnknownLane(Exception):
    """The job names no lane of ours; it was not put there by this version of the house."""


def run_lane(runner: LaneRunner, bell: Bell, lane: Lane, clock: Callable[[], float] = time.monotonic) -> int:
    """Work the lane until it is idle; after `BUDGET` seconds ring for the rest. Returns the batches done."""
    until = clock() + BUDGET
    batches = 0
    while runner.run(lane):
        batches += 1
        if clock() >= until:
            bell.ring(lane)
            break
    return batches


def _job_class(runner: LaneRunner, bell: Bell) -> type[Job]:
    """RQ's job, bound to this worker's use cases: whatever name a job carries, it can run a lane and nothing else."""

    class LaneJob(Job):
        @property
        def func(self) -> Callable[..., int]:
            if self.func_name != RUN_LANE or len(self.args) != 1 or self.args[0] not in LANES:
                raise UnknownLane(f"{self.func_name}{self.args!r}")
            return partial(run_lane, runner, bell)

    return LaneJob


class LaneWorker(SimpleWorker):
    """An RQ worker without forks, with one queue, that tells the house it lives whenever it tells Redis."""

    max_connection_wait_time = 5.0
    log_result_lifespan = False

    def __init__(self, connection: Redis, runner: LaneRunner, name: str) -> None:
        self._runner = runner
        super().__init__(
            [QUEUE],
            name=f"{name}-{uuid4().hex[:12]}",
            connection=connection,
            job_class=_job_class(runner, RedisBell(connection)),
            serializer=JSONSerializer,
            worker_ttl=_WORKER_TTL,
            log_job_description=False,
        )

    @property
    def stopped(self) -> bool:
        """Whether a signal asked it to end."""
        return self._shutdown_requested_date is not None

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Every five idle seconds, and around each job; the house is told also when Redis is away."""
        if pipeline is None:
            self._runner.beat("worker")
        super().heartbeat(timeout, pipeline)


def work(connection: Redis, runner: LaneRunner, name: str) -> None:
    """Answer the bell until SIGTERM or SIGINT. While Redis is away: wait, at most 5 s between two tries."""
    pause = 0.5
    away = Away("no bell to listen to, the tick does the work until it is back", "the bell is back")
    while True:
        # A worker that has ended leaves its signal handlers behind: until the next one a signal must still end us.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _leave)
        begun = time.monotonic()
        try:
            runner.beat("worker")
            if _answer(connection, runner, name, away):
                return
        except Exception:  # the outer door: a worker goes on whatever one job did
            log.exception("the worker starts anew")
        if time.monotonic() - begun > LaneWorker.max_connection_wait_time:
            pause = 0.5
        time.sleep(pause)
        pause = min(pause * 2, LaneWorker.max_connection_wait_time)


def _answer(connection: Redis, runner: LaneRunner, name: str, away: Away) -> bool:
    worker = None
    try:
        connection.ping()
        away.over()
        worker = LaneWorker(connection, runner, name)
        worker.work(logging_level="WARNING")
    except (RedisError, OSError) as error:
        away.because(error)
    return worker is not None and worker.stopped


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
