"""What is wrong with a file, where, and how to mend it: problems of the data, findings of the file."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from funnel.authoring.codes import Code

Level = Literal["error", "warning"]
Path = tuple[str | int, ...]
"""The way to a value from the root of a document: keys and list indices."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing to mend. `file` is relative to the home folder, with `/`; line and column count from 1."""

    file: str
    line: int
    col: int
    level: Level
    code: Code
    message: str
    fix: str = ""

    def __str__(self) -> str:
        fix = f"; fix: {self.fix}" if self.fix else ""
        return f"{self.file}:{self.line}:{self.col}: {self.level}[{self.code}]: {self.message}{fix}"

    def as_json(self) -> dict[str, Any]:
        """The finding as plain data: file, line, col, level, code, message, fix."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of the data, not yet placed in a file: `path` leads to the value, `offset` counts into its text.

    `at` says whether the finding points at the value or at its key.
    """

    path: Path
    code: Code
    message: str
    fix: str = ""
    level: Level = "error"
    at: Literal["value", "key"] = "value"
    offset: int = 0


def has_error(findings: Iterable[Finding]) -> bool:
    """Whether anything stops publishing; warnings do not."""
    return any(finding.level == "error" for finding in findings)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sorted by file, line and column, each once."""
    return tuple(sorted(set(findings)))
