"""What each verb does, and where a person comes to an end."""

from datetime import timedelta

from funnel.domain import effects as do
from tests.domain.engine.kit import MONDAY, on_stage, paris, program, stage


def test_a_choice_takes_the_first_case_that_is_true() -> None:
    cases = "{when: score > 100, do: [{tag: late}]}, {when: score >= 0, do: [{tag: vip}]}, {when: score >= 0, do: []}"
    anna = stage(f"[{{choose: [{cases}], otherwise: [{{tag: late}}]}}, {{tag: plan}}]")
    anna.submits()
    assert anna.done() == {"vip", "plan"}


def test_a_choice_without_a_true_case_takes_otherwise_and_goes_on() -> None:
    anna = stage("[{choose: [{when: score > 100, do: [{tag: late}]}], otherwise: [{tag: vip}]}, {tag: plan}]")
    anna.submits()
    assert anna.done() == {"vip", "plan"}


def test_when_goes_on_either_way() -> None:
    anna = stage("[{when: lead.phone is known, do: [{tag: vip}]}, {when: lead.phone is missing, do: [{tag: plan}]}]")
    anna.submits()
    assert anna.done() == {"plan"}
    assert anna.stands() == "ended: completed"


def test_a_missing_value_makes_a_comparison_false_and_not_turns_it_true() -> None:
    anna = stage(
        '[{when: lead.company == "Acme", do: [{tag: late}]}, {when: not (lead.company == "Acme"), do: [{tag: vip}]}]'
    )
    anna.submits()
    assert anna.done() == {"vip"}


def test_conditions_see_what_the_steps_before_have_done() -> None:
    anna = stage(
        '[{tag: vip}, {status: warm}, {score: 7}, {when: \'"vip" in tags and status == "warm" and score == 7\','
        " do: [{tag: plan}]}]"
    )
    anna.submits()
    assert anna.done() == {"vip", "plan"}


def test_a_choice_knows_the_pass_and_the_source() -> None:
    anna = stage('[{when: pass == 2 and source.cta == "article", do: [{tag: vip}]}]', again="each")
    anna.submits(source={"cta": "article"})
    assert anna.done() == set()
    anna.submits()
    assert anna.done() == {"vip"}


def test_a_tag_is_put_once() -> None:
    anna = stage("[{tag: vip}, {tag: vip, id: again}]")
    anna.submits()
    assert anna.of(do.AddTag) == [do.AddTag("vip", MONDAY)]


def test_points_go_up_and_down_with_their_reason() -> None:
    anna = stage("[{score: 20, because: Came back}, {score: -5}]")
    anna.submits()
    assert [(entry.points, entry.because) for entry in anna.lead.entries] == [
        (20, "Came back"),
        (-5, "tunnel/score_minus_5"),
    ]
    assert anna.lead.score == 15


def test_a_task_goes_to_the_team_until_there_is_a_rep() -> None:
    anna = stage("[{task: {text: Send it, within: 2 working days}}, {wait: 1 day}, {task: {call: call}}]")
    anna.submits()
    (first,) = anna.of(do.AddTask)
    assert (first.text, first.rep, first.team, first.scenario) == ("Send it", None, "consulting", "tunnel")
    assert first.due_at == paris("2026-06-03 10:00")
    anna.books()
    anna.passes("1 day")
    second = anna.of(do.AddTask)[1]
    assert (second.text, second.call, second.rep) == ("A call", "call", "idris")


def test_a_task_right_after_a_hand_over_is_the_reps_own() -> None:
    anna = stage("[{hand_off: {because: Wants a plan}}, {tag: vip}, {task: Call her}, {end: done}]")
    anna.submits()
    anna.works()
    assert anna.stands() == "ended: done"
    assert [task.rep for task in anna.of(do.AddTask)] == ["camille"]


def test_two_leads_tasks_and_two_passes_have_keys_of_their_own() -> None:
    anna = stage("[{task: Call her}]", again="each")
    anna.submits()
    anna.submits()
    assert [task.task for task in anna.of(do.AddTask)] == ["1/tunnel/task_call_her/1", "1/tunnel/task_call_her/2"]


def test_a_webhook_says_who_where_and_in_which_pass() -> None:
    anna = stage("[{tag: vip}, {webhook: crm}]")
    anna.submits(company="Acme")
    (call,) = anna.of(do.CallWebhook)
    assert (call.webhook, call.cause, call.at) == ("crm", "tunnel/webhook_crm/1", MONDAY)
    assert {key: call.data[key] for key in ("scenario", "step", "pass")} == {
        "scenario": "tunnel",
        "step": "webhook_crm",
        "pass": 1,
    }
    assert call.data["lead"]["company"] == "Acme"
    assert call.data["lead"]["tags"] == ["vip"]


def test_an_end_says_why_and_nothing_comes_after_it() -> None:
    anna = stage("[{when: score >= 0, do: [{tag: vip}, {end: enough}]}, {tag: late}]")
    anna.submits()
    assert anna.stands() == "ended: enough"
    assert anna.place().step is None
    assert anna.place().due_at is None
    assert anna.done() == {"vip"}


def test_an_end_that_is_skipped_leads_on_to_the_step_after_it() -> None:
    anna = stage("[{wait: 1 day}, {end: silent, unless: appointment.booked}, {tag: vip}]")
    anna.submits()
    anna.books()
    anna.passes("1 day")
    assert anna.done() == {"vip"}


def test_the_last_step_ends_as_completed() -> None:
    anna = stage("[{tag: vip}]")
    anna.submits()
    assert anna.stands() == "ended: completed"
    assert [fact.kind for fact in anna.facts.values()] == ["lead_created", "enrolled", "ended"]


def test_start_begins_another_scenario_and_goes_on() -> None:
    other = program("[{tag: plan}, {wait: 1 day}]", "other")
    anna = stage("[{start: other}, {tag: vip}, {wait: 1 day}]", other)
    anna.submits()
    assert anna.done() == {"plan", "vip"}
    assert (anna.stands(), anna.stands("other")) == ("wait_1_day", "wait_1_day")


def test_start_begins_nothing_for_someone_inside() -> None:
    other = program("[{wait: 9 days}]", "other")
    anna = stage("[{start: other}, {wait: 1 day}, {start: other, id: more}, {end: done}]", other)
    anna.submits()
    anna.passes("2 days")
    assert anna.stands() == "ended: done"
    assert [e.scenario for e in anna.lead.enrolments] == ["tunnel", "other"]


def test_starting_its_own_scenario_begins_the_next_pass() -> None:
    anna = stage("[{email: results}, {wait: 30 days}, {when: pass < 3, do: [{start: tunnel}]}, {end: done}]")
    anna.submits()
    anna.passes("100 days")
    assert [(e.pass_number, e.ended_because) for e in anna.lead.enrolments] == [(1, "done"), (2, "done"), (3, "done")]
    assert anna.place(pass_number=3).began_at == MONDAY + timedelta(days=60)
    assert anna.sent() == ["results"] * 3


def test_a_pass_starts_one_next_pass_at_a_time_so_that_they_do_not_multiply() -> None:
    anna = stage("[{wait: 1 week}, {start: tunnel}, {wait: 1 week}, {start: tunnel, id: more}, {wait: 1 week}]")
    anna.submits()
    anna.passes("52 weeks")
    assert len([e for e in anna.lead.enrolments if e.runs]) <= 3
    assert len(anna.lead.enrolments) <= 53


def test_a_scenario_that_starts_itself_for_ever_is_parked_with_the_reason() -> None:
    anna = stage("[{tag: vip}, {start: tunnel}]")
    anna.submits()
    last = anna.lead.enrolments[-1]
    assert last.state == "parked"
    assert last.reason == "it started 20 passes at one instant; put a wait into the loop"
    assert [e for e in anna.lead.enrolments if e.runs] == [last]


def test_two_scenarios_that_start_each_other_come_to_rest() -> None:
    ping = program("[{start: pong}, {tag: vip}]", "ping")
    pong = program("[{start: ping}, {tag: plan}]", "pong")
    anna = on_stage(ping, pong)
    anna.submits("ping")
    assert {(e.scenario, e.pass_number, e.state) for e in anna.lead.enrolments} == {
        ("ping", 1, "ended"),
        ("pong", 1, "ended"),
    }


def test_starting_what_is_not_published_parks_her_there_and_she_can_be_tried_again() -> None:
    anna = stage("[{wait: 1 day}, {tag: vip}, {start: other}, {tag: plan}]")
    anna.submits()
    anna.passes("1 day")
    assert anna.stands() == "parked: the scenario 'other' is not published"
    assert anna.place().step == "start_other"
    assert anna.done() == {"vip"}
    other = program("[{wait: 1 day}]", "other")
    old = anna.book
    anna.book = type(old)(old.company, {**old.programs, ("other", "v1"): other}, {**old.current, "other": "v1"})
    anna.record_place(state="waiting", due_at=anna.now)
    anna.works()
    assert anna.done() == {"vip", "plan"}
    assert anna.place().reason is None
    assert anna.stands("other") == "wait_1_day"


def test_a_scenario_started_by_hand_begins_unless_she_is_inside() -> None:
    anna = stage("[{wait: 1 day}, {tag: vip}]")
    anna.is_started()
    anna.is_started()
    assert [e.pass_number for e in anna.lead.enrolments] == [1]
    anna.passes("1 day")
    anna.is_started()
    assert [e.pass_number for e in anna.lead.enrolments] == [1, 2]


def test_a_task_is_ticked_off() -> None:
    anna = stage("[{task: Call her}]")
    anna.submits()
    anna.ticks_off("1/tunnel/task_call_her/1", "idris")
    assert anna.of(do.FinishTask) == [do.FinishTask("1/tunnel/task_call_her/1", "idris", MONDAY)]
