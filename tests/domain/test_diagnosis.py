"""Answers: what is asked, what is taken, what it says about the lead."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.domain.diagnosis import (
    Answer,
    Diagnosis,
    Reading,
    Refusal,
    diagnose,
    pages_to_show,
    questions_to_show,
    read_answers,
)
from funnel.domain.questionnaire import Advice, Band, Choice, Page, Question, Questionnaire, Scale, Theme


def theme(id_: str) -> Theme:
    return Theme(
        id=id_,
        title=id_,
        advice=[
            Advice(below=101, text=f"keep {id_}"),
            Advice(below=40, text=f"begin {id_}"),
            Advice(below=75, text=f"grow {id_}"),
        ],
    )


def choices(*points: int) -> list[Choice]:
    return [Choice(id=f"c{n}", text=f"Choice {n}", points=p) for n, p in enumerate(points)]


VOICE = Question(id="voice", kind="single", text="Do you ask?", theme="listen", choices=choices(0, 2, 4))
TOOLS = Question(id="tools", kind="multiple", text="Which?", theme="listen", required=False, choices=choices(1, 2, -1))
SPEED = Question(id="speed", kind="scale", text="How fast?", theme="act", scale=Scale(low=1, high=5, points=2))
WHY = Question(
    id="why", kind="scale", text="Why?", theme="depth", scale=Scale(low=0, high=10), asked_when='voice == "c2"'
)
MORE = Question(id="more", kind="short_text", text="More?", max_length=5, required=False, asked_when="why is known")
STAFF = Question(id="staff", kind="number", text="How many?", minimum=1, maximum=5000)
WORDS = Question(id="words", kind="long_text", text="Words?", required=False, max_length=20)

SHEET = Questionnaire(
    questionnaire="cx",
    title="CX",
    themes=[theme("listen"), theme("act"), theme("depth"), theme("silent")],
    pages=[
        Page(title="One", questions=[VOICE, TOOLS]),
        Page(title="Two", questions=[WHY, MORE]),
        Page(title="Three", questions=[SPEED, STAFF, WORDS]),
    ],
    bands=[
        Band(id="leader", at_least=80, title="Leader", summary="."),
        Band(id="novice", at_least=0, title="Novice", summary="."),
        Band(id="climber", at_least=40, title="Climber", summary="."),
    ],
)


def is_asked(question: Question, values: Mapping[str, Answer]) -> bool:
    return values.get("voice") == "c2" if question.id == "why" else "why" in values


def read(raw: dict[str, list[str]], earlier: Mapping[str, Answer] | None = None) -> Reading:
    return read_answers(SHEET.questions, raw, is_asked, earlier)


def test_answers_come_back_typed() -> None:
    raw = {
        "voice": ["c2"],
        "tools": ["c2", "c0", "c2"],
        "why": ["10"],
        "more": [" oui "],
        "speed": ["3"],
        "staff": ["1\u202f200"],
        "words": ["so\r\nmuch"],
    }
    assert read(raw) == (
        {
            "voice": "c2",
            "tools": ["c0", "c2"],
            "why": 10,
            "more": "oui",
            "speed": 3,
            "staff": 1200,
            "words": "so\nmuch",
        },
        {},
    )


def test_what_is_required_and_blank_is_asked_for() -> None:
    assert read({"voice": ["", " "], "staff": []}) == (
        {},
        {"voice": Refusal("required"), "speed": Refusal("required"), "staff": Refusal("required")},
    )


@pytest.mark.parametrize(
    "question, given_, refusal",
    [
        ("voice", ["c9"], Refusal("unknown_choice")),
        ("voice", ["c0", "c1"], Refusal("one_only")),
        ("tools", ["c0", "c9"], Refusal("unknown_choice")),
        ("speed", ["6"], Refusal("unknown_choice")),
        ("speed", ["two"], Refusal("unknown_choice")),
        ("staff", ["12.5"], Refusal("not_a_number")),
        ("staff", ["1e3"], Refusal("not_a_number")),
        ("staff", ["²"], Refusal("not_a_number")),
        ("staff", ["9" * 20], Refusal("too_large", 5000)),
        ("staff", ["9" * 5000], Refusal("too_large", 5000)),
        ("staff", ["-" + "9" * 20], Refusal("too_small", 1)),
        ("staff", ["0"], Refusal("too_small", 1)),
        ("staff", ["5001"], Refusal("too_large", 5000)),
        ("words", ["x" * 21], Refusal("too_long", 20)),
        ("words", ["a\0b"], Refusal("unreadable")),
        ("more", ["a\nb"], Refusal("unreadable")),
        ("more", ["=?utf-8?q?a?="], Refusal("unreadable")),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(question: str, given_: list[str], refusal: Refusal) -> None:
    good = {"voice": ["c2"], "why": ["1"], "speed": ["1"], "staff": ["5"]}
    values, errors = read({**good, question: given_})
    assert errors == {question: refusal}
    assert question not in values


@pytest.mark.parametrize("bound", [None, 10**20])
@pytest.mark.parametrize(
    "given_, taken",
    [
        ("9" * 15, 10**15 - 1),
        ("-" + "9" * 15, 1 - 10**15),
        ("+" + "0" * 5000 + "12", 12),
        ("-0", 0),
        ("000", 0),
        ("1" + "0" * 15, Refusal("too_large", 10**15 - 1)),
        ("1" + "0" * 5000, Refusal("too_large", 10**15 - 1)),
        ("-1" + "0" * 15, Refusal("too_small", 1 - 10**15)),
        ("+", Refusal("not_a_number")),
        ("--5", Refusal("not_a_number")),
    ],
)
def test_a_number_has_fifteen_digits_at_most(bound: int | None, given_: str, taken: int | Refusal) -> None:
    question = Question(id="any", kind="number", text="How many?", minimum=bound and -bound, maximum=bound)
    values, errors = read_answers([question], {"any": [given_]}, is_asked)
    assert {**values, **errors} == {"any": taken}


def test_answers_to_questions_that_are_not_asked_are_dropped_all_the_way_down() -> None:
    raw = {"voice": ["c1"], "why": ["10"], "more": ["x" * 99], "speed": ["1"], "staff": ["1"], "stranger": ["x"]}
    assert read(raw) == ({"voice": "c1", "speed": 1, "staff": 1}, {})


def test_a_page_branches_on_the_pages_before() -> None:
    page = SHEET.pages[1].questions
    assert read_answers(page, {}, is_asked, {"voice": "c2"}).errors == {"why": Refusal("required")}
    assert read_answers(page, {"why": ["3"]}, is_asked, {"voice": "c1"}) == ({}, {})
    assert read_answers(page, {"more": ["x"]}, is_asked, {"voice": "c2", "why": 4}).values == {}


def test_a_changed_answer_takes_its_branch_with_it() -> None:
    values: dict[str, Answer] = {"voice": "c1", "why": 4, "more": "x", "speed": 2}
    assert pages_to_show(SHEET, values, is_asked) == (0, 2)
    assert pages_to_show(SHEET, {**values, "voice": "c2"}, is_asked) == (0, 1, 2)
    assert questions_to_show(SHEET, 1, {"voice": "c2"}, is_asked) == (WHY,)
    assert questions_to_show(SHEET, 1, {"voice": "c2", "why": 0}, is_asked) == (WHY, MORE)


def test_a_diagnosis_in_full() -> None:
    values: dict[str, Answer] = {"voice": "c2", "tools": ["c0"], "why": 2, "speed": 4, "staff": 9}
    assert diagnose(SHEET, values, is_asked) == Diagnosis(
        score=4 + 1 + 2 + 6,
        share=52,  # 13 of 7 + 10 + 8
        themes={"listen": 71, "act": 75, "depth": 20},
        band="climber",
        strongest="act",
        weakest="depth",
        advice=(("depth", "begin depth"), ("listen", "grow listen"), ("act", "keep act")),
    )


def test_a_theme_that_was_not_asked_is_left_out() -> None:
    found = diagnose(SHEET, {"voice": "c1", "speed": 1}, is_asked)
    assert found.themes == {"listen": 29, "act": 0}
    assert found.share == 13  # 2 of 7 + 8


def test_ties_go_by_the_order_in_the_file_and_the_weakest_is_another_theme() -> None:
    found = diagnose(SHEET, {"voice": "c2", "tools": ["c0", "c1"], "speed": 5, "why": 10}, is_asked)
    assert (found.strongest, found.weakest, found.band, found.share) == ("listen", "act", "leader", 100)
    assert [theme_ for theme_, _ in found.advice] == ["listen", "act", "depth"]


def test_a_theme_beyond_all_advice_makes_room_for_the_next() -> None:
    sheet = SHEET.model_copy(
        update={"themes": [Theme(id="listen", title="", advice=[Advice(below=10, text="begin")]), theme("act")]}
    )
    found = diagnose(sheet, {"voice": "c1", "speed": 5}, is_asked)
    assert found.advice == (("act", "keep act"),)


def test_points_below_zero_leave_the_share_at_zero() -> None:
    sad = Question(id="sad", kind="single", text="?", theme="listen", choices=choices(-5, 5))
    sheet = SHEET.model_copy(update={"pages": [Page(title="One", questions=[sad])], "bands": []})
    assert diagnose(sheet, {"sad": "c0"}) == Diagnosis(
        -5, 0, {"listen": 0}, None, "listen", "listen", (("listen", "begin listen"),)
    )


def test_without_points_there_is_no_theme() -> None:
    sheet = SHEET.model_copy(update={"pages": [Page(title="One", questions=[STAFF])]})
    assert diagnose(sheet, {"staff": 4}) == Diagnosis(0, 0, {}, "novice", None, None, ())


def test_a_stored_sheet_is_judged_without_its_conditions() -> None:
    for voice in ("c1", "c2"):
        values = read({"voice": [voice], "why": ["7"], "speed": ["2"], "staff": ["3"]}).values
        assert diagnose(SHEET, values) == diagnose(SHEET, values, is_asked)


@st.composite
def scored(draw: st.DrawFn) -> tuple[Questionnaire, dict[str, Answer]]:
    questions: list[Question] = []
    values: dict[str, Answer] = {}
    for n in range(draw(st.integers(1, 8))):
        of_theme = draw(st.sampled_from(["listen", "act", "depth", None]))
        common: dict[str, Any] = {"id": f"q{n}", "text": "?", "theme": of_theme}
        points = draw(st.lists(st.integers(-5, 9), min_size=1, max_size=4))
        match draw(st.sampled_from(["single", "multiple", "scale"])):
            case "single":
                questions.append(Question(kind="single", choices=choices(*points), **common))
                values[f"q{n}"] = f"c{draw(st.integers(0, len(points) - 1))}"
            case "multiple":
                questions.append(Question(kind="multiple", choices=choices(*points), **common))
                values[f"q{n}"] = sorted(draw(st.sets(st.sampled_from([f"c{i}" for i in range(len(points))]))))
            case _:
                questions.append(Question(kind="scale", scale=Scale(points=points[0]), **common))
                values[f"q{n}"] = draw(st.integers(1, 5))
    sheet = SHEET.model_copy(update={"pages": [Page(title="One", questions=questions)]})
    answered = draw(st.sets(st.sampled_from(sorted(values))))
    return sheet, {key: value for key, value in values.items() if key in answered}


@given(scored())
def test_shares_are_per_cents_and_the_parts_agree(case: tuple[Questionnaire, dict[str, Answer]]) -> None:
    found = diagnose(*case)
    assert 0 <= found.share <= 100
    assert all(0 <= share <= 100 for share in found.themes.values())
    assert len(found.advice) <= 3
    told = [found.themes[theme_] for theme_, _ in found.advice]
    assert told == sorted(told)
    if found.strongest and found.weakest:
        assert found.themes[found.strongest] == max(found.themes.values())
        assert found.themes[found.weakest] == min(found.themes.values())
        assert (found.strongest != found.weakest) == (len(found.themes) > 1)


@given(scored(), st.data())
def test_more_points_never_lower_a_share(case: tuple[Questionnaire, dict[str, Answer]], data: st.DataObject) -> None:
    sheet, values = case
    question = data.draw(st.sampled_from(sheet.questions))
    better: Answer
    match question.kind:
        case "single":
            better = max(question.choices, key=lambda choice: choice.points).id
            now = next((c.points for c in question.choices if c.id == values.get(question.id)), 0)
            if max(choice.points for choice in question.choices) < now:
                return
        case "multiple":
            better = [choice.id for choice in question.choices if choice.points > 0]
        case _:
            assert question.scale
            better = question.scale.high if question.scale.points > 0 else question.scale.low
    before, after = diagnose(sheet, values), diagnose(sheet, {**values, question.id: better})
    assert after.score >= before.score
    assert after.share >= before.share
    assert after.themes.keys() == before.themes.keys()
    assert all(after.themes[id_] >= share for id_, share in before.themes.items())


raw_forms = st.dictionaries(
    st.sampled_from([question.id for question in SHEET.questions] + ["stranger"]),
    st.lists(st.one_of(st.text(max_size=30), st.sampled_from(["c0", "c1", "c2", "0", "1", "7", "12"])), max_size=3),
)


@given(raw_forms)
def test_whatever_is_sent_a_question_is_taken_or_refused_or_not_asked(raw: dict[str, list[str]]) -> None:
    values, errors = read(raw)
    assert not values.keys() & errors.keys()
    asked = {q.id for page in range(3) for q in questions_to_show(SHEET, page, values, is_asked)}
    assert values.keys() | errors.keys() <= asked
    assert {question.id for question in SHEET.questions if question.required} & asked <= values.keys() | errors.keys()
    diagnose(SHEET, values, is_asked)
