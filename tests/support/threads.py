"""Moments at which a process can have no thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_MORE_THAN_THERE_IS = 1 << 50


@contextmanager
def no_thread_to_be_had() -> Iterator[None]:
    """Whoever starts a thread is refused by the system: each would need more memory than there are addresses for."""
    before = threading.stack_size(_MORE_THAN_THERE_IS)
    try:
        yield
    finally:
        threading.stack_size(before)
