"""A CSV table from outside: its lines by column, each with its number, or why it is no table (S92, S147)."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from funnel.authoring.saying import Saying, say
from funnel.usecases.errors import Invalid

_SEPARATOR = re.compile(r"sep=([,;\t])(?:\r\n?|\n)", re.IGNORECASE)


class NoTable(Invalid):
    """The file is no such table, and nothing of it is taken: a code, and why in whoever's language reads it."""

    def __init__(self, code: str, why: Saying) -> None:
        super().__init__({"file": code})
        self.why = why


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its number in the file (the first is 1), and its cells by column, each column with one."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is not taken: its number in the file, and why, in whoever's language reads it."""

    number: int
    why: Saying

    def __str__(self) -> str:
        return f"line {self.number}: {self.why}"


@dataclass(frozen=True, slots=True)
class Table:
    """The columns that the first line names, and the lines under them that are not empty."""

    columns: frozenset[str]
    lines: tuple[Line, ...]


def read_table(content: bytes, most: int) -> Table:
    """UTF-8, separated by commas, semicolons or tabs, whichever the first line has most of, or a line `sep=;` before it
    names (Excel); a quoted cell may go over several lines. `NoTable` for anything else, and for more than `most`
    bytes."""
    if len(content) > most:
        raise NoTable("too_large", say("it is larger than %(most)s MB", most=most // 1_000_000))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        why = say("line %(line)s: its letters are not UTF-8: save it as 'CSV UTF-8'", line=line)
        raise NoTable("not_utf8", why) from None
    if "\x00" in text:
        raise NoTable("not_a_table", say("it holds control characters: it is no CSV table"))
    heading, *lines = _records(text) or [(1, [])]
    columns = [name.lower() for name in heading[1]]
    blank = [""] * len(columns)
    found = [Line(number, dict(zip(columns, [*cells, *blank], strict=False))) for number, cells in lines if any(cells)]
    return Table(frozenset(columns), tuple(found))


def _records(text: str) -> list[tuple[int, list[str]]]:
    """Every record with the number of the line on which it begins."""
    named = _SEPARATOR.match(text)
    above, rest = (1, text[named.end() :]) if named else (0, text)
    heading = io.StringIO(rest, newline="").readline()
    separator = named[1] if named else max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(rest, newline=""), delimiter=separator)
    found: list[tuple[int, list[str]]] = []
    begins = above + 1
    try:
        for cells in reader:
            found.append((begins, [cell.strip() for cell in cells]))
            begins = above + reader.line_num + 1
    except csv.Error:
        raise NoTable("not_a_table", say("line %(line)s: it is no CSV table", line=begins)) from None
    return found
