"""A worker in a thread of the test's own process, who carries out what is due meanwhile."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from funnel.bootstrap import Runner
from tests.support.place import LANES


@contextmanager
def at_work(runner: Runner) -> Iterator[None]:
    """Run every lane until the block is over."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            done = [runner.run(lane) for lane in LANES]
            if not any(done):
                stop.wait(0.01)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
