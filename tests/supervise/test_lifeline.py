"""A process dies with its parent, by the kernel or by watching for itself."""

import os
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import Starter
from tests.support.processes import LONG, needs_proc, tree_of, wait_until

PARENT = """
import os, subprocess, sys, time
from funnel.supervise.lifeline import die_with
parent = os.getpid()
if os.fork() == 0:
    die_with(parent, kernel=sys.argv[1] == "kernel")
    time.sleep(3600)
time.sleep(3600)
"""

BESIDE = """
import os, sys, time
from funnel.supervise.process import stand_beside
if os.fork() == 0:
    sys.exit(stand_beside(["sleep", "3600"], os.environ))
time.sleep(3600)
"""


@needs_proc
@pytest.mark.parametrize("how", ["kernel", "watching"])
def test_a_child_dies_with_its_parent(how: str, start_process: Starter, tmp_path: Path) -> None:
    mark = uuid4().hex
    parent = start_process([sys.executable, "-c", PARENT, how], tmp_path / "log", {"FUNNEL_TEST_TREE": mark})
    wait_until(lambda: len(tree_of(mark)) == 2, LONG, "both live")
    time.sleep(0.3)
    parent.kill()
    wait_until(lambda: not tree_of(mark), LONG, "both are dead")


@needs_proc
def test_a_foreign_program_beside_which_we_stand_dies_with_our_parent(start_process: Starter, tmp_path: Path) -> None:
    mark = uuid4().hex
    parent = start_process([sys.executable, "-c", BESIDE], tmp_path / "log", {"FUNNEL_TEST_TREE": mark})
    wait_until(lambda: len(tree_of(mark)) == 3, LONG, "parent, keeper, program")
    parent.kill()
    wait_until(lambda: not tree_of(mark), LONG, "all are dead")


@needs_proc
def test_a_child_whose_parent_died_before_it_could_ask_ends_at_once(start_process: Starter, tmp_path: Path) -> None:
    orphan = f"from funnel.supervise.lifeline import die_with; die_with({os.getpid()}); print('lives')"
    process = start_process(
        [sys.executable, "-c", f"import os\nif os.fork() == 0:\n {orphan}\nelse: os.wait()"], tmp_path / "log"
    )
    wait_until(lambda: process.poll() is not None, LONG, "it ends")
    assert "lives" not in process.log(), "its parent is another process than the one it names"
