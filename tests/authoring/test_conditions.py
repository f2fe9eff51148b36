"""Conditions become typed trees; what does not hold together is refused at its column."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.authoring.conditions import names_in, parse_condition
from funnel.authoring.tokens import ConditionError
from funnel.authoring.vocabulary import Declared, Vocabulary
from funnel.domain.conditions import Both, Compare, Condition, IsIn, Known, Name, Not, is_true

WORDS = Vocabulary(
    {
        "score": Declared("number"),
        "tags": Declared("list", ("vip", "hot")),
        "lead.name": Declared("text"),
        "lead.since": Declared("instant"),
        "lead.proven": Declared("boolean"),
        "answers.cx.follow_up": Declared("text", ("call", "mail")),
        "answers.cx.size": Declared("number"),
        "answers.cx.score": Declared("number"),
        "answers.cx.score.people": Declared("number"),
    },
    ("source.",),
)
SCORE, TAGS, NAME = Name("score", "number"), Name("tags", "list"), Name("lead.name", "text")


@pytest.mark.parametrize(
    "text,tree",
    [
        ("score >= 50", Compare(SCORE, ">=", 50)),
        ("score >= -2.5", Compare(SCORE, ">=", -2.5)),
        ("50 <= score", Compare(SCORE, ">=", 50)),
        ("-5 < score", Compare(SCORE, ">", -5)),
        ("lead.name == 'Zoé'", Compare(NAME, "==", "Zoé")),
        ('lead.name == "a \\"b\\" }} {{"', Compare(NAME, "==", 'a "b" }} {{')),
        ("lead.name is known", Known(NAME, True)),
        ("lead.name is not known", Known(NAME, False)),
        ("lead.name is missing", Known(NAME, False)),
        ("lead.name in ['a', 'b']", IsIn(NAME, ("a", "b"))),
        ("lead.name not in ('a',)", Not(IsIn(NAME, ("a",)))),
        ("'vip' in tags", IsIn(TAGS, ("vip",))),
        ("'VIP' not in tags", Not(IsIn(TAGS, ("VIP",)))),
        ("tags in ['vip', 'hot']", IsIn(TAGS, ("vip", "hot"))),
        ("lead.proven", Compare(Name("lead.proven", "boolean"), "==", True)),
        ("not lead.proven", Not(Compare(Name("lead.proven", "boolean"), "==", True))),
        ("source.utm_source == 'x'", Compare(Name("source.utm_source", "text"), "==", "x")),
        (
            "lead.since > '2026-01-01T00:00+00:00'",
            Compare(Name("lead.since", "instant"), ">", "2026-01-01T00:00+00:00"),
        ),
        ("answers.cx.score.people < 3", Compare(Name("answers.cx.score.people", "number"), "<", 3)),
        ("score\n  > 1", Compare(SCORE, ">", 1)),
    ],
)
def test_what_is_written_becomes_its_tree(text: str, tree: Condition) -> None:
    assert parse_condition(text, WORDS) == tree


def test_and_binds_closer_than_or_and_not_takes_the_whole_comparison() -> None:
    a, b, c = Compare(SCORE, "==", 1), Compare(SCORE, "==", 2), Compare(SCORE, "==", 3)
    assert parse_condition("score == 1 or score == 2 and not score == 3", WORDS) == Both(
        "or", a, Both("and", b, Not(c))
    )
    assert parse_condition("(score == 1 or score == 2) and score == 3", WORDS) == Both("and", Both("or", a, b), c)


def test_the_names_of_a_condition_can_be_listed() -> None:
    tree = parse_condition("score > 1 and not ('vip' in tags or lead.name is known)", WORDS)
    assert list(names_in(tree)) == ["score", "tags", "lead.name"]


@pytest.mark.parametrize(
    "text,code,offset,fix",
    [
        ("answrs.cx.size == 1", "unknown-name", 0, "did you mean 'answers'?"),
        ("answers.xc.size == 1", "unknown-name", 8, "use cx"),
        ("score > 1 and answers.cx.sise == 1", "unknown-name", 25, "did you mean 'size'?"),
        ("answers.cx == 1", "unknown-name", 0, "add one of"),
        ("source == 'x'", "unknown-name", 0, "source.utm_source"),
        ("source.a.b == 'x'", "unknown-name", 7, ""),
        ("answers.cx.follow_up == 'cal'", "unknown-value", 24, "did you mean 'call'?"),
        ("'vp' in tags", "unknown-value", 0, "did you mean 'vip'?"),
        ("score == '5'", "type-mismatch", 9, ""),
        ("lead.name == 5", "type-mismatch", 13, 'quote it: "5"'),
        ("lead.name == -5", "type-mismatch", 13, 'quote it: "-5"'),
        ("score == true", "type-mismatch", 9, ""),
        ("tags == 'vip'", "type-mismatch", 8, "'vip' in tags"),
        ("'a' in lead.name", "type-mismatch", 7, "=="),
        ("score in [1]", "type-mismatch", 10, "quote"),
        ("score in ['1']", "type-mismatch", 9, ""),
        ("lead.since > 'soon'", "type-mismatch", 13, "2026"),
        ("lead.since > '2026-01-01'", "type-mismatch", 13, "2026"),
        ("lead.proven > true", "type-mismatch", 14, ""),
        ("score", "type-mismatch", 0, "compare it"),
        ("score = 5", "bad-condition", 6, "write '=='"),
        ("- score > 5", "bad-condition", 2, ""),
        ("-5", "bad-condition", 0, "begin with a name"),
        ("score + 1 == 2", "bad-condition", 6, ""),
        ("lead.name | upper == 'X'", "bad-condition", 10, ""),
        ("lead.name() == 'x'", "bad-condition", 9, ""),
        ("lead['name'] == 'x'", "unknown-name", 0, "add"),
        ("lead.name is kown", "bad-condition", 13, "did you mean 'known'?"),
        ("lead.name in []", "bad-condition", 13, ""),
        ("1 < score < 5", "bad-condition", 10, "join them by 'and'"),
        ("score == answers.cx.size", "bad-condition", 9, "quote it"),
        ("lead.name == 'a", "bad-condition", 13, "close the quotes"),
        ("(score > 1", "bad-condition", 10, "close it with ')'"),
        ("score > 1)", "bad-condition", 9, ""),
        ("score > 1 }}", "bad-condition", 10, ""),
        ("{{ score > 1", "bad-condition", 0, ""),
        ("score ?? 1", "bad-condition", 6, ""),
        ("score >", "bad-condition", 7, ""),
        ("", "bad-condition", 0, ""),
        ("true", "bad-condition", 0, "begin with a name"),
        ("score == 1e999", "bad-condition", 9, ""),
        ("score == " + "9" * 5000, "bad-condition", 0, ""),
        ("not " * 30 + "score == 1", "bad-condition", 80, ""),
    ],
)
def test_what_does_not_hold_together_is_refused_at_its_column(text: str, code: str, offset: int, fix: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse_condition(text, WORDS)
    assert (caught.value.code, caught.value.offset) == (code, offset), caught.value.message
    assert fix in caught.value.fix


words = st.sampled_from(
    ["score", "lead.name", "tags", "and", "or", "not", "in", "is", "known", "(", ")", "==", "<", "'vip'", "5", "[", "]"]
)


@given(
    st.one_of(st.text(max_size=60), st.text(string.printable, max_size=60), st.lists(words, max_size=12).map(" ".join))
)
def test_any_text_is_a_condition_or_is_refused_within_itself(text: str) -> None:
    tree, refused = None, None
    try:
        tree = parse_condition(text, WORDS)
    except ConditionError as error:
        refused = error
    if tree is not None:
        assert is_true(tree, {}) in (True, False)
    else:
        assert refused is not None
        assert 0 <= refused.offset <= len(text)
        assert refused.message


@pytest.mark.parametrize(
    "text, offset, fix",
    [
        ("lead.name == none", 13, "ask 'is missing', or 'is known'"),
        ("lead.name != null", 13, "ask 'is missing', or 'is known'"),
        ("score > 5 && score < 9", 10, "write 'and'"),
        ("score > 5 || lead.proven", 10, "write 'or'"),
        ("!lead.proven", 0, "write 'not'"),
        ("lead.name == \u201cx\u201d", 13, 'write straight quotes: "..."'),
        ("{{ score > 5 }}", 0, "leave out the braces: a condition stands by itself"),
        ('score > "50"', 8, "write it without quotes: 50"),
    ],
)
def test_what_other_languages_have_for_it_is_answered_with_ours(text: str, offset: int, fix: str) -> None:
    with pytest.raises(ConditionError) as refused:
        parse_condition(text, WORDS)
    assert (refused.value.offset, str(refused.value.fix)) == (offset, fix)


@pytest.mark.parametrize("said", ["a \u201cb\u201d && {{ || !", "L\u2019\u00e9t\u00e9", 'a \\"&&\\" b'])
def test_within_quotes_any_sign_is_a_text(said: str) -> None:
    assert isinstance(parse_condition(f'lead.name == "{said}"', WORDS), Compare)
