"""The caret stands below the place, whatever the line holds."""

import pytest

from funnel.authoring.findings import Finding
from funnel.authoring.saying import Saying, say
from funnel.cli.excerpt import Paper, excerpt


def shown(line: str, col: int, fix: str = "", width: int = 60) -> list[str]:
    finding = Finding("a.yaml", 1, col, "error", "bad-value", say("wrong"), Saying(fix))
    return excerpt(finding, [line], Paper(width=width)).splitlines()


@pytest.mark.parametrize(
    "line,col,marked",
    [
        ("- {wait: 2 dys, id: x}  # two", 10, "2 dys"),
        ("why: 'a text'", 6, "'a text'"),
        ("- email: x", 3, "email: x"),
        ("title: {en: x}", 8, "{"),
        ("to: camille@verdanne.example, x", 5, "camille@verdanne.example"),
        ("wait: 2 dys   # two", 7, "2 dys"),
        ("<mj-txt>", 1, "<mj-txt>"),
        ("a: {{ lead.nam }} b", 4, "{{ lead.nam }}"),
    ],
)
def test_the_caret_marks_the_word(line: str, col: int, marked: str) -> None:
    source, caret = shown(line, col)[-2:]
    start = caret.index("^")
    assert source[start : start + caret.count("^")] == marked


def test_wide_and_combining_letters_do_not_move_it() -> None:
    source, caret = shown("顧客: x", 5)[-2:]
    assert caret.index("^") == 4 + len("顧客: ") + 2
    source, caret = shown("e\u0301te\u0301: x", 8)[-2:]
    assert caret.index("^") == 4 + len("ete: ") + 1 - 1
    assert source


def test_a_long_line_is_cut_around_the_place_and_nothing_is_wider_than_the_terminal() -> None:
    lines = shown("x" * 500 + " here " + "y" * 500, 502, "a fix that is far too long to stand beside the caret of it")
    assert all(len(line) <= 60 for line in lines[:-1])
    source, caret = lines[3], lines[4]
    assert source[caret.index("^") :].startswith("here")
    assert lines[-1].startswith("  = fix: a fix that")


def test_what_has_no_line_shows_message_place_and_fix() -> None:
    finding = Finding("gone.yaml", 9, 1, "warning", "missing-file", say("not there"), say("create it"))
    assert excerpt(finding, [""], Paper()).splitlines() == [
        "warning[missing-file]: not there",
        " --> gone.yaml:9:1",
        "  = fix: create it",
    ]


def test_control_characters_never_reach_the_terminal() -> None:
    assert "\x1b" not in "".join(shown("a: \x1b[31mred", 1))


def test_the_word_alone_is_marked_where_the_rest_of_the_value_is_good() -> None:
    finding = Finding("a.yaml", 1, 7, "error", "unknown-name", say("wrong"))
    source, caret = excerpt(finding, ["when: lead.nmae is known"], Paper()).splitlines()[-2:]
    assert source[caret.index("^") :][: caret.count("^")] == "lead.nmae"
