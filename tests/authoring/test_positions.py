"""YAML is read with positions, by YAML 1.2's types, and nothing surprising gets in."""

import pytest

from funnel.authoring.findings import MAX_FINDINGS, Problem
from funnel.authoring.positions import MAX_BYTES, MAX_DEPTH, read_yaml
from funnel.authoring.saying import say


def told(content: bytes) -> list[str]:
    return [str(finding) for finding in read_yaml("f.yaml", content).findings]


def test_words_and_times_stay_text_as_in_yaml_1_2() -> None:
    document = read_yaml(
        "f.yaml", b"on: off\nat: 12:30\nsure: yes\ntrue_: true\nn: 3\nd: 2.5\nnothing:\ndate: 2026-12-24\n"
    )
    assert document.data == {
        "on": "off",
        "at": "12:30",
        "sure": "yes",
        "true_": True,
        "n": 3,
        "d": 2.5,
        "nothing": None,
        "date": "2026-12-24",
    }
    assert document.findings == []


def test_quoted_numbers_are_text_and_very_long_ones_too() -> None:
    document = read_yaml("f.yaml", b"a: '5'\nb: " + b"9" * 5000)
    assert document.data["a"] == "5"
    assert document.data["b"] == "9" * 5000


def test_every_key_and_value_has_its_line_and_column() -> None:
    document = read_yaml("f.yaml", "é: {b: [x, 'y']}\nc:\n  - d: 1\n".encode())
    assert (document.values[("é", "b", 1)].line, document.values[("é", "b", 1)].col) == (1, 12)
    assert (document.keys[("é", "b")].line, document.keys[("é", "b")].col) == (1, 5)
    assert (document.values[("c", 0, "d")].line, document.values[("c", 0, "d")].col) == (3, 8)


def test_a_problem_of_what_is_not_there_is_placed_at_the_nearest_parent() -> None:
    document = read_yaml("f.yaml", b"a:\n  b: 1\n")
    placed = document.place(Problem(("a", "c", 3), "missing-key", say("no c")))
    assert str(placed) == "f.yaml:2:3: error[missing-key]: no c"


@pytest.mark.parametrize(
    "text,offset,place",
    [
        ("a: one two", 4, (1, 8)),
        ("a: one two", 7, (1, 11)),
        ("a: one\n  two", 4, (2, 3)),
        ("a: 'one two'", 4, (1, 9)),
        ("a: 'one ' # here", 4, (1, 9)),
        ("a: 'it''s two'", 5, (1, 11)),
        ("a: 'it''s\n\n    two'", 5, (3, 5)),
        ('a: "one \\"two"', 5, (1, 11)),
        ('a: "\\u00e9\\x20two"', 2, (1, 15)),
        ('a: "one\\ttwo \\\n  three"', 8, (2, 3)),
        ("a: |\n  one two", 4, (2, 7)),
        ("a: >-  # folded\n  one\n  two\nb: 1", 4, (3, 3)),
        ("a: |2\n    one two", 6, (2, 9)),
    ],
)
def test_an_offset_points_into_the_text_however_it_is_written(text: str, offset: int, place: tuple[int, int]) -> None:
    document = read_yaml("f.yaml", text.encode())
    assert document.findings == []
    found = document.place(Problem(("a",), "bad-condition", say("here"), offset=offset))
    assert (found.line, found.col) == place


@pytest.mark.parametrize(
    "content,finding",
    [
        (b"a: 1\na: 2", "f.yaml:2:1: error[duplicate-key]: the key 'a' stands twice, first on line 1; fix: keep one"),
        (
            b"a: b: c",
            "f.yaml:1:5: error[syntax]: mapping values are not allowed in this context; fix: quote a text that",
        ),
        (
            b"a:\n\t- 1",
            "f.yaml:2:1: error[syntax]: found character that cannot start any token; fix: indent with spaces",
        ),
        (b"a: &x 1", "f.yaml:1:4: error[alias]: the anchor 'x' is not allowed"),
        (b"a: *x", "f.yaml:1:4: error[alias]: the alias 'x' is not allowed"),
        (b"a: !!python/none x", "f.yaml:1:4: error[tag]: the tag 'tag:yaml.org,2002:python/none' is not allowed"),
        (b"1: a", "f.yaml:1:1: error[bad-key]: the key '1' is not text; fix: quote it: '1'"),
        (b"? [a]\n: b", "f.yaml:1:3: error[bad-key]: a key must be text"),
        ("é: \xff".encode("latin-1"), "f.yaml:1:1: error[not-utf8]: the file is not UTF-8"),
        (b"\xef\xbb\xbfc: \xff", "f.yaml:1:4: error[not-utf8]: the file is not UTF-8; fix: save it as UTF-8"),
        (b"a: b\rc: \xff", "f.yaml:2:4: error[not-utf8]: the file is not UTF-8; fix: save it as UTF-8"),
        (b"a: b\rc: \x07", "f.yaml:2:4: error[control-character]: the character U+0007 is not allowed"),
        (b"a: b\nc: \xff", "f.yaml:2:4: error[not-utf8]: the file is not UTF-8; fix: save it as UTF-8"),
        (b"a: x\x07", "f.yaml:1:5: error[control-character]: the character U+0007 is not allowed"),
        (b'a: "x\\r\\n"', "f.yaml:1:4: error[control-character]: the text holds the control character U+000D"),
        (b"", "f.yaml:1:1: error[empty-file]: the file is empty"),
        (b"# only this", "f.yaml:1:1: error[empty-file]"),
        (b"a: 1\n---\nb: 2", "f.yaml:2:1: error[several-documents]"),
        (b"[" * 31, "f.yaml:1:31: error[too-deep]: nested more than 30 levels deep"),
    ],
)
def test_what_is_not_plain_yaml_is_told_with_its_place(content: bytes, finding: str) -> None:
    assert told(content)[0].startswith(finding)


def test_thirty_levels_are_allowed() -> None:
    assert told(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH) == []


def test_faults_that_do_not_stop_reading_are_all_told_up_to_a_limit() -> None:
    assert len(told(b"a: 1\na: 2\nb: &x 3\n2: c\n")) == 3
    many = told(b"a: 1\n" * 1000)
    assert len(many) == MAX_FINDINGS + 1
    assert "too-many" in many[-1]


def test_a_file_over_the_limit_is_not_read() -> None:
    assert "too-big" in told(b"#" * (MAX_BYTES + 1))[0]


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_yaml("f.yaml", "\ufeffa: 1".encode()).data == {"a": 1}


@pytest.mark.parametrize("line", ['- when: "gold" in tags', "  valid_when: 'gold' in tags"])
def test_a_condition_that_begins_with_a_quote_is_to_be_quoted_as_a_whole(line: str) -> None:
    (found,) = told(f"{line}\n".encode())
    assert found.endswith("; fix: put the whole condition between single quotes: when: '\"vip\" in tags'")
