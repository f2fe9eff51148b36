"""Demonstrations for what an operator types: a folder with a database, and one with the shipped files published."""

import shutil
from pathlib import Path

import pytest

from funnel.cli import main
from tests.support.databases import sqlite_template
from tests.support.processes import ROOT


@pytest.fixture
def state(shared_folder: Path, tmp_path: Path) -> Path:
    """The folder of a demonstration in which nothing is published yet."""
    folder = tmp_path / "state"
    folder.mkdir()
    shutil.copy(sqlite_template(shared_folder), folder / "funnel.db")
    return folder


@pytest.fixture
def published(state: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The folder of a demonstration with the shipped files."""
    assert main(["apply", str(ROOT), "--state", str(state)]) == 0
    capsys.readouterr()
    return state
