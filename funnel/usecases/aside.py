"""Work in a thread of its own, for those who may not wait until it is done."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def aside(work: Callable[[], T], release: Callable[[], object]) -> Future[T]:
    """What the work will give or raise; see `begin`."""
    told: Future[T] = Future()

    def tell() -> None:
        try:
            told.set_result(work())
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            told.set_exception(error)

    begin(tell, release)
    return told


def begin(work: Callable[[], object], release: Callable[[], object]) -> Thread:
    """The thread that works. It releases what stands for it (a lock, a room) at the end; where no thread can be had,
    that is released at once: `RuntimeError`."""

    def carry_out() -> None:
        try:
            work()
        finally:
            release()

    worker = Thread(target=carry_out, daemon=True)
    try:
        worker.start()
    except RuntimeError:
        release()
        raise
    return worker
