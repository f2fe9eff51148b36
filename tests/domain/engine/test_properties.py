"""Whatever happens in whatever order, in whatever scenario: nobody is lost, nothing is done twice, replays agree."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import reduce
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funnel.domain import effects as do
from funnel.domain.conditions import is_true
from funnel.domain.engine import decide, evolve
from funnel.domain.known import values_of
from funnel.domain.scoring import ledger
from funnel.domain.tunnel.steps import AwaitStep, WaitStep
from tests.domain.engine.kit import Stage, on_stage, paris, program

EVENTS = (
    "form.submitted",
    "questionnaire.completed",
    "appointment.booked",
    "appointment.held",
    "appointment.missed",
    "appointment.cancelled",
)
SPANS = ("30 minutes", "5 hours", "1 day", "2 days", "3 working days", "1 week", "1 month")
CONDITIONS = (
    "score >= 20",
    "lead.phone is known",
    'answers.cx.band == "high"',
    'stage == "qualified"',
    '"vip" in tags',
    'appointment.state == "booked"',
    "pass == 2",
    'not (source.cta == "x")',
)
Sequence = list[dict[str, Any]]


def _verbs(starts: tuple[str, ...], spans: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    of = st.sampled_from
    simple = [
        st.builds(lambda mail: {"email": mail}, of(["results", "offer", "reminder", "confirmation"])),
        st.just({"email": "news", "propose": {"appointment": "call"}}),
        st.builds(lambda span: {"wait": span}, of(spans)),
        st.builds(lambda tag: {"tag": tag}, of(["vip", "plan", "late"])),
        st.builds(lambda points: {"score": points}, of([-10, 20, 60])),
        of([{"hand_off": {"because": "Wants it"}}, {"task": {"text": "Call", "within": "1 day"}}]),
        of([{"webhook": "crm"}, {"status": "warm"}, {"end": "enough"}]),
    ]
    if starts:
        simple.append(st.builds(lambda scenario: {"start": scenario}, of(starts)))
    return st.one_of(*simple)


def _awaits(block: st.SearchStrategy[Sequence]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda event, within, otherwise, here: {"await": event, "within": within, "otherwise": otherwise} | here,
        st.sampled_from(EVENTS),
        st.sampled_from(SPANS),
        block,
        st.sampled_from([{}, {}, {"since": "here"}]),
    )


def _choices(block: st.SearchStrategy[Sequence]) -> st.SearchStrategy[dict[str, Any]]:
    case = st.builds(lambda when, then: {"when": when, "do": then}, st.sampled_from(CONDITIONS), block)
    choose = st.builds(lambda cases, otherwise: {"choose": cases, "otherwise": otherwise}, _few(case, 1, 2), block)
    return st.one_of(case, choose)


def _few(what: st.SearchStrategy[Any], least: int, most: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(what, min_size=least, max_size=most)


def sequences(*starts: str, spans: tuple[str, ...] = SPANS) -> st.SearchStrategy[Sequence]:
    """Sequences of every verb, blocks two deep, some steps under `unless`."""

    def unless(step: dict[str, Any], event: str | None) -> dict[str, Any]:
        return step | ({"unless": event} if event else {})

    def some(verbs: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
        return st.builds(unless, verbs, st.sampled_from([None, None, None, *EVENTS]))

    plain = some(_verbs(starts, spans))
    inner = _few(st.one_of(plain, some(_awaits(_few(plain, 0, 1)))), 0, 3)
    outer = st.one_of(plain, plain, some(_awaits(inner)), some(_choices(inner)))
    return _few(outer, 1, 7).map(_named)


def _named(sequence: Sequence, prefix: str = "s") -> Sequence:
    """The steps with ids of their own, so that equal ones may stand side by side."""
    named: Sequence = []
    for number, step in enumerate(sequence):
        name = f"{prefix}{number}"
        inner: dict[str, Any] = {key: _named(step[key], f"{name}_{key}_") for key in ("do", "otherwise") if key in step}
        if "choose" in step:
            inner["choose"] = [
                case | {"do": _named(case["do"], f"{name}_{n}_")} for n, case in enumerate(step["choose"])
            ]
        named.append({**step, **inner, "id": name})
    return named


Deed = tuple[str, Callable[[Stage], Any]]


def _if_any(what: str, deed: Callable[[Stage], Any]) -> Callable[[Stage], Any]:
    return lambda anna: deed(anna) if getattr(anna.lead, what) else None


def _exactly_due(deed: Callable[[Stage], Any], *, first: bool) -> Callable[[Stage], Any]:
    """Time goes to the very instant at which her next step is due; the deed is recorded before or after it."""

    def at_that_instant(anna: Stage) -> None:
        due = [e for e in anna.lead.enrolments if e.due_at and e.due_at >= anna.now]
        if due:
            one = min(due, key=lambda e: e.due_at or anna.now)
            anna.now = one.due_at or anna.now
            deeds: list[Callable[[], Any]] = [lambda: deed(anna), lambda: anna.strikes(one)]
            for each in deeds if first else reversed(deeds):
                each()

    return at_that_instant


def _answer(anna: Stage) -> None:
    anna.answers("tunnel", max((e.pass_number for e in anna.lead.enrolments), default=1), share=70)


ANSWERS: tuple[Deed, ...] = (
    ("form", lambda anna: anna.submits()),
    ("form, proven, all told", lambda anna: anna.submits(proven=True, phone="+33145678910", source={"cta": "x"})),
    ("form without consent", lambda anna: anna.submits(consents={"follow_up_email": False})),
    ("self-evaluation", lambda anna: anna.evaluates_herself(share=80)),
    ("answers in her enrolment", _answer),
    ("answers outside any", lambda anna: anna.answers(None, None)),
    ("books by the link", lambda anna: anna.books(pass_number=len(anna.lead.enrolments) or 1)),
    ("books at the desk", lambda anna: anna.books(by="idris")),
    ("cancels", _if_any("appointments", lambda anna: anna.cancels())),
    ("held", _if_any("appointments", lambda anna: anna.held())),
    ("missed", _if_any("appointments", lambda anna: anna.missed())),
)
OTHERS: tuple[Deed, ...] = (
    ("unsubscribes", lambda anna: anna.unsubscribes()),
    ("withdraws", lambda anna: anna.decides("follow_up_email", False)),
    ("gives", lambda anna: anna.decides("follow_up_email", True)),
    ("telephone", lambda anna: anna.changes(phone="+33145678911")),
    ("points", lambda anna: anna.is_given(30)),
    ("click", lambda anna: anna.is_handed_over()),
    ("accepts", _if_any("handoffs", lambda anna: anna.accepts("idris"))),
    ("returns", _if_any("handoffs", lambda anna: anna.returns("idris"))),
    ("no prospect", _if_any("handoffs", lambda anna: anna.returns("idris", disqualified=True))),
    ("other form", lambda anna: anna.submits("other")),
    *(
        (f"{answer} {name}", lambda anna, name=name, answer=answer: anna.suggested(name, accepted=answer == "accepts"))
        for name in ("silver", "plan")
        for answer in ("accepts", "declines")
    ),
    ("started by hand", lambda anna: anna.is_started("other")),
)
TIME: tuple[Deed, ...] = (
    *((span, lambda anna, span=span: anna.passes(span)) for span in SPANS),
    ("the workers stand still", lambda anna: setattr(anna, "now", anna.now + timedelta(hours=30))),
    ("the workers catch up", lambda anna: anna.works()),
)
INSTANTS: tuple[Deed, ...] = tuple(
    (f"{name}, {order} the time-out", _exactly_due(deed, first=order == "before"))
    for name, deed in ANSWERS
    for order in ("before", "after")
)
DEEDS = st.one_of(*(st.sampled_from(deeds) for deeds in (ANSWERS, OTHERS, TIME, INSTANTS)))
LOOPS = sequences("tunnel", "other", spans=("3 working days", "1 week", "1 month"))
ROUTINE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


RULES = """
rules:
- {id: form, title: A form, on: form.submitted, points: 9, counts: always, half_life: 1 week}
- {id: sheet, title: Answers, on: questionnaire.completed, points: 25, counts: once a day, expires: 40 days}
- {id: call, title: A call, on: {appointment.booked: call}, points: 20, counts: always}
- {id: came, title: Came, on: appointment.held, points: 15, counts: always, half_life: 10 days}
- {id: missed, title: Missed, on: appointment.missed, points: -12, counts: always}
- {id: known, title: Can be called, when: lead.phone is known, points: 14}
- {id: warm, title: Warm, when: 'status == "warm" or "vip" in tags', points: 6}
groups: {engagement: {most: 90, half_life: 30 days}, fit: {most: 15}}
most: 95
"""
SEGMENTS = """
warm: {title: Warm, when: score >= 30, worked_by: scenario}
met: {title: Met, when: 'appointment.state == "held"', worked_by: rep}
"""
SUGGESTIONS = """
- {id: silver, title: Silver?, when: score.engagement >= 30 and stage != "customer", status: warm, untag: late}
- {id: plan, title: Plan?, when: '"warm" in segments or score.fit >= 14', tag: plan}
"""
JUDGED: dict[str, Any] = {"segments": SEGMENTS, "suggestions": SUGGESTIONS}
THRESHOLDS = "[{score: 30, hand_over: false, tag: late, start: other}, {score: 50, status: cold}]"


def in_order(anna: Stage) -> None:
    """Everything that must hold at every moment."""
    lead = anna.lead
    for e in lead.enrolments:
        steps = anna.book.program(e.scenario, e.version).steps
        if e.state == "ended":
            assert (e.step, e.due_at, e.mail) == (None, None, None)
            assert e.ended_because
            continue
        assert e.step is not None
        step = steps[e.step].step
        if e.state == "parked":
            assert e.due_at is None
            assert e.reason
            continue
        assert e.due_at is not None
        assert e.due_at >= e.entered_at >= e.began_at
        assert (e.state == "awaiting") == isinstance(step, AwaitStep)
        assert e.mail is None or not isinstance(step, WaitStep)
    passes = Counter((e.scenario, e.pass_number) for e in lead.enrolments)
    assert not passes or max(passes.values()) == 1
    assert len([h for h in lead.handoffs if h.open]) <= 1
    assert len({h.id for h in lead.handoffs}) == len(lead.handoffs)
    for handoff in lead.handoffs:
        assert len(set(handoff.because)) == len(handoff.because) == handoff.version
    for kind in {a.type for a in lead.appointments}:
        assert len([a for a in lead.appointments if a.open and a.ends_at > anna.now and a.type == kind]) <= 1
    assert lead.stage != "qualified" or lead.phone
    assert lead.score == ledger.total(lead.entries)
    values = values_of(lead)
    assert set(lead.segments) == {name for name, when in anna.book.segments.items() if is_true(when, values)}
    true = {
        name
        for name, when in anna.book.suggestions.items()
        if is_true(when, values)
        and (known := anna.book.company.suggestion(name))
        and known.changes(lead.status, lead.tags)
    }
    assert lead.suggestions.keys() | lead.declined.keys() == true
    assert not lead.suggestions.keys() & lead.declined.keys()
    assert [one.number for one in lead.entries] == list(range(1, len(lead.entries) + 1))
    earned = [one.points for one in ledger.standing(lead.entries) if one.rule in ("form", "sheet", "call", "came")]
    assert sum(earned) + sum(one.points for one in lead.entries if one.kind == "faded") <= 90


def nothing_twice(anna: Stage) -> None:
    """At most one mail, task and call per key; at most one running enrolment a scenario unless one started itself."""
    mails = Counter((mail.cause, mail.message, mail.recipient) for mail in anna.of(do.SendEmail))
    tasks = Counter(task.task for task in anna.of(do.AddTask))
    calls = Counter((call.cause, call.webhook) for call in anna.of(do.CallWebhook))
    for counted in (mails, tasks, calls):
        assert not counted or max(counted.values()) == 1, counted.most_common(1)


def replays_agree(anna: Stage) -> None:
    """The same events give the same effects, and effects alone give the lead."""
    first = anna.decisions[0][0]
    assert reduce(evolve, anna.effects, first) == anna.lead
    lead = first
    again: list[do.Effect] = []
    for _, event, now, _ in anna.decisions:
        effects = decide(anna.book, lead, event, now)
        lead = reduce(evolve, effects, lead)
        again += effects
    assert again == anna.effects
    assert lead == anna.lead


def play(anna: Stage, deeds: list[Deed]) -> None:
    for _, deed in deeds:
        deed(anna)
        in_order(anna)
    nothing_twice(anna)
    replays_agree(anna)


@ROUTINE
@given(sequences(), _few(DEEDS, 1, 14), st.sampled_from(["never", "each", "after 3 days"]))
def test_everyone_is_always_in_one_place_and_comes_to_an_end(sequence: Sequence, deeds: list[Deed], again: str) -> None:
    others = program("[{wait: 1 day}, {email: offer}]", "other")
    anna = on_stage(program(sequence, again=again), others, scoring=RULES, thresholds=THRESHOLDS, **JUDGED)
    anna.submits()
    play(anna, deeds)
    running = Counter(e.scenario for e in anna.lead.enrolments if e.runs)
    assert not running or max(running.values()) == 1
    anna.passes("2 years")
    in_order(anna)
    assert {e.state for e in anna.lead.enrolments} == {"ended"}, "somebody stands still for ever"
    assert {row.state for row in anna.rows.values()} <= {"sent", "skipped"}


@ROUTINE
@given(LOOPS, LOOPS, _few(DEEDS, 1, 8))
def test_scenarios_that_start_each_other_and_themselves_hold_together(
    tunnel: Sequence, other: Sequence, deeds: list[Deed]
) -> None:
    both = (program(tunnel, again="each"), program(other, "other", again="each"))
    anna = on_stage(*both, scoring=RULES, thresholds=THRESHOLDS, **JUDGED)
    anna.submits()
    play(anna, deeds)


@ROUTINE
@given(sequences(), _few(st.sampled_from((*ANSWERS, *INSTANTS)), 0, 5), _few(DEEDS, 0, 6))
def test_two_passes_do_all_things_once_each(sequence: Sequence, first: list[Deed], second: list[Deed]) -> None:
    anna = on_stage(program(sequence, again="each"), program("[{end: done}]", "other"))
    anna.evaluates_herself()
    play(anna, first)
    anna.passes("2 years")
    began = anna.lead
    anna.evaluates_herself()
    assert anna.lead.enrolments[len(began.enrolments) :], "she may enter again"
    for _, deed in second:
        deed(anna)
        in_order(anna)
    nothing_twice(anna)


@ROUTINE
@given(sequences(), _few(st.sampled_from((*ANSWERS, *OTHERS)), 0, 4), st.sampled_from(["2026-03-27", "2026-10-22"]))
def test_thirty_days_in_one_go_are_thirty_days_one_by_one(sequence: Sequence, deeds: list[Deed], day: str) -> None:
    def story(spans: list[str]) -> list[tuple[str, Any, Any]]:
        anna = on_stage(program(sequence, again="each"), program("[{wait: 1 day}]", "other"), at=paris(f"{day} 18:30"))
        anna.submits()
        for _, deed in deeds:
            deed(anna)
            anna.passes("5 hours")
        for span in spans:
            anna.passes(span)
        return [(key, row.state, row.left_at) for key, row in sorted(anna.rows.items())]

    assert story(["30 days"]) == story(["1 day"] * 30)
