"""A real runner for tests: work is files in a folder, one a batch, so that every process sees the same."""

import os
from collections.abc import Mapping
from pathlib import Path

from funnel.ports import LANES, Lane, ProcessKind


class FolderRunner:
    """`ask` puts work into a lane; `run` takes one piece, by an atomic rename, and notes who did it."""

    def __init__(self, folder: Path, name: str = "test") -> None:
        self._folder = folder
        self._name = name

    def ask(self, lane: Lane, piece: str) -> None:
        """Put a piece of work into a lane."""
        (self._folder / f"todo.{lane}.{piece}").touch()

    def run(self, lane: Lane) -> bool:
        """Take one piece of the lane."""
        for todo in sorted(self._folder.glob(f"todo.{lane}.*")):
            try:
                todo.rename(self._folder / f"done.{todo.name.removeprefix('todo.')}.{self._name}.{os.getpid()}")
            except FileNotFoundError:
                continue
            return True
        return False

    def next_due(self) -> Mapping[Lane, float]:
        """A lane with work is due."""
        return {lane: 0.0 for lane in LANES if any(self._folder.glob(f"todo.{lane}.*"))}

    def beat(self, kind: ProcessKind) -> None:
        """Leave a sign of life."""
        (self._folder / f"beat.{kind}.{self._name}").touch()

    def done(self) -> list[tuple[str, str, str, int]]:
        """What was done: lane, piece, name of who did it, pid."""
        parts = [path.name.split(".") for path in sorted(self._folder.glob("done.*"))]
        return [(lane, piece, name, int(pid)) for _, lane, piece, name, pid in parts]
