"""`funnel up`: the whole product on one machine, from nothing to `ready`, through every death, to nothing again."""

import json
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from funnel.supervise.ports import free_port, is_free
from tests.conftest import Starter
from tests.support.homes import copy_home
from tests.support.processes import LONG, Process, answers, names_of, needs_proc, tree_of, wait_until

pytestmark = pytest.mark.timeout(900)

READY = re.compile(r"^ready (http://127\.0\.0\.1:\d+)$", re.MULTILINE)


class Up:
    """A running `funnel up`, with a mark by which its processes are found."""

    def __init__(
        self,
        start: Starter,
        log: Path,
        mark: str,
        port: int | None = None,
        home: Path | None = None,
        begun: Path | None = None,
    ) -> None:
        self.mark = mark
        self.port = port or free_port()
        self.state = Path(tempfile.gettempdir(), mark)  # short, for the socket; named by the mark
        if begun:
            shutil.copytree(begun, self.state)
        settings = {name: "" for name in os.environ if name.startswith("FUNNEL_")}
        if home:
            settings["FUNNEL_HOME"] = str(home)
        command = [sys.executable, "-m", "funnel", "up", "--port", str(self.port), "--state", str(self.state)]
        self.supervisor = start(command, log, {**settings, "FUNNEL_WORKERS": "2", "FUNNEL_TEST_TREE": mark})

    def is_ready(self) -> bool:
        """Whether it said so. Fails when it has ended instead."""
        assert self.supervisor.poll() is None, self.supervisor.log()
        return bool(READY.search(self.supervisor.log()))

    def serves(self) -> bool:
        """Whether everything answers."""
        return answers(self.port, "/readyz")

    def is_gone(self) -> bool:
        """Whether no process is left and the port is free."""
        return not tree_of(self.mark) and is_free(self.port)

    def logs(self) -> str:
        """What each process wrote last."""
        return "\n".join(f"--- {log.name}\n{log.read_text()[-1500:]}" for log in sorted(self.state.glob("logs/*.log")))


@pytest.fixture
def up(start_process: Starter, tmp_path: Path, begun_folder: Path) -> Iterator[Up]:
    """It runs, on a folder in which it was started before."""
    running = Up(start_process, tmp_path / "up.log", uuid4().hex, begun=begun_folder)
    yield from _until_over(running)


@pytest.fixture
def new(start_process: Starter, tmp_path: Path) -> Iterator[Up]:
    """It runs, from nothing."""
    yield from _until_over(Up(start_process, tmp_path / "up.log", uuid4().hex))


def _until_over(running: Up) -> Iterator[Up]:
    wait_until(running.is_ready, LONG, f"ready: {running.supervisor.log()}")
    yield running
    running.supervisor.kill()
    wait_until(running.is_gone, LONG, "gone after the test")
    shutil.rmtree(running.state)


@needs_proc
def test_it_prints_what_to_open_the_logins_and_ready_and_starts_again_where_it_was(
    new: Up, start_process: Starter, tmp_path: Path
) -> None:
    up = new
    said = up.supervisor.log()
    found = READY.search(said)
    assert found
    assert found[1] == f"http://127.0.0.1:{up.port}"
    assert said.index("Open http://") < said.index("Log in at") < found.start()
    for role in ("rep", "marketer", "manager", "admin"):
        assert re.search(rf"^ +{role} +\S+@\S+ +\S+$", said, re.MULTILINE), said
    assert up.serves()
    assert answers(up.port, "/")

    up.supervisor.signal(signal.SIGINT)
    wait_until(lambda: up.supervisor.poll() is not None, LONG, "Ctrl-C stops it")
    assert up.supervisor.poll() == 0
    wait_until(up.is_gone, LONG, "nothing is left, and the port is free for the next one")

    # How quickly is measured alone; how it comes to be quick is counted in test_second_start.
    again = Up(start_process, tmp_path / "again.log", up.mark, up.port)
    wait_until(again.is_ready, LONG, f"ready again: {again.supervisor.log()}")
    assert answers(again.port, "/")
    again.supervisor.kill()


@needs_proc
def test_the_terminal_says_what_saving_a_file_came_to(
    start_process: Starter, tmp_path: Path, begun_folder: Path
) -> None:
    home = copy_home(tmp_path / "home")
    running = Up(start_process, tmp_path / "up.log", uuid4().hex, home=home, begun=begun_folder)
    wait_until(running.is_ready, LONG, f"ready: {running.supervisor.log()}")
    file = home / "scenarios/self_evaluation.yaml"
    sound = file.read_text()
    file.write_text(sound.replace("- wait: 2 days", "- wiat: 2 days", 1))
    kept = "not published: self_evaluation, service_centre_check; the last good version runs on"
    wait_until(lambda: kept in running.supervisor.log(), LONG, "what is wrong is told")
    assert re.search(
        r"^scenarios/self_evaluation\.yaml:\d+:5: error\[unknown-verb\]: no verb 'wiat'; fix: did you mean 'wait'\?$",
        running.supervisor.log(),
        re.MULTILINE,
    ), running.supervisor.log()
    file.write_text(sound)
    again = "in order again, as published: self_evaluation, service_centre_check"
    wait_until(lambda: again in running.supervisor.log(), LONG, "that it is well again is told")
    file.write_text(sound.replace("- wait: 2 days", "- wait: 3 days", 1))
    new = "saved and published: self_evaluation, service_centre_check"
    wait_until(lambda: new in running.supervisor.log(), LONG, "what is published is told")
    running.supervisor.kill()
    wait_until(running.is_gone, LONG, "gone after the test")
    shutil.rmtree(running.state)


@needs_proc
def test_the_same_folder_and_the_same_port_are_refused_with_what_to_do(
    up: Up, start_process: Starter, tmp_path: Path
) -> None:
    second = Up(start_process, tmp_path / "second.log", up.mark)
    wait_until(lambda: second.supervisor.poll() is not None, LONG, "the second one ends")
    assert second.supervisor.poll() == 1
    assert f"process {up.supervisor.pid} serves http://127.0.0.1:{up.port}" in second.supervisor.log()

    third = Up(start_process, tmp_path / "third.log", uuid4().hex, up.port)
    wait_until(lambda: third.supervisor.poll() is not None, LONG, "the third one ends")
    assert third.supervisor.poll() == 1
    proposed = re.search(r"make up PORT=(\d+)", third.supervisor.log())
    assert f"port {up.port} is in use" in third.supervisor.log()
    assert proposed
    assert is_free(int(proposed[1]))
    assert not third.state.exists()


@needs_proc
def test_each_process_that_is_killed_is_back_in_service(up: Up) -> None:
    whole = len(begun := names_of(tree_of(up.mark)))
    for pid in [pid for pid in tree_of(up.mark) if pid != up.supervisor.pid]:
        if pid not in tree_of(up.mark):
            continue  # it died with its own parent
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: pid not in tree_of(up.mark), LONG, f"{pid} is dead")  # noqa: B023
        wait_until(
            lambda: len(tree_of(up.mark)) == whole and up.serves(),
            LONG,
            lambda: f"back after {pid} of {begun}: {names_of(tree_of(up.mark))}\n{up.supervisor.log()}{up.logs()}",  # noqa: B023
        )


@needs_proc
def test_a_killed_supervisor_leaves_no_process_and_a_free_port(up: Up) -> None:
    up.supervisor.kill()
    wait_until(up.is_gone, LONG, f"all gone: {tree_of(up.mark)}")


@needs_proc
def test_the_secret_key_stays_the_same_and_is_for_its_owner_alone(up: Up) -> None:
    assert (up.state / "secret_key").stat().st_mode & 0o077 == 0
    assert (up.state / "secret_key").read_text() not in up.supervisor.log()
    held = json.loads((up.state / "up.lock").read_text())
    assert held == {"pid": up.supervisor.pid, "address": f"http://127.0.0.1:{up.port}"}


def test_a_port_that_is_none_is_refused(start_process: Starter, tmp_path: Path) -> None:
    process = start_process([sys.executable, "-m", "funnel", "up", "--port", "99999"], tmp_path / "log")
    wait_until(lambda: process.poll() is not None, LONG, "it ends")
    assert process.poll() == 2
    assert "write a number from 1 to 65535" in process.log()


def test_a_port_held_by_another_program_is_named(start_process: Starter, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        process = start_process(
            [sys.executable, "-m", "funnel", "up", "--port", str(port), "--state", str(tmp_path / "var")],
            tmp_path / "log",
        )
        wait_until(lambda: process.poll() is not None, LONG, "it ends")
    assert process.poll() == 1
    assert f"port {port} is in use by another program" in process.log()
    assert not (tmp_path / "var").exists(), "a refused start leaves nothing behind"


def test_wrong_settings_are_named_before_anything_starts(start_process: Starter, tmp_path: Path) -> None:
    process: Process = start_process(
        [sys.executable, "-m", "funnel", "up", "--port", str(free_port()), "--state", str(tmp_path / "var")],
        tmp_path / "log",
        {"FUNNEL_WORKERS": "0", "FUNNEL_SEND_WINDOW": "many"},
    )
    wait_until(lambda: process.poll() is not None, LONG, "it ends")
    assert process.poll() == 2
    assert "FUNNEL_WORKERS" in process.log()
    assert "FUNNEL_SEND_WINDOW" in process.log()
    assert not (tmp_path / "var").exists()


def test_a_folder_in_which_nothing_can_be_kept_is_named(start_process: Starter, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    command = [sys.executable, "-m", "funnel", "up", "--port", str(free_port()), "--state"]
    process = start_process([*command, str(tmp_path / "var" / "state")], tmp_path / "log")
    wait_until(lambda: process.poll() is not None, LONG, "it ends")
    assert process.poll() == 1
    assert "cannot keep anything in" in process.log()
    assert "Not a directory" in process.log()
    assert "Traceback" not in process.log()


@pytest.mark.parametrize("kind", ["no database", "a folder"])
def test_a_database_file_that_is_none_is_told_with_what_mends_it(
    kind: str, start_process: Starter, tmp_path: Path
) -> None:
    state = tmp_path / "var"
    state.mkdir()
    if kind == "a folder":
        (state / "funnel.db").mkdir()
    else:
        (state / "funnel.db").write_text("this is a letter, not a database\n" * 100)
    command = [sys.executable, "-m", "funnel", "up", "--port", str(free_port()), "--state", str(state)]
    process = start_process(command, tmp_path / "log")
    wait_until(lambda: process.poll() is not None, LONG, "it ends")
    assert process.poll() == 1
    assert "the database does not answer" in process.log()
    assert {"no database": "put back a copy", "a folder": "cannot be opened"}[kind] in process.log()
    assert str(state / "funnel.db") in process.log()
    assert "Traceback" not in process.log()


@needs_proc
def test_ctrl_c_while_it_starts_ends_it_without_a_word(start_process: Starter, tmp_path: Path) -> None:
    mark = uuid4().hex
    state = Path(tempfile.gettempdir(), mark)
    command = [sys.executable, "-m", "funnel", "up", "--port", str(free_port()), "--state", str(state)]
    process = start_process(command, tmp_path / "log", {"FUNNEL_TEST_TREE": mark})
    wait_until(lambda: _catches(process.pid, signal.SIGCHLD), LONG, "it has begun")
    process.signal(signal.SIGINT)
    wait_until(lambda: process.poll() is not None, LONG, "it ends")
    assert (process.poll(), process.log()) == (0, "")
    wait_until(lambda: not tree_of(mark), LONG, "nothing is left")
    shutil.rmtree(state, ignore_errors=True)


def _catches(pid: int, number: int) -> bool:
    """Whether the process has a handler of its own for the signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return bool(found and int(found[1], 16) >> (number - 1) & 1)
