"""`funnel check`: every fault of every file, each with its place and its fix; a line that says how it stands."""

import argparse
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from funnel.authoring.codes import CODES
from funnel.authoring.findings import Finding, as_error, has_error, in_order
from funnel.authoring.hints import count, suggest
from funnel.authoring.load import Loaded, load_folder
from funnel.authoring.lone import check_file
from funnel.cli.excerpt import Paper, excerpt
from funnel.cli.options import home_folder

_GREEN = "\x1b[32m"
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_EPILOG = """\
On a terminal each fault is shown with its line; elsewhere a line a fault: `file:line:col: level[code]: message`.
Colour is left out when NO_COLOR is set. Status: 0 nothing stops publishing, 1 an error, 2 wrong usage.

  funnel check                          everything here
  funnel check scenarios/ebook.yaml     one file, with what it names
  funnel check --rehearse               also what leads of expect: get
  funnel check --strict                 a warning is an error, as for what is merged
  funnel check --explain bad-span       what a code means
  funnel check --format github          notes on the lines of a pull request"""


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.epilog = _EPILOG
    where = "the home folder, or one file (default: $FUNNEL_HOME, else here)"
    parser.add_argument("path", nargs="?", default=home_folder(), type=Path, help=where)
    parser.add_argument(
        "--format",
        choices=("text", "full", "json", "github"),
        default="text",
        help="text for people (full: with the lines also when not on a terminal), json, or github",
    )
    parser.add_argument("--rehearse", action="store_true", help="also rehearse, and hold `expect:` against what came")
    parser.add_argument("--strict", action="store_true", help="a warning is an error too")
    parser.add_argument("--explain", metavar="CODE", help="what a code means, and nothing else")
    parser.set_defaults(run=run)


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of it: the findings, with files as paths from where the command was called; the files' bytes."""

    findings: Sequence[Finding]
    files: Mapping[str, bytes]
    read: int
    """How many files were looked at."""


def run(args: argparse.Namespace) -> int:
    """Check a home or one file; 1 when there is an error, else 0."""
    if args.explain is not None:
        return _explain(args.explain)
    path: Path = args.path
    if not path.exists():
        print(f"funnel check: there is no {path}; give the folder that holds scenarios/, or one file", file=sys.stderr)
        return 1
    checked = _check(path, rehearsed=args.rehearse)
    if args.strict:
        checked = replace(checked, findings=[as_error(one) for one in checked.findings])
    terminal = sys.stdout.isatty()
    _FORMATS["full" if args.format == "text" and terminal else args.format](checked, terminal)
    return 1 if has_error(checked.findings) else 0


def _check(path: Path, *, rehearsed: bool = False) -> Checked:
    if path.is_dir():
        loaded = load_folder(path)
        files = {str(path / file): content for file, content in loaded.files.items()}
        findings = in_order(replace(one, file=str(path / one.file)) for one in _told(loaded, rehearsed))
        return Checked(findings, files, len(files))
    whole = path.absolute()
    home = next((parent.parent for parent in whole.parents if parent.name == "scenarios"), None) or next(
        (parent for parent in whole.parents if (parent / "scenarios").is_dir()), None
    )
    if home is not None:
        # References are checked against the other files; only this one's findings are told.
        name = whole.relative_to(home).as_posix()
        loaded = load_folder(home)
        if name in loaded.files or any(finding.file == name for finding in loaded.findings):
            findings = in_order(replace(one, file=str(path)) for one in _told(loaded, rehearsed) if one.file == name)
            return Checked(findings, {str(path): loaded.files.get(name, b"")}, 1)
    content, told = check_file(str(path), path)
    return Checked(told, {str(path): content}, 1)


def _told(loaded: Loaded, rehearsed: bool) -> Sequence[Finding]:
    """What the linter tells, and what publishing would refuse: mails that do not compile; with a rehearsal also what
    leads get otherwise than expected."""
    found = [*loaded.findings]
    if loaded.company:
        from funnel.bootstrap import build_paper
        from funnel.usecases.unwritable import unwritable

        writer = build_paper(loaded.bundles.values(), loaded.company).writer
        told = {(one.file, one.line) for one in found}
        found += [one for own in unwritable(writer, loaded).values() for one in own if (one.file, one.line) not in told]
    if rehearsed:
        from funnel.usecases.rehearsal.check import unmet_findings

        if loaded.company:
            found += unmet_findings(loaded, build_paper(loaded.bundles.values(), loaded.company))
    return found


def _lines(checked: Checked, terminal: bool) -> None:
    for finding in checked.findings:
        print(finding)
    print(_closing(checked))


def _full(checked: Checked, terminal: bool) -> None:
    """Each finding with its line; in colour on a terminal that takes it."""
    width = min(shutil.get_terminal_size((100, 24)).columns, 160) if terminal else 100
    paper = Paper(terminal and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb", width)
    split: dict[str, list[str]] = {}
    for finding in checked.findings:
        if finding.file not in split:
            text = checked.files.get(finding.file, b"").decode("utf-8-sig", "replace")
            split[finding.file] = _BREAK.split(text)
        print(excerpt(finding, split[finding.file], paper), end="\n\n")
    closing = _closing(checked)
    if not checked.findings:
        print(paper.paint(closing, _GREEN))
        return
    worst = "error" if has_error(checked.findings) else "warning"
    code = next(finding.code for finding in checked.findings if finding.level == worst)
    print(f"{paper.level(closing, worst)}\nMore on one: funnel check --explain {code}")


def _json(checked: Checked, terminal: bool) -> None:
    errors = sum(finding.level == "error" for finding in checked.findings)
    said = {
        "files": checked.read,
        "errors": errors,
        "warnings": len(checked.findings) - errors,
        "findings": [finding.as_json() for finding in checked.findings],
    }
    print(json.dumps(said, indent=2, ensure_ascii=False))


def _github(checked: Checked, terminal: bool) -> None:
    """Workflow commands, which GitHub shows on the lines of a pull request."""
    for finding in checked.findings:
        fix = f"\nFix: {finding.fix}" if finding.fix else ""
        place = f"file={_property(finding.file)},line={finding.line},col={finding.col}"
        title = f"title={_property(f'funnel {finding.code}')}"
        print(f"::{finding.level} {place},{title}::{_escaped(finding.message + fix)}")
    print(_closing(checked))


_FORMATS: dict[str, Callable[[Checked, bool], None]] = {
    "text": _lines,
    "full": _full,
    "json": _json,
    "github": _github,
}


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _explain(code: str) -> int:
    """One code in words; where it is shown wrong and right."""
    meaning = {str(known): line for known, line in CODES.items()}.get(code)
    if meaning is None:
        print(f"funnel check: there is no code {code!r}; {suggest(code, CODES)}", file=sys.stderr)
        return 2
    print(f"{code}: {meaning}\nWrong and right, side by side: docs/linter.md#{code}")
    return 0


def _closing(checked: Checked) -> str:
    """`3 errors, 1 warning in 2 files`, `All 4 files are sound.`"""
    findings = checked.findings
    if not findings:
        return "The file is sound." if checked.read == 1 else f"All {checked.read} files are sound."
    errors = sum(finding.level == "error" for finding in findings)
    warnings = len(findings) - errors
    parts = [count(number, noun) for number, noun in ((errors, "error"), (warnings, "warning")) if number]
    where = count(len({finding.file for finding in findings}), "file")
    end = "" if errors else "; nothing that stops publishing"
    return f"{', '.join(parts)} in {where}{end}"
