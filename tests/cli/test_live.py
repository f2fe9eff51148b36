"""The live commands say what is missing instead of starting half."""

import socket
import sys
from pathlib import Path

import pytest

from funnel.supervise.ports import free_port
from tests.conftest import Starter
from tests.support.processes import LONG, wait_until

WHOLE = {
    "FUNNEL_MODE": "live",
    "FUNNEL_SMTP_URL": "smtp://127.0.0.1:1",
    "FUNNEL_BASE_URL": "https://funnel.example",
    "FUNNEL_SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "FUNNEL_REDIS_URL": "",
}


@pytest.mark.parametrize("command", ["web", "worker", "tick"])
def test_live_mode_names_every_missing_setting_at_once(command: str, start_process: Starter, tmp_path: Path) -> None:
    nothing = dict.fromkeys(WHOLE, "") | {"FUNNEL_MODE": "live", "FUNNEL_DATABASE_URL": ""}
    process = start_process([sys.executable, "-m", "funnel", command], tmp_path / "log", nothing)
    wait_until(lambda: process.poll() is not None, LONG, "it ends")
    assert process.poll() == 2, process.log()
    assert "Traceback" not in process.log()
    for name in ("DATABASE_URL", "SMTP_URL", "BASE_URL", "SECRET_KEY"):
        assert f"FUNNEL_{name}" in process.log()


def test_live_web_refuses_to_start_when_nobody_can_log_in(
    start_process: Starter, sqlite_url: str, tmp_path: Path
) -> None:
    port = free_port()
    settings = {**WHOLE, "FUNNEL_DATABASE_URL": sqlite_url, "FUNNEL_STATE": str(tmp_path / "var")}
    process = start_process([sys.executable, "-m", "funnel", "web", "--port", str(port)], tmp_path / "log", settings)
    wait_until(lambda: process.poll() is not None, LONG, f"it ends: {process.log()}")
    assert process.poll() == 2, process.log()
    assert "nobody can log in yet" in process.log()
    assert "Traceback" not in process.log()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_the_database_is_upgraded_by_one_command(
    start_process: Starter, empty_database_url: str, tmp_path: Path
) -> None:
    settings = {**WHOLE, "FUNNEL_DATABASE_URL": empty_database_url, "FUNNEL_STATE": str(tmp_path / "var")}
    for turn in ("first", "second"):
        process = start_process([sys.executable, "-m", "funnel", "db", "upgrade"], tmp_path / turn, settings)
        wait_until(lambda: process.poll() is not None, LONG, f"it ends: {process.log()}")  # noqa: B023
        assert process.poll() == 0, process.log()


def test_a_worker_without_a_queue_says_who_does_the_work(
    start_process: Starter, sqlite_url: str, tmp_path: Path
) -> None:
    settings = {**WHOLE, "FUNNEL_DATABASE_URL": sqlite_url}
    process = start_process([sys.executable, "-m", "funnel", "worker"], tmp_path / "log", settings)
    wait_until(lambda: process.poll() is not None, LONG, "it ends")
    assert process.poll() == 2
    assert "funnel tick" in process.log()
