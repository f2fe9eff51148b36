"""A program as a graph: what a person meets, in the file's order, and the ways between, labelled with what decides."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from funnel.domain.model import in_language
from funnel.domain.tunnel.program import Instruction, Program
from funnel.domain.tunnel.scenario import START, Scenario
from funnel.domain.tunnel.steps import (
    AwaitStep,
    BookStep,
    ChooseStep,
    EmailStep,
    EndStep,
    HandOffStep,
    ScoreStep,
    StartStep,
    Step,
    TaskStep,
    WaitStep,
    WhenStep,
    verb_of,
)

ENTRY = "=entry"
COMPLETED = "=completed"
"""The two places that are no step: where people come in, and the end behind the last step. No id has a `=`."""

Way = Literal["on", "met", "late", "case", "otherwise", "again"]
"""on: simply the next step; met, late: an await's event and its time-out; case, otherwise: of a choice; again: the
scenario starts anew, the only way that leads back."""


def as_it_is(text: str) -> str:
    """The text itself."""
    return text


@dataclass(frozen=True, slots=True)
class Words:
    """How a picture speaks: `say` turns an English text, and `span` a span of the file, into the reader's language."""

    language: str = "en"
    say: Callable[[str], str] = as_it_is
    span: Callable[[str], str] = as_it_is


ENGLISH = Words()
"""The words as they stand in the code, and spans as they stand in the file."""


@dataclass(frozen=True, slots=True)
class Node:
    """A step (or the entry, or the last end): its verb, what it is about, and a second line."""

    id: str
    verb: str
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one node to another; `label` is what is written at it: the condition, event or time that decides."""

    source: str
    target: str
    way: Way
    label: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How many stand at a step."""

    waiting: int = 0
    awaiting: int = 0
    parked: int = 0

    @property
    def all(self) -> int:
        """Whoever stands here, for whatever reason."""
        return self.waiting + self.awaiting + self.parked


@dataclass(frozen=True, slots=True)
class People:
    """Where people are: by step, those who ended by reason, and how many stand at steps of older versions only."""

    at: Mapping[str, Standing] = field(default_factory=dict)
    ended: Mapping[str, int] = field(default_factory=dict)
    elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in the file's order, entry first, then only those that somebody can reach; edges in the order in which
    they are tried. `after` gives, of each node that branches, the node where its branches meet again; `words` tell the
    picture in the language of its texts."""

    name: str
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    after: Mapping[str, str | None]
    words: Words = ENGLISH

    def ways(self, node: str) -> list[Edge]:
        """The edges that leave a node, back edges left out."""
        return [edge for edge in self.edges if edge.source == node and edge.way != "again"]


def graph_of(program: Program, words: Words = ENGLISH) -> Graph:
    """The graph of a program; the file's texts in the language of `words`, else in the first one written."""
    first = program.first or COMPLETED
    edges = [Edge(ENTRY, first, "on")]
    for instruction in program.steps.values():
        edges.extend(_ways(program, instruction, words))
    reached = _reached(edges)
    form = program.scenario.form
    entry = Node(ENTRY, "form" if form else "start", form.page if form else _starts_on(program.scenario))
    nodes = [
        entry,
        *(_node(program, one, words) for one in program.steps.values()),
        Node(COMPLETED, "end", words.say("completed")),
    ]
    after: dict[str, str | None] = {ENTRY: first}
    for one in program.steps.values():
        ends = isinstance(one.step, EndStep) and one.step.unless is None
        after[one.id] = None if ends else one.next or COMPLETED
    return Graph(
        program.name,
        in_language(program.scenario.title, words.language),
        tuple(node for node in nodes if node.id in reached),
        tuple(edge for edge in edges if edge.source in reached),
        {key: value if value in reached else None for key, value in after.items() if key in reached}
        | {COMPLETED: None},
        words,
    )


def _reached(edges: list[Edge]) -> set[str]:
    """Whatever a person can come to; edges stand in an order in which no way leads back."""
    found = {ENTRY}
    for edge in edges:
        if edge.source in found:
            found.add(edge.target)
    return found


def _ways(program: Program, instruction: Instruction, words: Words) -> Iterator[Edge]:
    here, following = instruction.id, instruction.next or COMPLETED
    match instruction.step:
        case EndStep(unless=None):
            return
        case AwaitStep() as step:
            yield Edge(here, following, "met", step.await_)
            late = words.say("after %(span)s") % {"span": words.span(step.within)}
            yield Edge(here, instruction.otherwise or COMPLETED, "late", late)
        case ChooseStep() as step:
            for case, (_, target) in zip(step.choose, instruction.branches, strict=True):
                yield Edge(here, target or COMPLETED, "case", case.when)
            yield Edge(here, instruction.otherwise or COMPLETED, "otherwise", words.say("otherwise"))
        case WhenStep() as step:
            for _, target in instruction.branches:
                yield Edge(here, target or COMPLETED, "case", step.when)
            yield Edge(here, following, "otherwise", words.say("otherwise"))
        case WaitStep(do=list()):
            yield Edge(here, instruction.otherwise or COMPLETED, "met", words.say("in time"))
            yield Edge(here, following, "late", words.say("too late"))
        case StartStep() as step if step.start == program.name:
            yield Edge(here, following, "on")
            yield Edge(here, program.first or COMPLETED, "again")
        case _:
            yield Edge(here, following, "on")


def _node(program: Program, instruction: Instruction, words: Words) -> Node:
    step = instruction.step
    title, detail = _texts(program, step, words)
    if step.unless:
        unless = words.say("unless %(condition)s") % {"condition": step.unless}
        detail = f"{detail} · {unless}" if detail else unless
    return Node(instruction.id, verb_of(step) or "", " ".join(title.split()), " ".join(detail.split()))


def _wait(step: WaitStep, words: Words) -> str:
    if isinstance(step.wait, str):
        return words.span(step.wait)
    if step.wait.before is None:
        return words.say("until %(time)s") % {"time": step.wait.until}
    return words.say("%(span)s before %(time)s") % {"span": words.span(step.wait.before), "time": step.wait.until}


def _texts(program: Program, step: Step, words: Words) -> tuple[str, str]:
    language, say = words.language, words.say
    match step:
        case EmailStep():
            mail = program.mails.get(step.email)
            proposed = say("proposes %(type)s") % {"type": step.propose.appointment} if step.propose else ""
            return step.email, " · ".join(part for part in (_kind(mail.kind, say) if mail else "", proposed) if part)
        case WaitStep():
            return _wait(step, words), ""
        case BookStep():
            return step.book.appointment, say("after %(span)s") % {"span": words.span(step.book.after)}
        case AwaitStep():
            return step.await_, step.questionnaire or step.appointment or step.mail or step.link or ""
        case ChooseStep():
            return say("the first true"), ""
        case WhenStep():
            return say("if true"), ""
        case ScoreStep():
            return f"{step.score:+d}", in_language(step.because, language)
        case HandOffStep():
            return in_language(step.hand_off.because, language), step.hand_off.team or ""
        case TaskStep():
            if isinstance(step.task, str):
                return step.task, ""
            about = step.task.call or in_language(step.task.text, language) or step.task.list or ""
            return about, say("within %(span)s") % {"span": words.span(step.task.within)} if step.task.within else ""
        case StartStep() if step.start == program.name:
            return step.start, say("the next pass")
        case _:
            return str(getattr(step, verb_of(step) or "", "")), ""


def _kind(kind: str, say: Callable[[str], str]) -> str:
    known = {"marketing": say("marketing"), "asked": say("asked"), "staff": say("staff")}
    return known.get(kind, kind)


def _starts_on(scenario: Scenario) -> str:
    trigger = scenario.starts_on
    if trigger is None:
        return START if scenario.on else scenario.scenario
    return str(trigger)
