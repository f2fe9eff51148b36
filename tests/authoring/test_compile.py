"""A scenario's tree becomes a flat program whose steps know where they lead and keep their ids."""

import yaml

from funnel.authoring.compile import Compiled, compile_scenario, step_name
from funnel.authoring.vocabulary import Declared, Vocabulary
from funnel.domain.conditions import Compare, Name
from funnel.domain.tunnel.program import Mail
from funnel.domain.tunnel.scenario import Scenario

WORDS = Vocabulary({"score": Declared("number")})


def compiled(sequence: str) -> Compiled:
    head = {"scenario": "s", "title": "t", "offer": "o", "why": "profit"}
    scenario = Scenario.model_validate({**head, "sequence": yaml.safe_load(sequence)})
    return compile_scenario(scenario, "v1", WORDS, {"a": Mail("a", "asked", None), "z": Mail("z", "asked", None)})


def ways(sequence: str) -> dict[str, tuple[str | None, list[str | None], str | None]]:
    """Each step's next, branch targets, otherwise."""
    steps = compiled(sequence).program.steps
    return {name: (i.next, [target for _, target in i.branches], i.otherwise) for name, i in steps.items()}


def test_steps_are_named_by_verb_and_argument() -> None:
    program = compiled(
        "[{email: reminder}, {wait: 2 days}, {wait: P2D}, {score: -5}, {tag: vip}, {status: new_one}, {webhook: crm},"
        " {start: other}, {task: Call  Zoé!}, {task: {call: review}}, {hand_off: {because: x}}, {end: done}]"
    ).program
    assert list(program.steps) == [
        *("email_reminder", "wait_2_days", "wait_2_days_2", "score_minus_5", "tag_vip", "status_new_one"),
        *("webhook_crm", "start_other", "task_call_zo", "task_review", "hand_off", "end_done"),
    ]
    assert program.first == "email_reminder"


def test_a_long_name_still_is_an_id() -> None:
    names = list(
        compiled(f"[{{wait: 1 day}}, {{id: x, task: {'very ' * 30}}}, {{task: {'very ' * 30}}}]").program.steps
    )
    assert all(len(name) <= 64 for name in names)


def test_a_block_without_end_goes_on_with_the_step_after_it() -> None:
    assert ways("[{when: score > 1, do: [{tag: a}, {tag: b}]}, {tag: c}]") == {
        "when": ("tag_c", ["tag_a"], "tag_c"),
        "tag_a": ("tag_b", [], None),
        "tag_b": ("tag_c", [], None),
        "tag_c": (None, [], None),
    }


def test_an_await_goes_on_when_met_and_otherwise_into_its_block() -> None:
    steps = ways("[{await: form.submitted, within: 1 day, otherwise: [{tag: late}]}, {tag: c}]")
    assert steps["await_form_submitted"] == ("tag_c", [], "tag_late")
    assert steps["tag_late"] == ("tag_c", [], None)


def test_an_empty_otherwise_goes_on_and_an_end_leads_nowhere() -> None:
    steps = ways("[{await: form.submitted, within: 1 day, otherwise: []}, {end: a}]")
    assert steps["await_form_submitted"] == ("end_a", [], "end_a")
    assert steps["end_a"] == (None, [], None)


def test_a_choice_tries_its_cases_in_order() -> None:
    program = compiled(
        "[{choose: [{when: score > 1, do: [{end: a}]}, {when: score > 0, do: []}], otherwise: [{tag: b}]}, {tag: c}]"
    ).program
    step = program.steps["choose"]
    name = Name("score", "number")
    assert step.branches == ((Compare(name, ">", 1), "end_a"), (Compare(name, ">", 0), "tag_c"))
    assert (step.next, step.otherwise) == ("tag_c", "tag_b")


def test_blocks_within_blocks_find_their_way_out() -> None:
    steps = ways(
        "[{when: score > 1, do: [{await: form.submitted, within: 1 day,"
        " otherwise: [{when: score > 2, do: [{tag: a}]}]}]}, {tag: c}]"
    )
    assert steps["tag_a"][0] == "tag_c"
    assert steps["when_2"] == ("tag_c", ["tag_a"], "tag_c")
    assert steps["await_form_submitted"] == ("tag_c", [], "when_2")


def test_the_last_step_ends_the_program() -> None:
    assert ways("[{when: score > 1, do: []}]") == {"when": (None, [None], None)}


def test_two_equal_mails_need_an_id_and_equal_waits_do_not() -> None:
    made = compiled("[{email: a}, {wait: 1 day}, {email: a}, {wait: 1 day}]")
    assert [(p.path, p.code, p.fix) for p in made.problems] == [
        (("sequence", 2), "needs-id", "give it an id, like 'id: email_a_again'")
    ]
    assert not compiled("[{email: a}, {email: a, id: once_more}]").problems
    assert not compiled("[{wait: 1 day}, {wait: 1 day}]").problems


def test_an_id_given_twice_or_taken_from_a_later_step_is_a_problem() -> None:
    assert [p.code for p in compiled("[{wait: 1 day, id: x}, {tag: a, id: x}]").problems] == ["duplicate-id"]
    assert [p.code for p in compiled("[{tag: b, id: email_a}, {email: a}]").problems] == ["needs-id"]
    assert list(compiled("[{wait: 1 day}, {tag: b, id: wait_1_day}]").program.steps) == ["wait_1_day_2", "wait_1_day"]


def test_moving_a_step_keeps_its_id() -> None:
    there = compiled("[{email: a}, {wait: 1 day}, {tag: x}]").program.steps
    back = compiled("[{tag: x}, {wait: 1 day}, {email: a}]").program.steps
    assert set(there) == set(back)


def test_a_bad_condition_is_told_at_its_place_within_the_text() -> None:
    (problem,) = compiled("[{choose: [{when: score > scor, do: []}], otherwise: []}]").problems
    assert (problem.path, problem.offset) == (("sequence", 0, "choose", 0, "when"), 8)


def test_only_mails_that_are_sent_go_with_the_program() -> None:
    program = compiled("[{email: a}, {email: not_there}]").program
    assert dict(program.mails) == {"a": Mail("a", "asked", None)}
    assert (program.name, program.version) == ("s", "v1")


def test_a_step_without_a_word_is_named_by_its_verb() -> None:
    (step,) = Scenario.model_validate(
        {"scenario": "s", "title": "t", "offer": "o", "why": "profit", "sequence": [{"task": "!!!"}]}
    ).sequence
    assert step_name(step) == "task"
