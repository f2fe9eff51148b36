"""The tick: sleeps until the next due instant, rings the bell, and does the work itself when nobody answers."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from funnel.jobs.lanes import LaneRunner, run_lane
from funnel.ports import LANES, Bell, Lane

log = logging.getLogger(__name__)

LONGEST = 1.0
"""Seconds that the tick sleeps at most: a new due instant may come from any process."""

PATIENCE = 3.0
"""Seconds that a job may wait before the tick concludes that no worker lives."""

_SHORTEST = 0.05
_BEAT = 5.0


class Door(Bell, Protocol):
    """A bell that also says which of its calls nobody has answered."""

    def waiting(self) -> dict[str, Lane]:
        """Jobs that nobody has taken yet: their ids and lanes."""


class Tick:
    """One turn after the other: what is due is rung for; what nobody answers is done here, lane by lane."""

    def __init__(self, runner: LaneRunner, bell: Door, clock: Callable[[], float] = time.monotonic) -> None:
        self._runner = runner
        self._bell = bell
        self._clock = clock
        self._seen: dict[str, float] = {}
        self._next_beat = clock()

    def turn(self) -> float:
        """Ring for what is due, or do it. Returns the seconds to sleep before the next turn."""
        now = self._clock()
        if now >= self._next_beat:
            self._runner.beat("tick")
            self._next_beat = now + _BEAT
        due = self._runner.next_due()
        alone = {lane for lane, seconds in due.items() if seconds <= 0 and not self._bell.ring(lane)}
        alone |= self._unanswered(now)
        worked = [run_lane(self._runner, self._bell, lane, self._clock) for lane in LANES if lane in alone]
        if any(worked):
            return 0.0
        ahead = [seconds for seconds in due.values() if seconds > 0]
        return max(_SHORTEST, min([LONGEST, *ahead]))

    def run(self, stop: threading.Event) -> None:
        """Turn until `stop` is set. A failing turn is logged and tried again a second later."""
        while not stop.is_set():
            try:
                pause = self.turn()
            except Exception:  # the outer door: the tick is the last to give up
                log.exception("a turn of the tick failed")
                pause = LONGEST
            stop.wait(pause)

    def _unanswered(self, now: float) -> set[Lane]:
        waiting = self._bell.waiting()
        self._seen = {job: self._seen.get(job, now) for job in waiting}
        return {waiting[job] for job, since in self._seen.items() if now - since >= PATIENCE}
