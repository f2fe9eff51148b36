"""What a killed worker had noted is known to the next one."""

import subprocess
import sys
from pathlib import Path

import pytest

from funnel.delivery.notes import Former, Notes, read_back

DYING = """
import os, signal, sys
from pathlib import Path
from funnel.delivery.notes import Notes
notes = Notes(Path(sys.argv[1]), "mail-1")
notes.begun(5, 1); notes.accepted(5, 1, "250 OK kept as 1"); notes.begun(6, 2)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_notes_survive_kill_9_and_are_removed_once_settled(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", DYING, str(tmp_path)], check=False)
    assert killed.returncode == -9
    (former,) = read_back(tmp_path)
    assert former.worker == "mail-1"
    assert former.begun == {(5, 1), (6, 2)}
    assert former.accepted == {(5, 1): "250 OK kept as 1"}
    assert former.doubtful == {(6, 2)}
    former.forget()
    former.forget()
    assert read_back(tmp_path) == []


def test_a_living_worker_s_notes_are_left_alone(tmp_path: Path) -> None:
    with Notes(tmp_path, "one") as living:
        living.begun(1, 1)
        assert read_back(tmp_path) == []
    assert [former.begun for former in read_back(tmp_path)] == [{(1, 1)}]


def test_settled_notes_leave_nothing_behind(tmp_path: Path) -> None:
    with Notes(tmp_path, "one") as notes:
        notes.begun(1, 1)
        notes.settled()
        notes.begun(2, 1)
        notes.settled()
    assert list(tmp_path.iterdir()) == []


def test_two_workers_of_one_name_have_a_file_each(tmp_path: Path) -> None:
    with Notes(tmp_path, "one") as first, Notes(tmp_path, "one") as second:
        first.begun(1, 1)
        second.begun(2, 1)
    assert {attempt for former in read_back(tmp_path) for attempt in former.begun} == {(1, 1), (2, 1)}


def test_a_torn_or_damaged_line_is_not_believed(tmp_path: Path) -> None:
    with Notes(tmp_path, "one") as notes:
        for number in range(3):
            notes.begun(number, 1)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        known = {attempt for former in read_back(tmp_path) for attempt in former.begun}
        assert known == {(number, 1) for number in range(whole[: cut + 1].count(b"\n"))} or cut == 0
        path.write_bytes(whole[:cut])
    path.write_bytes(whole.replace(b"1", b"7", 1))
    assert {attempt for former in read_back(tmp_path) for attempt in former.begun} == {(1, 1), (2, 1)}


def test_an_empty_file_tells_of_a_dead_worker_who_had_begun_nothing(tmp_path: Path) -> None:
    (tmp_path / "old.1-0.notes").touch()
    (former,) = read_back(tmp_path)
    assert (former.worker, former.begun, former.accepted) == ("old", frozenset(), {})
    former.forget()
    assert list(tmp_path.iterdir()) == []


def test_notes_that_turn_out_to_be_a_beginner_s_are_not_forgotten(tmp_path: Path) -> None:
    with Notes(tmp_path, "one") as living:
        (path,) = tmp_path.iterdir()
        Former("one", frozenset(), {}, path).forget()
        living.begun(1, 1)
    assert [former.begun for former in read_back(tmp_path)] == [{(1, 1)}]


def test_a_worker_s_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        Notes(tmp_path, "../x")
