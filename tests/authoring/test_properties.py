"""Whatever stands in a file: never a traceback, never long, and each damage to a good file is told."""

import difflib
import string
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funnel.authoring.codes import CODES
from funnel.authoring.document import Document
from funnel.authoring.findings import Finding, Path, has_error
from funnel.authoring.load import load_files
from funnel.authoring.positions import MAX_VALUES, read_yaml
from tests.authoring.trees import sound_files

LIMIT = 20.0
"""Seconds of the processor that no file may take, on a machine ten times slower than one that takes less than two
(`python -m benches linter` measures that one)."""

FILES = ["scenarios/company.yaml", "scenarios/check_up.yaml", "scenarios/questionnaires/cx.yaml"]
EMAIL = "email_templates/check_up/offer/email.yaml"

yamlish = st.lists(
    st.sampled_from(
        [
            *"[]{}:,-?|>&*!%@#'\"\n\t ",
            "\n  ",
            "- ",
            ": ",
            "scenario",
            "sequence",
            "when",
            "do",
            "choose",
            "wait",
            "~",
            "1",
            "é",
        ]
    ),
    max_size=60,
).map("".join)
unwritten = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(string.printable, max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "wait", "when", "do", "en"]), inner)
    ),
    max_leaves=8,
)


def findings_with(file: str, content: bytes) -> tuple[Finding, ...]:
    begin = time.process_time()
    findings = load_files({**sound_files(), file: content}).findings
    assert time.process_time() - begin < LIMIT
    for finding in findings:
        assert finding.line >= 1
        assert finding.col >= 1
        assert finding.code in CODES
        assert str(finding).isprintable(), repr(str(finding))
    return findings


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from([*FILES, EMAIL]), st.one_of(st.binary(max_size=200), yamlish.map(str.encode)))
def test_any_bytes_are_read_or_refused(file: str, content: bytes) -> None:
    findings_with(file, content)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from([*FILES, EMAIL]), st.data())
def test_any_damage_in_the_middle_of_a_good_file_is_survived(file: str, data: st.DataObject) -> None:
    good = sound_files()[file]
    place = data.draw(st.integers(0, len(good)))
    length = data.draw(st.integers(0, 20))
    findings_with(file, good[:place] + data.draw(yamlish).encode() + good[place + length :])


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from(["landing_pages/privacy.html", "email_templates/house/dossier/body.en.mjml"]), st.text(max_size=80)
)
def test_any_template_is_read_or_refused(file: str, text: str) -> None:
    findings_with(file, text.encode("utf-8", "surrogatepass"))


def _many(file: str, old: str, new: str, each: str) -> tuple[str, bytes]:
    """A good file with one text replaced by as many as a file may have, each different."""
    good = sound_files()[file].decode()
    assert old in good
    values = 2 * each.count(":") + 2
    count = min(900_000 // len(each), MAX_VALUES * 9 // 10 // values)
    return file, good.replace(old, new + "".join(each % number for number in range(count)), 1).encode()


EXPECT = "targets: {visitors: 400, leads: 25%}\n"
ADDRESS = "    email: camille@verdanne.example\n    role: rep\n    team: consulting\n    zone: Europe/Paris\n"
STEPS = "sequence:\n" + "".join(f"  - email: $y{number}abc\n" for number in range(450))


@pytest.mark.parametrize(
    "file,content",
    [
        _many(FILES[1], "sequence:\n", "sequence:\n", "  - email: x%d\n"),
        _many(FILES[1], "[follow_up_email]", "\n", "    - x%d\n"),
        _many(FILES[0], "[en]", "\n", "  - x%d\n"),
        _many(
            FILES[0], "users:\n", "users:\n", "  - {id: u%d, name: x, email: x@y.zz, role: rep, zone: Europe/Pariss}\n"
        ),
        _many(
            FILES[0],
            "appointment_types:\n",
            "appointment_types:\n",
            "  - {id: u%d, title: x, minutes: 30, team: consultin}\n",
        ),
        _many(FILES[1], "sequence:\n", f"{STEPS}parameters:\n", "  x%dabc: 1\n"),
        _many(
            FILES[1],
            "sequence:\n",
            "sequence:\n  - otherwise: []\n    choose:\n",
            "      - {when: score > %d, do: []}\n",
        ),
        _many(FILES[1], EXPECT, "expect:\n  - lead: a\n    gets:\n", "      - resuts%d\n"),
        _many(FILES[1], EXPECT, "expect:\n", "  - {lead: a%d, ends: x, zone: Europe/Pariss}\n"),
        _many(FILES[1], EXPECT, "targets:\n", "  visitor%d: 1\n"),
        _many(FILES[1], "title: {en: Check-up}\n", "title:\n", "  x%d: y\n"),
        _many(FILES[0], "teams:\n", "teams:\n", "  - {id: x%d, name: y}\n"),
        _many(FILES[0], "  plan_sent: {en: Plan sent}\n", "", "  x%d: y\n"),
        _many(
            FILES[2], "      - id: mood", "      - id: mood", "\n        kind: number\n        text: x\n      - id: q%d"
        ),
        _many(FILES[2], "        choices:\n", "        choices:\n", "          - {id: x%d, text: y}\n"),
    ],
    ids=[
        *("mails", "consents", "locales", "zones", "types", "parameters", "cases", "expected mails", "expected leads"),
        *("targets", "languages", "teams", "statuses", "questions", "choices"),
    ],
)
def test_thousands_of_entries_are_checked_in_time(file: str, content: bytes) -> None:
    findings = findings_with(file, content)
    assert not any("60,000 values" in finding.message for finding in findings), "nothing was checked"
    assert len(findings) < 1000


@pytest.mark.parametrize(
    "content",
    [
        *(b"a: 1\n" * 190_000, b"- a\n" * 240_000, b"[a," * 300_000, b"x: [" + b"1," * 490_000, b"? " * 490_000),
        *(b"'" * 990_000, b"sequence:\n" + b"- wait\n" * 90_000, b"".join(b"k%d: 1\n" % n for n in range(70_000))),
        *(b"title: " + b"x" * 990_000, b"x" * 990_000 + b": 1", b"why: " + b"volum" * 190_000, b"&a " * 300_000),
        *(b"sequence:\n- when: '" + b"(" * 900_000 + b"'\n  do: []", b"{" * 20 + b"\n" * 990_000),
    ],
    ids=lambda content: content[:12].decode(),
)
def test_a_hostile_megabyte_is_refused_in_time(content: bytes) -> None:
    assert has_error(findings_with("scenarios/check_up.yaml", content))


@pytest.mark.parametrize("file", ["landing_pages/privacy.html", "email_templates/check_up/offer/body.en.mjml"])
@pytest.mark.parametrize(
    "content",
    [
        *(b"{{ a }}" * 14_000, b"{% if a %}" * 9_000, b'{{ "' + b"a" * 99_000, b"<mj-x>" * 16_000),
        *(b'<a href="/x">' * 7_000, b"{% for a in b %}" * 6_000, b"{{ lead.nam }}\n" * 6_000),
        *(
            b"{{" + b"a." * 45_000 + b"a}}",
            b"{{" + b"(a," * 24_000,
            b"{{" + b"a+" * 30_000 + b"a}}",
            b"{{ a }}" * 140_000,
        ),
        b"{% include 'house/_x.mjml' %}" * 3_000,
    ],
    ids=lambda content: content[:12].decode(),
)
def test_a_hostile_template_is_refused_in_time(file: str, content: bytes) -> None:
    assert has_error(findings_with(file, content))


def _places(document: Document) -> Iterator[Path]:
    """Every key of a document, by its path."""
    yield from document.keys


def _dumped(data: Any, indent: int = 0) -> str:
    """Plain block YAML, one key or item a line, so that places are easy to tell."""
    pad = "  " * indent
    if isinstance(data, dict) and data:
        lines = []
        for key, value in data.items():
            nested = isinstance(value, dict | list) and value
            lines.append(f"{pad}{key}:" + (f"\n{_dumped(value, indent + 1)}" if nested else f" {_dumped(value)}"))
        return "\n".join(lines)
    if isinstance(data, list) and data:
        items = (_dumped(item, indent + 1) for item in data)
        return "\n".join(f"{pad}- {item[len(pad) + 2 :] if item.startswith(pad + '  ') else item}" for item in items)
    if isinstance(data, str):
        return "'" + data.replace("'", "''") + "'"
    if data is None or isinstance(data, bool):
        return {None: "null", True: "true", False: "false"}[data]
    return str(data)


def _without(data: Any, path: Path) -> Any:
    head, *rest = path
    if isinstance(data, list):
        return [_without(item, tuple(rest)) if place == head else item for place, item in enumerate(data)]
    if not rest:
        return {key: value for key, value in data.items() if key != head}
    return {key: _without(value, tuple(rest)) if key == head else value for key, value in data.items()}


def _renamed(data: Any, path: Path, name: str) -> Any:
    head, *rest = path
    if isinstance(data, list):
        return [_renamed(item, tuple(rest), name) if place == head else item for place, item in enumerate(data)]
    if not rest:
        return {name if key == head else key: value for key, value in data.items()}
    return {key: _renamed(value, tuple(rest), name) if key == head else value for key, value in data.items()}


REQUIRED: list[tuple[str, Path]] = [
    *((FILES[0], (key,)) for key in ("name", "brand", "zone", "country", "locales", "sender", "teams", "users")),
    *((FILES[0], ("users", 0, key)) for key in ("id", "name", "email", "role")),
    *((FILES[0], ("appointment_types", 0, key)) for key in ("id", "title", "minutes")),
    *((FILES[1], (key,)) for key in ("scenario", "title", "offer", "why", "sequence")),
    *((FILES[1], path) for path in (("form", "page"), ("sequence", 2, "propose", "appointment"))),
    *((FILES[1], ("sequence", 3, key)) for key in ("within", "otherwise")),
    *(
        (FILES[1], path)
        for path in (("sequence", 4, "otherwise"), ("sequence", 4, "choose", 0, "do"), ("sequence", 5, "do"))
    ),
    *((FILES[2], (key,)) for key in ("questionnaire", "title", "pages")),
    *((FILES[2], ("pages", 0, "questions", 1, key)) for key in ("id", "kind", "text")),
    *((EMAIL, (key,)) for key in ("kind", "preheader")),
]


@pytest.mark.parametrize("file,path", REQUIRED)
def test_a_required_key_that_is_deleted_is_missed_at_its_parent(file: str, path: Path) -> None:
    data = read_yaml(file, sound_files()[file]).data
    content = _dumped(_without(data, path)).encode()
    damaged = read_yaml(file, content)
    parent = damaged.values[path[:-1]]
    found = [
        finding
        for finding in findings_with(file, content)
        if finding.file == file and repr(path[-1]) in finding.message
    ]
    assert (parent.line, parent.col) in {(finding.line, finding.col) for finding in found}
    assert {finding.code for finding in found} <= {"missing-key", "no-way-out"}


NOT_OURS = (("title",), ("consents",), ("statuses",), ("tags",), ("targets",), ("availability",))
"""Mappings whose keys are the author's own words."""


def _own_keys(file: str) -> list[Path]:
    document = read_yaml(file, sound_files()[file])
    return [path for path in _places(document) if path[-1] != "en" and path[-2:-1] not in NOT_OURS]


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from([(file, path) for file in [*FILES, EMAIL] for path in _own_keys(file)]), st.data())
def test_a_misspelt_key_is_told_with_what_was_meant(where: tuple[str, Path], data: st.DataObject) -> None:
    file, path = where
    key = str(path[-1])
    place = data.draw(st.integers(1, len(key)))
    wrong = f"{key[:place]}{data.draw(st.sampled_from('xz'))}{key[place:]}"
    content = _dumped(_renamed(read_yaml(file, sound_files()[file]).data, path, wrong)).encode()
    damaged = read_yaml(file, content)
    spot = damaged.keys[(*path[:-1], wrong)]
    found = [
        one for one in findings_with(file, content) if (one.file, one.line, one.col) == (file, spot.line, spot.col)
    ]
    told = [one for one in found if one.code in ("unknown-key", "unknown-verb")]
    assert told, found
    if len(key) > 3 and difflib.SequenceMatcher(None, wrong, key).ratio() > 0.8:
        assert any(f"did you mean '{key}'?" in one.fix for one in told), told


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from([(file, path) for file in [*FILES, EMAIL] for path in _own_keys(file)]), unwritten)
def test_any_value_in_any_place_is_survived(where: tuple[str, Path], value: Any) -> None:
    file, path = where
    data = read_yaml(file, sound_files()[file]).data
    here = data
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = value
    findings_with(file, _dumped(data).encode())


def test_every_code_is_used_and_explained() -> None:
    assert all(line.endswith(".") and 10 < len(line) < 120 for line in CODES.values())
    assert list(CODES) == sorted(CODES)
