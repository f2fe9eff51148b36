"""Every slip in every shipped file is told where it was made: deleted, misspelt, mistyped, doubled, indented."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from funnel.authoring.findings import Finding
from funnel.authoring.gather import gather
from funnel.authoring.load import load_files
from tests.authoring.mutations import Mutation, mutations_of

ROOT = Path(__file__).parents[2]
HARMLESS = Path(__file__).parent / "harmless.txt"
SHARE = 0.02
"""Harmless ones among all, at most."""
STEP = 149
"""`make test` tries every so-manieth; all are tried among the slow tests."""


@dataclass(frozen=True)
class Listed:
    """A line of the committed list."""

    line: str
    warned: bool
    pattern: re.Pattern[str]


@cache
def listed() -> list[Listed]:
    found: list[Listed] = []
    section = reason = ""
    for line in HARMLESS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line
        elif line.startswith("= "):
            reason = line
        elif line and not line.startswith("#"):
            assert section, f"{line} stands in no section"
            assert reason, f"{line} has no reason"
            escaped = re.escape(line).replace(r"\*", "[^.]+")
            pattern = re.sub(r"\\\{(.*?)\\\}", lambda match: f"(?:{match[1].replace(',', '|')})", escaped)
            found.append(Listed(line, section == "[told by a warning]", re.compile(pattern)))
    return found


def entry_of(file: str, mutation: Mutation) -> Listed | None:
    text = f"{mutation.kind} {file} {mutation.key}"
    return next((one for one in listed() if one.pattern.fullmatch(text)), None)


NOT_YET = ("ebook", "ebook_retail", "conference", "webinar", "no_show", "after_appointment", "recurring_visits")
"""Scenarios whose slips nobody has gone through yet, one by one: what of them is harmless is not judged."""
_OF_THEM = re.compile(
    rf"(scenarios/({'|'.join(NOT_YET)})\.yaml|(email_templates|landing_pages|assets)/({'|'.join(NOT_YET)})/.*"
    r"|scenarios/questionnaires/talk_feedback\.yaml|scenarios/personas/cx_director\.yaml)"
)
_REHEARSED = re.compile(r"\.yaml (?:with\.)?expect\b")
"""What sample leads do and get is held against a rehearsal, by `funnel check --rehearse`: no slip of it is harmless."""
_LEADS_TO_THEM = re.compile(rf"(?m)^(    scenario: )({'|'.join(NOT_YET)})$")


@cache
def shipped() -> Mapping[str, bytes]:
    files, unread = gather(ROOT)
    assert not unread
    kept = {file: content for file, content in files.items() if not _OF_THEM.fullmatch(file)}
    company = kept["scenarios/company.yaml"].decode()
    return kept | {"scenarios/company.yaml": _LEADS_TO_THEM.sub(r"\1self_evaluation", company).encode()}


FILES = sorted(file for file in shipped() if file.endswith(".yaml"))


@cache
def all_of(file: str) -> list[Mutation]:
    return list(mutations_of(shipped()[file].decode()))


def told(file: str, mutation: Mutation) -> list[Finding]:
    """What is told at the place of the slip."""
    findings = load_files({**shipped(), file: mutation.text.encode()}).findings
    return [one for one in findings if one.file == file and (one.line, one.col) in mutation.places]


def complaints(file: str, mutations: list[Mutation]) -> Iterator[str]:
    """Slips that are told otherwise than they should be."""
    for mutation in mutations:
        found = told(file, mutation)
        errors = [one for one in found if one.level == "error"]
        entry = entry_of(file, mutation)
        if entry is not None:
            if errors or bool(found) != entry.warned:
                yield f"listed as {entry.line!r}, but {mutation.name} tells {[str(one) for one in found]}"
        elif not errors:
            yield f"{file}: {mutation.name} tells no error at {sorted(mutation.places)}"
        elif mutation.meant and not any(f"did you mean '{mutation.meant}'" in one.fix for one in errors):
            yield f"{file}: {mutation.name} does not say what was meant: {[one.fix for one in errors]}"


def test_the_shipped_files_are_sound() -> None:
    assert [str(finding) for finding in load_files(shipped()).findings] == []


def test_at_most_two_in_a_hundred_are_harmless_and_each_line_of_the_list_is_needed() -> None:
    everything = [(file, mutation) for file in FILES for mutation in all_of(file)]
    entries = [entry for file, mutation in everything if (entry := entry_of(file, mutation)) is not None]
    told_later = [entry for entry in entries if _REHEARSED.search(entry.line)]
    assert sum(not entry.warned for entry in entries) - len(told_later) <= SHARE * len(everything)
    assert {entry.line for entry in entries} == {entry.line for entry in listed()}


def test_every_so_manieth_slip_is_told_where_it_was_made() -> None:
    everything = [(file, mutation) for file in FILES for mutation in all_of(file)]
    found = [complaint for file, mutation in everything[7::STEP] for complaint in complaints(file, [mutation])]
    assert found == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", ["deleted", "misspelt", "wrong type", "doubled", "indented"])
@pytest.mark.parametrize("file", FILES)
def test_every_slip_is_told_where_it_was_made(file: str, kind: str) -> None:
    assert list(complaints(file, [mutation for mutation in all_of(file) if mutation.kind == kind])) == []
