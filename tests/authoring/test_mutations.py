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
LIST = Path(__file__).parent / "harmless.txt"
WARNED, ELSEWHERE, HARMLESS = "[told by a warning]", "[told where it is missed]", "[harmless]"
SHARE = 0.02
"""Of all, at most so many are harmless or told elsewhere only."""
STEP = 499
"""`make test` tries every so-manieth; all are tried among the slow tests."""


@dataclass(frozen=True)
class Listed:
    """A line of the committed list."""

    line: str
    section: str
    pattern: re.Pattern[str]


@cache
def listed() -> list[Listed]:
    found: list[Listed] = []
    section = reason = ""
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line
        elif line.startswith("= "):
            reason = line
        elif line and not line.startswith("#"):
            assert section in (WARNED, ELSEWHERE, HARMLESS), f"{line} stands in no section"
            assert reason, f"{line} has no reason"
            escaped = re.escape(line).replace(r"\*", "[^.]+")
            pattern = re.sub(r"\\\{(.*?)\\\}", lambda match: f"(?:{match[1].replace(',', '|')})", escaped)
            found.append(Listed(line, section, re.compile(pattern)))
    return found


def entry_of(file: str, mutation: Mutation) -> Listed | None:
    text = f"{mutation.kind} {file} {mutation.key}"
    return next((one for one in listed() if one.pattern.fullmatch(text)), None)


@cache
def shipped() -> Mapping[str, bytes]:
    files, unread = gather(ROOT)
    assert not unread
    return files


_OWN = re.compile(r"(?:scenarios/(\w+)\.yaml|(?:email_templates|landing_pages|assets)/(\w+)/.*)")
_CALL = re.compile(r"\bcall: ")
_FIRST = "self_evaluation"
"""The scenario to which pages that all share lead."""


@cache
def scenarios() -> Mapping[str, str]:
    """The text of each."""
    found = {match[1]: content for file, content in shipped().items() if (match := _OWN.fullmatch(file)) and match[1]}
    return {name: content.decode() for name, content in found.items() if name != "company"}


def named(scenario: str, found: set[str]) -> set[str]:
    """A scenario and those that it uses or starts."""
    if scenario in scenarios() and scenario not in found:
        found.add(scenario)
        for other in re.findall(r"(?:use|start): (\w+)", scenarios()[scenario]):
            named(other, found)
    return found


def _has_form(scenario: str) -> bool:
    return re.search(r"^(form|use):", scenarios().get(scenario, ""), re.MULTILINE) is not None


@cache
def home_of(file: str) -> Mapping[str, bytes]:
    """The shipped files that a slip in one of them has to do with: its scenario, those that name or use it or are of
    its kind or have calls as it has, and what all share; the company's file has to do with all. So a slip takes less
    time."""
    if file == "scenarios/company.yaml":
        return shipped()
    match = _OWN.fullmatch(file)
    stem = (match[1] or match[2]) if match else Path(file).stem
    near = named(_FIRST, set())
    for name, text in scenarios().items():
        if name == stem or re.search(rf"\b{stem}\b", text):
            named(name, near)
    if match and match[1]:
        has_form = _has_form(stem)
        near |= {name for name, text in scenarios().items() if "\nuse:" not in text and _has_form(name) == has_form}
        near |= {
            name for name, text in scenarios().items() if _CALL.search(text) and _CALL.search(scenarios().get(stem, ""))
        }
    return {
        other: content
        for other, content in shipped().items()
        if not (own := _OWN.fullmatch(other)) or (own[1] or own[2]) in near or (own[1] or own[2]) not in scenarios()
    }


FILES = sorted(file for file in shipped() if file.endswith(".yaml"))


@cache
def all_of(file: str) -> list[Mutation]:
    return list(mutations_of(shipped()[file].decode()))


@cache
def before(file: str) -> tuple[Finding, ...]:
    """What its home tells without a slip: the company's file may name scenarios that this home has not."""
    return load_files(home_of(file)).findings


def told(file: str, mutation: Mutation) -> tuple[list[Finding], list[Finding]]:
    """What is told at the place of the slip, and elsewhere."""
    findings = load_files({**home_of(file), file: mutation.text.encode()}).findings
    here = [one for one in findings if one.file == file and (one.line, one.col) in mutation.places]
    return here, [one for one in findings if one not in here and one not in before(file)]


def complaints(file: str, mutations: list[Mutation]) -> Iterator[str]:
    """Slips that are told otherwise than they should be: by an error, strictly by a warning, or elsewhere."""
    for mutation in mutations:
        found, elsewhere = told(file, mutation)
        errors = [one for one in found if one.level == "error"]
        entry = entry_of(file, mutation)
        if entry is not None:
            as_listed = {
                WARNED: bool(found),
                ELSEWHERE: any(one.level == "error" for one in elsewhere),
                HARMLESS: not found,
            }
            if errors or not as_listed[entry.section]:
                yield f"listed as {entry.line!r}, but {mutation.name} tells {[str(one) for one in found]}"
        elif not errors:
            yield f"{file}: {mutation.name} tells no error at {sorted(mutation.places)}"
        elif mutation.meant and not any(f"did you mean '{mutation.meant}'" in one.fix for one in errors):
            yield f"{file}: {mutation.name} does not say what was meant: {[one.fix for one in errors]}"


def test_the_shipped_files_are_sound() -> None:
    assert [str(finding) for finding in load_files(shipped()).findings] == []


def test_at_most_two_in_a_hundred_are_not_told_at_their_place_and_each_line_of_the_list_is_needed() -> None:
    everything = [(file, mutation) for file in FILES for mutation in all_of(file)]
    entries = [entry for file, mutation in everything if (entry := entry_of(file, mutation)) is not None]
    assert sum(entry.section != WARNED for entry in entries) <= SHARE * len(everything)
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
