"""A program as a graph and laid out: every way is there, no line crosses a box, no text is covered, on any tunnel."""

from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funnel.domain.tunnel.graph import COMPLETED, ENTRY, Edge, Graph, graph_of
from funnel.domain.tunnel.layers import wide
from funnel.domain.tunnel.outline import narrow
from funnel.domain.tunnel.picture import Label, Line, Picture, fit, width_of, wrap
from tests.domain.engine.world import program
from tests.domain.tunnel.forty import forty

Rectangle = tuple[float, float, float, float]


def ways(graph: Graph) -> set[tuple[str, str, str, str]]:
    return {(edge.source, edge.target, edge.way, edge.label) for edge in graph.edges}


def test_every_way_of_a_program_is_an_edge_with_what_decides() -> None:
    graph = graph_of(
        program("""
- choose:
    - {when: score >= 50, do: [{tag: vip}]}
    - {when: score >= 20, do: []}
  otherwise: [{end: cold}]
- when: lead.phone is known
  do: [{score: 5}]
- await: appointment.booked
  within: 5 days
  otherwise: [{tag: late}]
- start: tunnel
""")
    )
    assert ways(graph) == {
        (ENTRY, "choose", "on", ""),
        ("choose", "tag_vip", "case", "score >= 50"),
        ("choose", "when", "case", "score >= 20"),
        ("choose", "end_cold", "otherwise", "otherwise"),
        ("tag_vip", "when", "on", ""),
        ("when", "score_5", "case", "lead.phone is known"),
        ("when", "await_appointment_booked", "otherwise", "otherwise"),
        ("score_5", "await_appointment_booked", "on", ""),
        ("await_appointment_booked", "start_tunnel", "met", "appointment.booked"),
        ("await_appointment_booked", "tag_late", "late", "after 5 days"),
        ("tag_late", "start_tunnel", "on", ""),
        ("start_tunnel", COMPLETED, "on", ""),
        ("start_tunnel", "choose", "again", ""),
    }


def test_what_nobody_comes_to_is_left_out() -> None:
    graph = graph_of(program("[{tag: vip}, {end: enough}, {tag: late}]"))
    assert [node.id for node in graph.nodes] == [ENTRY, "tag_vip", "end_enough"]


def test_an_end_that_may_be_skipped_leads_on() -> None:
    graph = graph_of(program("[{end: enough, unless: appointment.booked}, {tag: late}]"))
    assert ("end_enough", "tag_late", "on", "") in ways(graph)
    assert next(node.detail for node in graph.nodes if node.id == "end_enough") == "unless appointment.booked"


# -- the pictures -----------------------------------------------------------------------------------------------------

LAYOUTS = {"wide": wide, "narrow": narrow}


def crosses(one: tuple[float, float], other: tuple[float, float], box: Rectangle) -> bool:
    """Whether a horizontal or vertical piece of a line runs through the inside of a rectangle."""
    left, top, right, bottom = box
    x0, x1 = sorted((one[0], other[0]))
    y0, y1 = sorted((one[1], other[1]))
    return x0 < right - 0.5 and x1 > left + 0.5 and y0 < bottom - 0.5 and y1 > top + 0.5


def overlap(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def of_label(label: Label) -> Rectangle:
    return label.x, label.y, label.x + label.width, label.y + label.height


def faults(graph: Graph, picture: Picture) -> list[str]:
    """Whatever a reader would stumble over."""
    boxes = {name: (box.x, box.y, box.right, box.bottom) for name, box in picture.boxes.items()}
    places = [*boxes.items(), *((f"label {label.lines}", of_label(label)) for label in picture.labels)]
    found = [f"{a} covers {b}" for (a, one), (b, other) in combinations(places, 2) if overlap(one, other)]
    for name, (left, top, right, bottom) in places:
        if left < 0 or top < 0 or right > picture.width or bottom > picture.height:
            found.append(f"{name} is outside")
    for line in picture.lines:
        for one, other in pairwise(line.points):
            if one[0] != other[0] and one[1] != other[1]:
                found.append(f"{line.edge} is not upright")
            found += [f"{line.edge} crosses {name}" for name, box in boxes.items() if crosses(one, other, box)]
            found += [
                f"{line.edge} crosses {label.lines}" for label in picture.labels if covers(line, one, other, label)
            ]
    said = {(label.edge.source, text) for label in picture.labels for text in (label.text, *label.text.split(" or "))}
    return found + [f"{edge} has no label" for edge in graph.edges if edge.label and not says(edge, said)]


def says(edge: Edge, said: set[tuple[str, str]]) -> bool:
    return (edge.source, edge.label) in said


def covers(line: Line, one: tuple[float, float], other: tuple[float, float], label: Label) -> bool:
    """In the wide form a label sits on its own way, which runs upright through its middle."""
    own = line.edge.source == label.edge.source and one[0] == other[0] and abs(one[0] - label.x - label.width / 2) < 1
    return not own and crosses(one, other, of_label(label))


@pytest.mark.parametrize("form", LAYOUTS)
def test_forty_steps_are_drawn_without_a_fault(form: str) -> None:
    graph = graph_of(forty())
    assert len(forty().steps) >= 40
    picture = LAYOUTS[form](graph)
    assert faults(graph, picture) == []
    assert set(picture.boxes) == {node.id for node in graph.nodes}


def test_the_narrow_form_fits_a_telephone_and_the_wide_one_a_desk() -> None:
    graph = graph_of(forty())
    assert narrow(graph).width <= 344
    assert wide(graph).width * 0.9 <= 1240  # six columns: a page makes it smaller, and it can still be read


@pytest.mark.parametrize("form", LAYOUTS)
def test_a_line_begins_at_its_source_and_ends_at_its_target(form: str) -> None:
    graph = graph_of(forty())
    picture = LAYOUTS[form](graph)
    for line in picture.lines:
        if form == "wide":
            assert touches(picture, line.edge.source, line.points[0])
        if line.arrow:
            assert touches(picture, line.edge.target, line.points[-1]), line.edge
    assert {line.edge.target for line in picture.lines if line.arrow} == {edge.target for edge in graph.edges}


def touches(picture: Picture, node: str, point: tuple[float, float]) -> bool:
    box = picture.boxes[node]
    return box.x <= point[0] <= box.right and box.y <= point[1] <= box.bottom


def test_only_a_new_pass_leads_back() -> None:
    graph = graph_of(forty())
    places = {node.id: place for place, node in enumerate(graph.nodes)}
    back = [edge for edge in graph.edges if places[edge.target] <= places[edge.source]]
    assert [(edge.source, edge.target, edge.way) for edge in back] == [("start_tunnel", "email_results", "again")]


_plain = st.sampled_from([{"tag": "vip"}, {"wait": "2 days"}, {"score": 5}, {"status": "warm"}, {"start": "tunnel"}])
_ends = st.sampled_from([{"end": "cold"}, {"end": "enough"}])
_conditions = st.sampled_from(
    ["score >= 50", "lead.phone is known", 'lead.company in ["A rather long name of a firm", "Another"] and score < 20']
)


def _block(steps: st.SearchStrategy[Any], least: int) -> st.SearchStrategy[list[Any]]:
    body = st.lists(steps, min_size=least, max_size=4)
    return body | st.builds(lambda rest, end: [*rest, end], body, _ends)


def _nested(steps: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    case = st.fixed_dictionaries({"when": _conditions, "do": _block(steps, 0)})
    return st.one_of(
        st.fixed_dictionaries({"when": _conditions, "do": _block(steps, 1)}),
        st.fixed_dictionaries({"choose": st.lists(case, min_size=1, max_size=4), "otherwise": _block(steps, 0)}),
        st.fixed_dictionaries(
            {"await": st.just("appointment.booked"), "within": st.just("5 days"), "otherwise": _block(steps, 0)}
        ),
    )


_sequences = _block(st.recursive(_plain, _nested, max_leaves=25), 1)


@given(sequence=_sequences)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_tunnel_is_drawn_without_a_fault(sequence: list[Any]) -> None:
    graph = graph_of(program(sequence))
    for layout in LAYOUTS.values():
        picture = layout(graph)
        assert faults(graph, picture) == []
        assert picture == layout(graph_of(program(sequence)))


def test_five_hundred_steps_nested_deep_are_laid_out() -> None:
    block: list[Any] = [{"tag": "vip"}]
    for number in range(15):
        cases = [{"when": "score >= 50", "do": [{"score": 1}] * 4}, {"when": "score >= 20", "do": block}]
        block = [{"choose": cases, "otherwise": [{"wait": "1 day"}] * (number + 14)}]
    graph = graph_of(program(block))
    assert 350 < len(graph.nodes) <= 500
    assert faults(graph, wide(graph)) == []
    assert faults(graph, narrow(graph)) == []


def test_a_text_is_cut_with_an_ellipsis_and_broken_at_spaces_before_dots() -> None:
    assert fit("short", 100, 12) == "short"
    assert fit("a very long text indeed", 60, 12).endswith("…")
    assert width_of(fit("a very long text indeed", 60, 12), 12) <= 60
    assert wrap("answers.cx.band is known", 100, 12, 3) == ("answers.cx.", "band is known")
    assert wrap("lead.phone is known", 80, 12, 3) == ("lead.phone", "is known")
    assert len(wrap("word " * 50, 100, 12, 3)) == 3
