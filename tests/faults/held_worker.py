"""The real worker, held up for ever at a named point of a delivery so that a test can kill it just there.

`python -m tests.faults.held_worker POINT MARKER NAME`: POINT is `claimed` (rows are claimed, no message is written),
`attempting` (the window is open in the database, nothing has left) or `accepted` (the server has taken the window's
messages, the database does not know). MARKER is made when the point is reached. Only the pause is added.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from funnel.bootstrap import Runner, build_house
from funnel.config import read_settings
from funnel.jobs.bell import connect
from funnel.jobs.lanes import work
from funnel.ports import Letter, Result, Wire


class Held:
    """A real part that is never left again once the point is reached."""

    def __init__(self, real: Any, point: str, marker: Path) -> None:
        self._real = real
        self._point = point
        self._marker = marker

    def build(self, letter: Letter) -> Wire:
        self._hold("claimed")
        return self._real.build(letter)  # type: ignore[no-any-return]

    def carry(
        self, batch: Sequence[tuple[int, Wire]], until: float, still: Callable[[int], bool]
    ) -> Iterator[tuple[int, Result]]:
        self._hold("attempting")
        yield from self._real.carry(batch, until, still)
        self._hold("accepted")

    def _hold(self, point: str) -> None:
        if point == self._point:
            self._marker.touch()
            time.sleep(3600)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def main(point: str, marker: Path, name: str) -> None:
    """Work until killed."""
    settings = read_settings()
    house = build_house(settings, name)
    held = replace(house, writer=Held(house.writer, point, marker), postman=Held(house.postman, point, marker))
    work(connect(settings.redis_url, timeout=None), Runner(held), name)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
