"""Broken files with what is told of them, read from `broken/<code>.txt`; docs/linter.md shows the first of each.

    @ a sentence that says what is wrong
    scenarios/check_up.yaml            a file of the sound home (tests/authoring/trees.py), or a new one
    -   - wait: 2 days                 the text that stands there (nothing: a new file)
    +   - wait: »2 dys                 what stands there instead; » marks where a finding is expected
    ~   - wait: 3 days                 what is right instead, where that is not simply the old text
    = '2 dys' is not a span of time    how the finding of the next mark begins; `? ` instead for a warning
    = scenarios/a.yaml:3:1: no ...     a finding elsewhere
    & scenarios/a.yaml:3:1 wrong-type  another code that comes with it; `& *`: any

`+*90 key_{n}: 1` stands for ninety lines, `⟨FF⟩` for a byte, `! ln -s a b`, `! mkfifo b` for files that are no text,
and `! used webhooks crm calls` for open work that names something.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from funnel.authoring.codes import CODES, Code
from funnel.authoring.findings import Finding, Level, in_order
from funnel.authoring.gather import gather
from funnel.authoring.load import load_files
from funnel.authoring.rules.still_in_use import Section, still_in_use
from funnel.usecases.rehearsal.check import unmet_findings
from tests.authoring.trees import sound_files, write

FOLDER = Path(__file__).parent / "broken"
MARK = "»"
_BYTE = re.compile("⟨([0-9A-F]{2})⟩")
_PLACED = re.compile(r"^([\w./-]+):(\d+):(\d+):? (.*)$")
_REPEATED = re.compile(r"^\*(\d+) (.*)$")
Place = tuple[str, int, int]


@dataclass
class Hunk:
    """One change of one file."""

    file: str
    old: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    right: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Expected:
    """A finding: where, and how its message begins. Without a place it is at the next mark."""

    place: Place | None
    level: Level
    message: str


@dataclass
class Case:
    """One broken home and what is told of it."""

    code: Code
    title: str
    hunks: list[Hunk] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)
    others: list[tuple[Place, str]] = field(default_factory=list)
    any_other: bool = False

    def findings(self, folder: Path, *, right: bool = False) -> tuple[Finding, ...]:
        """What the linter tells of the home as it is wrong, or as it would be right. `folder` is an empty one."""
        files = self.files(right=right)
        if used := [command.split() for command in self.commands if command.startswith("used ")]:
            names = {cast(Section, section): {name: rest} for _, section, name, *rest in used}
            return () if right else in_order(still_in_use(files["scenarios/company.yaml"], names))
        if not self.commands or right:
            loaded = load_files(files)
            return in_order([*loaded.findings, *unmet_findings(loaded)])
        write(folder, files)
        for command in self.commands:
            kind, *words = (
                command.removeprefix("ln -s").split() if command.startswith("ln") else ["", command.split()[1]]
            )
            (os.symlink(kind, folder / words[0]) if kind else os.mkfifo(folder / words[0]))
        return load_files(*gather(folder)).findings

    def files(self, *, right: bool = False) -> dict[str, bytes]:
        """The whole home, its marks taken out."""
        files = sound_files()
        for hunk in self.hunks:
            files = self._changed(files, hunk, right=right)
        return {file: _bytes(content.decode().replace(MARK, "")) for file, content in files.items()}

    def places(self) -> list[Place]:
        """Where the marks stand, in order."""
        files = sound_files()
        for hunk in self.hunks:
            files = self._changed(files, hunk, right=False)
        found: list[Place] = []
        for file in dict.fromkeys(hunk.file for hunk in self.hunks):
            for number, line in enumerate(files.get(file, b"").decode().split("\n"), 1):
                at = [match.start() for match in re.finditer(MARK, line)]
                found += [(file, number, place + 1 - index) for index, place in enumerate(at)]
        return found

    def _changed(self, files: dict[str, bytes], hunk: Hunk, *, right: bool) -> dict[str, bytes]:
        if right and not hunk.right:
            return files
        lines = hunk.right if right else hunk.wrong
        if not lines and not right and hunk.right:
            return files
        new = "".join(f"{line}\n" for line in lines)
        if not hunk.old:
            assert hunk.file not in files, f"{hunk.file} is there: say what is replaced"
            return {**files, hunk.file: new.encode()}
        old, text = "\n".join(hunk.old), files[hunk.file].decode()
        assert old in text, f"{old!r} is not in {hunk.file}"
        at = text.index(old)
        after = text[at + len(old) :]
        if not lines:
            after = after.removeprefix("\n")
        return {**files, hunk.file: (text[:at] + new.removesuffix("\n") + after).encode()}


def _bytes(text: str) -> bytes:
    def byte(match: re.Match[str]) -> str:
        value = int(match[1], 16)
        return chr(0xDC00 + value if value >= 0x80 else value)

    return _BYTE.sub(byte, text).encode("utf-8", "surrogateescape")


def cases_of(code: Code) -> list[Case]:
    """The cases of a code, in the order of its file."""
    cases: list[Case] = []
    for line in (FOLDER / f"{code}.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        sign, rest = line[0], line[2:]
        if sign == "@":
            cases.append(Case(code, rest))
        elif sign in "-+~":
            _add(cases[-1].hunks[-1], sign, line[1:])
        elif sign in "=?":
            cases[-1].expected.append(_expected(rest, "error" if sign == "=" else "warning"))
        elif sign == "&":
            _other(cases[-1], rest)
        elif sign == "!":
            cases[-1].commands.append(rest)
        else:
            cases[-1].hunks.append(Hunk(line.strip()))
    return cases


def _add(hunk: Hunk, sign: str, text: str) -> None:
    into = {"-": hunk.old, "+": hunk.wrong, "~": hunk.right}[sign]
    if repeated := _REPEATED.match(text):
        into += [repeated[2].replace("{n}", str(number)) for number in range(int(repeated[1]))]
    else:
        into.append(text[1:])


def _expected(text: str, level: Level) -> Expected:
    if placed := _PLACED.match(text):
        return Expected((placed[1], int(placed[2]), int(placed[3])), level, placed[4])
    return Expected(None, level, text)


def _other(case: Case, text: str) -> None:
    if text.strip() == "*":
        case.any_other = True
        return
    placed = _PLACED.match(text)
    assert placed, text
    case.others.append(((placed[1], int(placed[2]), int(placed[3])), placed[4]))


def all_cases() -> list[Case]:
    """Every case of every code."""
    return [case for code in CODES for case in cases_of(code)]
