"""`funnel check`: every fault of every file, each with its place and its fix; a line that says how it stands."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from funnel.authoring.findings import Finding, has_error, in_order
from funnel.authoring.hints import count
from funnel.authoring.load import load_folder
from funnel.authoring.lone import check_file

_RED, _YELLOW, _GREEN, _BOLD, _PLAIN = "\x1b[31m", "\x1b[33m", "\x1b[32m", "\x1b[1m", "\x1b[0m"


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("check", help="check scenario files: every fault, its place, its fix")
    parser.add_argument("path", nargs="?", default=".", type=Path, help="the home folder, or one file (default: here)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="for people or for programs")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check a home or one file; 1 when there is an error, else 0."""
    path: Path = args.path
    if not path.exists():
        print(f"funnel check: there is no {path}; give the folder that holds scenarios/, or one file", file=sys.stderr)
        return 1
    findings, files = _check(path)
    if args.format == "json":
        print(json.dumps(_as_json(findings, files), indent=2, ensure_ascii=False))
    else:
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        for finding in findings:
            print(_painted(finding) if colour else finding)
        print(_paint(_closing(findings, files), _colour_of(findings)) if colour else _closing(findings, files))
    return 1 if has_error(findings) else 0


def _check(path: Path) -> tuple[Sequence[Finding], int]:
    """The findings, with files as paths from where the command was called, and how many files were read."""
    if path.is_dir():
        loaded = load_folder(path)
        return in_order(_seen_from(path, finding) for finding in loaded.findings), len(loaded.files)
    whole = path.absolute()
    home = next((parent.parent for parent in whole.parents if parent.name == "scenarios"), None) or next(
        (parent for parent in whole.parents if (parent / "scenarios").is_dir()), None
    )
    if home is None:
        return check_file(str(path), path), 1
    # References are checked against the other files; only this one's findings are told.
    name = whole.relative_to(home).as_posix()
    loaded = load_folder(home)
    if name not in loaded.files and not any(finding.file == name for finding in loaded.findings):
        return check_file(str(path), path), 1
    return [replace(finding, file=str(path)) for finding in loaded.findings if finding.file == name], 1


def _seen_from(home: Path, finding: Finding) -> Finding:
    return replace(finding, file=str(home / finding.file))


def _as_json(findings: Sequence[Finding], files: int) -> dict[str, object]:
    errors = sum(finding.level == "error" for finding in findings)
    return {
        "files": files,
        "errors": errors,
        "warnings": len(findings) - errors,
        "findings": [finding.as_json() for finding in findings],
    }


def _closing(findings: Sequence[Finding], files: int) -> str:
    """`3 errors, 1 warning in 2 files`, `All 4 files are sound.`"""
    if not findings:
        return "The file is sound." if files == 1 else f"All {files} files are sound."
    errors = sum(finding.level == "error" for finding in findings)
    warnings = len(findings) - errors
    parts = [count(number, noun) for number, noun in ((errors, "error"), (warnings, "warning")) if number]
    where = count(len({finding.file for finding in findings}), "file")
    end = "" if errors else "; nothing that stops publishing"
    return f"{', '.join(parts)} in {where}{end}"


def _colour_of(findings: Sequence[Finding]) -> str:
    return _RED if has_error(findings) else _YELLOW if findings else _GREEN


def _paint(text: str, colour: str) -> str:
    return f"{colour}{text}{_PLAIN}"


def _painted(finding: Finding) -> str:
    where, _, rest = str(finding).partition(f" {finding.level}[")
    level = _paint(f"{finding.level}[{finding.code}]", _RED if finding.level == "error" else _YELLOW)
    return f"{_paint(where, _BOLD)} {level}{rest.removeprefix(finding.code + ']')}"
