"""How many RQ jobs a piece of work takes: a real Valkey, the real tick, the real lane worker in this process."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rq.job import Job

from funnel.bootstrap import Runner
from funnel.jobs.bell import connect, make_bell
from funnel.jobs.lanes import LaneWorker
from funnel.jobs.tick import Tick
from funnel.ports import Lane
from tests.support.valkey import Valkey


@contextmanager
def bell_server() -> Iterator[str]:
    """A Valkey of our own; its address."""
    with tempfile.TemporaryDirectory(prefix="vk") as folder:
        server = Valkey(Path(folder))
        server.start()
        try:
            yield server.url
        finally:
            server.kill()


class _Counting(LaneWorker):
    """The real worker, which also counts the jobs it performs."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.performed: Counter[Lane] = Counter()

    def perform_job(self, job: Job, *args: Any, **named: Any) -> bool:
        self.performed[job.args[0]] += 1
        return bool(super().perform_job(job, *args, **named))


def jobs_for(runner: Runner, redis_url: str) -> Counter[Lane]:
    """Let the tick ring for what is due and answer until nothing is; the jobs that it took by lane, house-keeping
    left out."""
    worker = _Counting(connect(redis_url, timeout=None), runner, "worker-bench")
    tick = Tick(runner, make_bell(redis_url))
    while any(seconds <= 0 for lane, seconds in runner.next_due().items() if lane != "house"):
        tick.turn()
        worker.work(burst=True, logging_level="ERROR")
    del worker.performed["house"]
    return worker.performed
