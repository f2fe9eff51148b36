"""A real RQ worker, on a real Valkey, answers the bell; whatever dies, the work is done."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from funnel.jobs.bell import QUEUE, RedisBell, connect
from funnel.jobs.lanes import BUDGET, run_lane
from funnel.ports import ProcessKind
from tests.jobs.ledger import FolderRunner
from tests.support.processes import Process
from tests.support.valkey import Valkey

WORKER = """
import sys
from pathlib import Path
from funnel.jobs.bell import connect
from funnel.jobs.lanes import work
from tests.jobs.ledger import FolderRunner
work(connect(sys.argv[1], timeout=None), FolderRunner(Path(sys.argv[2]), sys.argv[3]), sys.argv[3])
"""


@contextmanager
def _worker(url: str, folder: Path, name: str = "w", log: Path | None = None) -> Iterator[Process]:
    process = Process([sys.executable, "-c", WORKER, url, str(folder), name], log or folder / f"{name}.log")
    try:
        yield process
    finally:
        process.kill()


def _wait(until: Callable[[], bool], seconds: float = 60) -> float:
    begun = time.perf_counter()
    while not until():
        assert time.perf_counter() - begun < seconds, "it did not happen in time"
        time.sleep(0.02)
    return time.perf_counter() - begun


class _Endless:
    """A lane with no end, one batch a second."""

    def __init__(self) -> None:
        self.now = 0.0

    def run(self, lane: str) -> bool:
        self.now += 1.0
        return True

    def next_due(self) -> dict[str, float]:
        return {}

    def beat(self, kind: ProcessKind) -> None:
        return None


def test_a_lane_without_end_leaves_the_worker_after_its_budget_and_rings_for_the_rest(valkey_url: str) -> None:
    bell = RedisBell(connect(valkey_url))
    endless = _Endless()
    assert run_lane(endless, bell, "mail", clock=lambda: endless.now) == int(BUDGET)  # type: ignore[arg-type]
    assert list(bell.waiting().values()) == ["mail"]


def test_a_worker_drains_the_lane_it_was_rung_for_in_one_job(valkey_url: str, tmp_path: Path) -> None:
    runner = FolderRunner(tmp_path)
    for piece in range(30):
        runner.ask("mail", f"{piece:02}")
    runner.ask("due", "x")
    bell = RedisBell(connect(valkey_url))
    with _worker(valkey_url, tmp_path):
        bell.ring("mail")
        _wait(lambda: len(runner.done()) == 30)
        time.sleep(0.3)
    assert {lane for lane, *_ in runner.done()} == {"mail"}, "nobody rang for the other lane"
    assert (tmp_path / "beat.worker.w").exists()


def test_a_worker_ends_on_sigterm(valkey_url: str, tmp_path: Path) -> None:
    with _worker(valkey_url, tmp_path) as worker:
        _wait((tmp_path / "beat.worker.w").exists)
        time.sleep(0.5)
        worker.signal(signal.SIGTERM)
        _wait(lambda: worker.poll() is not None)
        assert worker.poll() == 0, worker.log()


def test_a_job_that_names_something_else_is_refused(valkey_url: str, tmp_path: Path) -> None:
    with _worker(valkey_url, tmp_path) as worker:
        Queue(QUEUE, connection=Redis.from_url(valkey_url), serializer=JSONSerializer).enqueue_call(
            "os.mkdir", args=(str(tmp_path / "broken_in"),), timeout=-1
        )
        _wait(lambda: "UnknownLane" in worker.log())
        runner = FolderRunner(tmp_path)
        runner.ask("due", "after")
        RedisBell(connect(valkey_url)).ring("due")
        _wait(lambda: len(runner.done()) == 1)
    assert not (tmp_path / "broken_in").exists()


def test_a_worker_outlives_a_killed_valkey_and_answers_the_next_one(valkey: Valkey, tmp_path: Path) -> None:
    runner = FolderRunner(tmp_path)
    with _worker(valkey.url, tmp_path) as worker:
        _wait((tmp_path / "beat.worker.w").exists)
        valkey.kill()
        time.sleep(1.5)
        valkey.start()
        runner.ask("due", "late")
        bell = RedisBell(connect(valkey.url))
        _wait(lambda: bell.ring("due"))
        _wait(lambda: len(runner.done()) == 1)
        assert worker.poll() is None, worker.log()


def test_a_worker_that_finds_no_valkey_waits_for_one(valkey: Valkey, tmp_path: Path) -> None:
    valkey.kill()
    runner = FolderRunner(tmp_path)
    runner.ask("due", "late")
    with _worker(valkey.url, tmp_path) as worker:
        _wait((tmp_path / "beat.worker.w").exists)
        time.sleep(1)
        assert worker.poll() is None, worker.log()
        valkey.start()
        RedisBell(connect(valkey.url)).ring("due")
        _wait(lambda: len(runner.done()) == 1)


def test_a_worker_without_valkey_still_ends_on_sigterm(valkey: Valkey, tmp_path: Path) -> None:
    with _worker(valkey.url, tmp_path) as worker:
        _wait((tmp_path / "beat.worker.w").exists)
        valkey.kill()
        time.sleep(0.5)
        worker.signal(signal.SIGTERM)
        _wait(lambda: worker.poll() is not None)


def test_what_a_killed_worker_had_taken_is_rung_for_again_and_done(valkey_url: str, tmp_path: Path) -> None:
    runner = FolderRunner(tmp_path)
    bell = RedisBell(connect(valkey_url))
    for piece in range(300):
        runner.ask("mail", f"{piece:03}")
    with _worker(valkey_url, tmp_path, "first") as first:
        bell.ring("mail")
        _wait(lambda: len(runner.done()) > 3)
        first.kill()
    with _worker(valkey_url, tmp_path, "second"):
        bell.ring("mail")
        _wait(lambda: len(runner.done()) == 300)


def test_a_worker_outlives_a_database_that_is_away(valkey_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "later"
    with _worker(valkey_url, tmp_path / "later", "w", log=tmp_path / "log") as worker:
        _wait(lambda: worker.log().count("the worker starts anew") >= 2)
        folder.mkdir()
        runner = FolderRunner(folder)
        runner.ask("due", "late")
        _wait((folder / "beat.worker.w").exists)
        RedisBell(connect(valkey_url)).ring("due")
        _wait(lambda: len(runner.done()) == 1)
        assert worker.poll() is None
