"""A finding as a person reads it on a terminal: the line it speaks of, a caret below the place, the fix beside it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from funnel.authoring.findings import Finding

_RED, _YELLOW, _BLUE, _BOLD, _FAINT, _PLAIN = (f"\x1b[{code}m" for code in (31, 33, 34, 1, 2, 0))
_WORD = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|\{[{%].*?[}%]\}|</?[\w-]+|[\w$./@+-]*[\w$/@+-]|\S)""")
_VALUE = re.compile(r"""[^"'\[{\s,\]}#](?:[^,\]}#]*[^,\]}#\s])?""")
_NARROWEST = 40
_BEFORE = 30
"""Columns of a long line that are shown before the place."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is written on: whether it takes colour, and how many columns it has."""

    colour: bool = False
    width: int = 100

    def paint(self, text: str, *codes: str) -> str:
        """The text in colour, where there is colour."""
        return f"{''.join(codes)}{text}{_PLAIN}" if self.colour and text else text

    def level(self, text: str, level: str) -> str:
        """In the colour of errors or of warnings."""
        return self.paint(text, _BOLD, _RED if level == "error" else _YELLOW)


def excerpt(finding: Finding, lines: Sequence[str], paper: Paper) -> str:
    """The message, the place, the line before, the line itself with a caret, and the fix. Of a file that is not there,
    or of an empty line, there is nothing to show but message, place and fix."""
    there = finding.line <= len(lines) and bool(lines[finding.line - 1].strip())
    gutter = len(str(finding.line)) if there else 1
    pad = " " * gutter
    out = [
        paper.level(f"{finding.level}[{finding.code}]", finding.level) + paper.paint(f": {finding.message}", _BOLD),
        f"{paper.paint(f'{pad}-->', _BLUE)} {finding.file}:{finding.line}:{finding.col}",
    ]
    beside = False
    if there:
        bar = paper.paint(f"{pad} |", _BLUE)
        room = max(paper.width - gutter - 3, _NARROWEST)
        line, col = lines[finding.line - 1], finding.col - 1
        start = max(0, col - _BEFORE) if _width(line) > room else 0
        place = _width(_shown(line, start, room)[: col - start + bool(start)])
        mark = "^" * max(1, min(_width(_marked(finding.code, line, col)), room - place))
        beside = bool(finding.fix) and place + len(mark) + 1 + _width(finding.fix) <= room
        out.append(bar)
        if finding.line > 1 and lines[finding.line - 2].strip():
            number = paper.paint(f"{finding.line - 1:>{gutter}} |", _BLUE)
            out.append(f"{number} {paper.paint(_shown(lines[finding.line - 2], start, room), _FAINT)}")
        out.append(f"{paper.paint(f'{finding.line:>{gutter}} |', _BLUE)} {_shown(line, start, room)}")
        said = f"{mark} {finding.fix}" if beside else mark
        out.append(f"{bar} {' ' * place}{paper.level(said, finding.level)}")
    if finding.fix and not beside:
        out.append(f"{pad} {paper.paint('= fix:', _BLUE)} {finding.fix}")
    return "\n".join(out)


def _shown(line: str, start: int, room: int) -> str:
    """The part of a line from `start` on that fits, with dots where something is left out; nothing unprintable."""
    text = "".join(char if char.isprintable() else " " for char in line)
    if start:
        text = f"…{text[start:]}" if len(text) > start else ""
    while _width(text) > room:
        text = f"{text[: max(1, len(text) - max(2, (_width(text) - room) // 2 + 1))]}…"
    return text


def _width(text: str) -> int:
    """Columns of a terminal: wide letters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _marked(code: str, line: str, col: int) -> str:
    """What the caret underlines: a plain value to its end where the value is at fault, else a word."""
    whole = code.startswith(("bad-", "wrong-")) and code != "bad-condition"
    found = (_VALUE.match(line, col) if whole else None) or _WORD.match(line, col)
    return found[0] if found else " "
