"""Demonstrations for what an operator types: a folder with a database, and one with the shipped files published."""

import shutil
from pathlib import Path

import pytest

from tests.support.databases import sqlite_template


@pytest.fixture
def state(shared_folder: Path, tmp_path: Path) -> Path:
    """The folder of a demonstration in which nothing is published yet."""
    folder = tmp_path / "state"
    folder.mkdir()
    shutil.copy(sqlite_template(shared_folder), folder / "funnel.db")
    return folder


@pytest.fixture
def published(published_template: Path, tmp_path: Path) -> Path:
    """The folder of a demonstration with the shipped files."""
    folder = tmp_path / "state"
    folder.mkdir()
    shutil.copy(published_template, folder / "funnel.db")
    return folder
