"""What is wrong with a file, where, and how to mend it: problems of the data, findings of the file."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from funnel.authoring.codes import Code
from funnel.authoring.saying import NOTHING, Saying, say

MAX_FINDINGS = 100
"""Of one kind in one file: nobody reads more, and looking for what was meant takes time."""

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
    message: Saying
    fix: Saying = NOTHING

    def __str__(self) -> str:
        fix = f"; fix: {self.fix}" if self.fix else ""
        return f"{self.file}:{self.line}:{self.col}: {self.level}[{self.code}]: {self.message}{fix}"

    def as_json(self) -> dict[str, Any]:
        """The finding as plain data: file, line, col, level, code, message, fix."""
        return asdict(self) | {"message": str(self.message), "fix": str(self.fix)}


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of the data, not yet placed in a file: `path` leads to the value, `offset` counts into its text.

    `at` says whether the finding points at the value or at its key.
    """

    path: Path
    code: Code
    message: Saying
    fix: Saying = NOTHING
    level: Level = "error"
    at: Literal["value", "key"] = "value"
    offset: int = 0


def at_most(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The first `MAX_FINDINGS`, and that there are more; those are not even looked for."""
    for number, problem in enumerate(problems):
        if number >= MAX_FINDINGS and problem.code != "too-many":
            message = say("more than %(most)s faults; the rest is not told", most=MAX_FINDINGS)
            yield Problem((), "too-many", message, say("mend these first"))
            return
        yield problem


def has_error(findings: Iterable[Finding]) -> bool:
    """Whether anything stops publishing; warnings do not."""
    return any(finding.level == "error" for finding in findings)


def as_error(finding: Finding) -> Finding:
    """The same where warnings count as errors."""
    return replace(finding, level="error")


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sorted by file, line and column, each once."""
    return tuple(sorted(set(findings)))
