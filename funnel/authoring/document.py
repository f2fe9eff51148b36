"""A file's plain data, where each key and value of it stands, and where a fault of it is told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from funnel.authoring.findings import Finding, Path, Problem

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_ESCAPE = re.compile(r"\\(?:x(?P<x>[0-9A-Fa-f]{2})|u(?P<u>[0-9A-Fa-f]{4})|U(?P<U>[0-9A-Fa-f]{8})|.|$)")
_BLANK_ESCAPES = frozenset("\\" + letter for letter in ("", *" \tntrvfNLP_"))
"""A backslash at the end of a line joins it with the next."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something begins, from 1; `style` is how a text is written: quoted, as a block, `""` for plain. Without
    one, nothing is known of places within."""

    line: int
    col: int
    style: str | None = None


@dataclass(slots=True)
class Document:
    """A file's plain data, with where each key and value stands, and what was wrong with its YAML."""

    file: str
    data: Any = None
    lines: list[str] = field(default_factory=list)
    values: dict[Path, Spot] = field(default_factory=dict)
    keys: dict[Path, Spot] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    stopped_at: int | None = None
    """The line on which reading ended early; what stands well before it is checked all the same."""
    put_in: dict[Path, tuple[str, list[tuple[int, int, int]]]] = field(default_factory=dict)
    """Texts with parameters as they stand in the file, and for each parameter where it begins there, how long it is
    there, and how long what was put in its place."""
    unclosed: frozenset[Path] = frozenset()
    """The mappings and lists that were still open there: what they lack may follow."""

    @property
    def sound(self) -> bool:
        """Whether the file is YAML as the language has it."""
        return not self.findings

    def tells(self, problem: Problem) -> bool:
        """Whether a problem is one of the author's and not only what a fault of the YAML left behind."""
        spot = self.place(problem)
        if any((spot.line, spot.col) == (told.line, told.col) for told in self.findings):
            return False
        if self.stopped_at is None:
            return True
        return spot.line < self.stopped_at - 1 and problem.path not in self.unclosed

    def value(self, path: Path) -> Any:
        """The plain value at a path; `None` where there is nothing."""
        here = self.data
        for part in path:
            try:
                here = here[part]
            except (KeyError, IndexError, TypeError):
                return None
        return here

    def place(self, problem: Problem) -> Finding:
        """The finding of a problem: at its key, at its value, into its text, or at the nearest parent there is."""
        path = problem.path
        if problem.at == "key" and path in self.keys:
            spot = self.keys[path]
        else:
            while path and path not in self.values:
                path = path[:-1]
            spot = self.values.get(path, Spot(1, 1))
        line, col = spot.line, spot.col
        if problem.offset and spot.style is not None and path == problem.path:
            line, col = self._within(spot, *self._written(path, problem.offset))
        return Finding(self.file, line, col, problem.level, problem.code, problem.message, problem.fix)

    def _written(self, path: Path, offset: int) -> tuple[str, int]:
        """A text as it stands in the file, and the place there of an offset into what it has become."""
        if path not in self.put_in:
            return str(self.value(path)), offset
        text, parameters = self.put_in[path]
        for begins, written, became in parameters:
            if offset < begins + became:
                return text, min(offset, begins)
            offset += written - became
        return text, offset

    def _within(self, spot: Spot, text: str, offset: int) -> tuple[int, int]:
        """Where the character `offset` of a text stands in the file. However a text is folded over lines, only its
        blanks are changed by that: so the others are counted."""
        before = sum(not letter.isspace() for letter in text[:offset])
        line, col = spot.line, spot.col
        for line, col, width in self._letters(spot):
            if not before:
                if text[offset : offset + 1].strip():
                    return line, col
                break
            before -= 1
            end = line, col + width
        blanks = len(text[:offset]) - len(text[:offset].rstrip())
        return end[0], end[1] + blanks

    def _letters(self, spot: Spot) -> Iterator[tuple[int, int, int]]:
        """Line, column and width of all that is no blank from the beginning of a text on."""
        quoted, block = spot.style in ("'", '"'), spot.style in ("|", ">")
        col = spot.col - 1 + quoted
        for number in range(spot.line + block, len(self.lines) + 1):
            line = self.lines[number - 1]
            col = 0 if number > spot.line else col
            while col < len(line):
                escape = _ESCAPE.match(line, col) if spot.style == '"' else None
                width = len(escape[0]) if escape else 2 if spot.style == "'" and line[col : col + 2] == "''" else 1
                if not (_is_blank(escape) if escape else line[col].isspace()):
                    yield number, col + 1, width
                col += width


def _is_blank(escape: re.Match[str]) -> bool:
    code = escape["x"] or escape["u"] or escape["U"]
    return escape[0] in _BLANK_ESCAPES if code is None else chr(int(code, 16)).isspace()


def lines_of(text: str) -> list[str]:
    """The lines of a text, as YAML and editors break them."""
    return _BREAK.split(text)


def place_in(text: str, at: int) -> tuple[int, int]:
    """Line and column, from 1, of the character at `at`."""
    before = lines_of(text[:at])
    return len(before), len(before[-1]) + 1
