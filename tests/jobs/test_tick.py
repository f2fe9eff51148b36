"""The tick rings for what is due and, when nobody answers, does it itself."""

import threading
import time
from collections.abc import Mapping
from pathlib import Path

from funnel.jobs.bell import NoBell, RedisBell, connect
from funnel.jobs.tick import LONGEST, PATIENCE, Tick
from funnel.ports import Lane
from funnel.supervise.ports import free_port
from tests.jobs.ledger import FolderRunner


class _Foreseeing(FolderRunner):
    """Knows of work at a coming instant."""

    def __init__(self, folder: Path, ahead: Mapping[Lane, float]) -> None:
        super().__init__(folder)
        self._ahead = ahead

    def next_due(self) -> Mapping[Lane, float]:
        return self._ahead


def test_it_rings_only_for_lanes_that_are_due(valkey_url: str, tmp_path: Path) -> None:
    bell = RedisBell(connect(valkey_url))
    Tick(_Foreseeing(tmp_path, {"due": -3.0, "mail": 0.0, "house": 0.4}), bell).turn()
    assert sorted(bell.waiting().values()) == ["due", "mail"]


def test_it_sleeps_until_the_next_due_instant_and_a_second_at_most(tmp_path: Path) -> None:
    assert Tick(_Foreseeing(tmp_path, {"due": 0.4, "house": 9.0}), NoBell()).turn() == 0.4
    assert Tick(_Foreseeing(tmp_path, {"due": 80000.0}), NoBell()).turn() == LONGEST
    assert Tick(_Foreseeing(tmp_path, {}), NoBell()).turn() == LONGEST


def test_with_a_closed_port_it_works_lane_by_lane(tmp_path: Path) -> None:
    runner = FolderRunner(tmp_path, "tick")
    for lane in ("mail", "due", "house"):
        for piece in range(5):
            runner.ask(lane, str(piece))
    tick = Tick(runner, RedisBell(connect(f"redis://127.0.0.1:{free_port()}/0")))
    assert tick.turn() == 0.0, "there may be more: no pause after work"
    assert len(runner.done()) == 15
    assert tick.turn() == LONGEST


def test_when_nobody_answers_the_bell_it_loses_patience_and_works(valkey_url: str, tmp_path: Path) -> None:
    now = [0.0]
    runner = FolderRunner(tmp_path, "tick")
    runner.ask("due", "lonely")
    tick = Tick(runner, RedisBell(connect(valkey_url)), clock=lambda: now[0])
    while now[0] < PATIENCE:
        tick.turn()
        assert runner.done() == []
        now[0] += 1.0
    tick.turn()
    assert [piece for _, piece, *_ in runner.done()] == ["lonely"]


def test_work_that_a_use_case_rang_for_is_done_too_when_no_worker_lives(valkey_url: str, tmp_path: Path) -> None:
    now = [0.0]
    runner = _Foreseeing(tmp_path, {})
    bell = RedisBell(connect(valkey_url))
    runner.ask("mail", "rung by the door")
    bell.ring("mail")
    tick = Tick(runner, bell, clock=lambda: now[0])
    tick.turn()
    now[0] = PATIENCE
    tick.turn()
    assert len(runner.done()) == 1


def test_a_failing_turn_does_not_end_it(tmp_path: Path) -> None:
    class Failing(FolderRunner):
        failures = 0

        def next_due(self) -> Mapping[Lane, float]:
            if self.failures < 1:
                self.failures += 1
                raise OSError("the database is away")
            return super().next_due()

    runner = Failing(tmp_path)
    runner.ask("due", "patient")
    stop = threading.Event()
    thread = threading.Thread(target=Tick(runner, NoBell()).run, args=(stop,))
    thread.start()
    until = time.monotonic() + 60
    while not runner.done() and time.monotonic() < until:
        time.sleep(0.05)
    stop.set()
    thread.join(60)
    assert len(runner.done()) == 1
    assert not thread.is_alive()
