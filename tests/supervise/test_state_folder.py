"""The state folder knows who holds it, keeps the key to itself, and finds a place for the socket."""

import os
import socket
import stat
import sys
from pathlib import Path

import pytest

from funnel.supervise.ports import free_port, is_free
from funnel.supervise.state_folder import FolderHeld, StateFolder
from tests.conftest import Starter
from tests.support.processes import LONG, wait_until

HOLDER = """
import sys, time
from pathlib import Path
from funnel.supervise.state_folder import StateFolder
folder = StateFolder(Path(sys.argv[1]))
folder.hold("http://127.0.0.1:8123")
print("held", flush=True)
time.sleep(3600)
"""


def test_a_second_holder_is_told_who_holds_it(start_process: Starter, tmp_path: Path) -> None:
    holder = start_process([sys.executable, "-c", HOLDER, str(tmp_path / "var")], tmp_path / "log")
    wait_until(lambda: "held" in holder.log(), LONG, "the first one holds it")
    with pytest.raises(FolderHeld) as refused:
        StateFolder(tmp_path / "var").hold("http://127.0.0.1:9000")
    assert (refused.value.pid, refused.value.address) == (holder.pid, "http://127.0.0.1:8123")
    holder.kill()
    StateFolder(tmp_path / "var").hold("http://127.0.0.1:9000")


def test_the_secret_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    key = StateFolder(tmp_path / "var").secret_key()
    assert len(key) == 64
    assert StateFolder(tmp_path / "var").secret_key() == key
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600


def test_a_folder_too_deep_for_a_unix_socket_has_its_socket_elsewhere(tmp_path: Path) -> None:
    sockets = [StateFolder(tmp_path / ("deep" * times)).socket() for times in (30, 31)]
    assert sockets[0] != sockets[1]
    assert all(len(os.fsencode(place)) < 108 for place in sockets)
    for place in sockets:
        place.parent.rmdir()


def test_a_busy_port_is_seen_and_another_one_proposed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not is_free(port)
        other = free_port(after=port)
        assert other > port
        assert is_free(other)
