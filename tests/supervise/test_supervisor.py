"""One process tree: what is killed comes back, and nothing outlives the supervisor."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from funnel.supervise import supervisor
from funnel.supervise.ports import free_port, is_free
from tests.conftest import Starter
from tests.support.processes import LONG, answers, needs_proc, tree_of, wait_until

pytestmark = [needs_proc, pytest.mark.timeout(600)]

PROCESSES = 6
"""supervisor, queue, granian and its worker, steady, stubborn."""


class Tree:
    """The running tree: its supervisor, its port, its mark."""

    def __init__(self, start: Starter, folder: Path, kind: str = "good", state: Path | None = None) -> None:
        self.port = free_port()
        self.mark = uuid4().hex
        self.folder = folder
        self.state = state or Path(tempfile.gettempdir(), self.mark)  # short, for the socket; named by the mark
        command = [sys.executable, "-m", "tests.supervise.tree", str(self.port), str(self.state), kind]
        self.supervisor = start(command, folder / "tree.log", {"FUNNEL_TEST_TREE": self.mark})

    def whole(self) -> bool:
        """Whether all of it lives and answers."""
        return len(tree_of(self.mark)) == PROCESSES and answers(self.port)

    def gone(self) -> bool:
        """Whether nothing of it is left."""
        return not tree_of(self.mark) and is_free(self.port)


@pytest.fixture
def tree(start_process: Starter, tmp_path: Path) -> Iterator[Tree]:
    tree = Tree(start_process, tmp_path)
    wait_until(lambda: "ready" in tree.supervisor.log(), LONG, "ready")
    wait_until(tree.whole, LONG, f"six processes: {tree_of(tree.mark)}")
    yield tree
    tree.supervisor.kill()
    shutil.rmtree(tree.state)


def test_each_process_that_is_killed_is_back_within_five_seconds(tree: Tree) -> None:
    for pid in [pid for pid in tree_of(tree.mark) if pid != tree.supervisor.pid]:
        if pid not in tree_of(tree.mark):
            continue  # it died with its own parent, which was killed before
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: pid not in tree_of(tree.mark), LONG, f"{pid} is dead")  # noqa: B023
        wait_until(tree.whole, LONG, f"whole again after {pid}; {tree_of(tree.mark)}\n{tree.supervisor.log()}")
    assert tree.supervisor.poll() is None


def test_a_killed_supervisor_leaves_no_process_and_a_free_port(tree: Tree) -> None:
    tree.supervisor.kill()
    wait_until(tree.gone, LONG, f"all gone: {tree_of(tree.mark)}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all_of_it_within_five_seconds_also_what_ignores_it(tree: Tree, number: signal.Signals) -> None:
    tree.supervisor.signal(number)
    wait_until(lambda: tree.supervisor.poll() is not None, LONG, "the supervisor ends")
    assert tree.supervisor.poll() == 0
    wait_until(tree.gone, LONG, f"all gone: {tree_of(tree.mark)}")
    assert supervisor.GRACE + supervisor.LAST_GRACE < 5, "what ignores a signal is killed before five seconds are over"
    assert "stopped" in tree.supervisor.log()


def test_the_folder_is_free_as_soon_as_its_holder_is_dead(tree: Tree, start_process: Starter) -> None:
    tree.supervisor.kill()
    again = Tree(start_process, tree.folder, state=tree.state)
    wait_until(lambda: again.supervisor.log().count("ready") == 2, LONG, "the second one is ready")


def test_a_child_that_ends_again_and_again_is_named_with_its_log(start_process: Starter, tmp_path: Path) -> None:
    tree = Tree(start_process, tmp_path, "bad")
    wait_until(lambda: tree.supervisor.poll() is not None, LONG, "it gives up")
    assert tree.supervisor.poll() == 1
    assert "steady ends again and again" in tree.supervisor.log()
    assert "the sky is falling" in tree.supervisor.log()
    assert tree.gone()
    shutil.rmtree(tree.state)
