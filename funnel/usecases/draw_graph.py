"""A scenario as an SVG picture for a page under a strict CSP: no style attribute and no script; only classes, to which
`graph.css` gives their colours in light and dark."""

from html import escape

from funnel.domain.tunnel.graph import COMPLETED, Graph, Node, People, Standing, Words
from funnel.domain.tunnel.layers import LINE_HEIGHT, wide
from funnel.domain.tunnel.outline import SYMBOL, narrow
from funnel.domain.tunnel.picture import LONG, SMALL, TEXT, Box, Form, Label, Line, Picture, fit, width_of, wrap
from funnel.usecases.graph_shapes import ICONS, POINTED, frame

_RADIUS, _HEAD, _ROW, _SIDE = 8.0, 4.5, 18, 20


def verbs(words: Words) -> dict[str, str]:
    """What each verb is called in the picture."""
    say = words.say
    return {
        "form": say("Form"), "email": say("E-mail"), "wait": say("Wait"), "await": say("Await"),
        "choose": say("Choose"), "when": say("When"), "hand_off": say("Hand off"), "task": say("Task"),
        "book": say("Book"), "tag": say("Tag"), "status": say("Status"), "score": say("Score"),
        "webhook": say("Webhook"), "start": say("Start"), "end": say("End"),
    }  # fmt: skip


def draw_graph(graph: Graph, form: Form = "wide", people: People | None = None, *, style: str = "") -> str:
    """The picture; with `people`, how many stand at each step and how they ended. The same graph gives the same bytes.

    `style` is a style sheet for a file that stands alone; a page brings `graph.css` itself and leaves it empty.
    """
    picture = wide(graph) if form == "wide" else narrow(graph)
    foot = _foot(graph, picture, people) if people else ()
    height = picture.height + (len(foot) * _ROW + 8 if foot else 0)
    name = f"graph-{graph.name}-{form}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="graph {form}" width="{_n(picture.width)}" '
        f'height="{_n(height)}" viewBox="0 0 {_n(picture.width)} {_n(height)}" role="img" '
        f'aria-labelledby="{name}-t {name}-d">',
        f'<title id="{name}-t">{_text(graph.title)}</title>',
        f'<desc id="{name}-d">{_text(describe(graph, people))}</desc>',
    ]
    if style:
        parts.append(f"<style>{style}</style>")
        parts.append(f'<rect class="paper" width="{_n(picture.width)}" height="{_n(height)}"/>')
    parts += [_line(line) for line in picture.lines]
    parts += [_label(label, picture.form) for label in picture.labels]
    called = verbs(graph.words)
    for node in graph.nodes:
        counts = badges(node, people, graph.words)
        parts.append(_node(node, picture.boxes[node.id], form, counts, called[node.verb]))
    parts += [
        f'<text class="foot" x="{_n(_SIDE)}" y="{_n(picture.height + 8 + number * _ROW)}">{_text(line)}</text>'
        for number, line in enumerate(foot)
    ]
    return "\n".join([*parts, "</svg>", ""])


def describe(graph: Graph, people: People | None = None) -> str:
    """The picture in words, for whoever cannot see it: each step and where it leads."""
    called = verbs(graph.words)
    titles = {node.id: f"{called[node.verb]} {node.title}".strip() for node in graph.nodes}
    lines = []
    for node in graph.nodes:
        ways = [f"{edge.label}: {titles[edge.target]}" if edge.label else titles[edge.target]
                for edge in graph.edges if edge.source == node.id]  # fmt: skip
        standing = people.at.get(node.id, Standing()).all if people else 0
        here = f" ({standing:,})" if standing else ""
        lines.append(f"{titles[node.id]}{here} → {'; '.join(ways)}." if ways else f"{titles[node.id]}{here}.")
    return " ".join(lines)


# -- lines and labels -------------------------------------------------------------------------------------------------


def _line(line: Line) -> str:
    (x, y), (before_x, before_y) = line.points[-1], line.points[-2]
    path = f'<path class="way {line.edge.way}" d="{_rounded(line.points)}"/>'
    if not line.arrow:
        return path
    dx, dy = _sign(x - before_x), _sign(y - before_y)
    back_x, back_y = x - dx * _HEAD * 1.6, y - dy * _HEAD * 1.6
    corners = ((back_x + dy * _HEAD, back_y + dx * _HEAD), (x, y), (back_x - dy * _HEAD, back_y - dx * _HEAD))
    return f'{path}<path class="head {line.edge.way}" d="M{" ".join(f"{_n(a)} {_n(b)}" for a, b in corners)}Z"/>'


def _rounded(points: tuple[tuple[float, float], ...]) -> str:
    """A path through the points, its corners rounded as far as there is room."""
    first = points[0]
    parts = [f"M{_n(first[0])} {_n(first[1])}"]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        room = min(_RADIUS, _distance(before, here) / 2, _distance(here, after) / 2)
        enter = (here[0] - _sign(here[0] - before[0]) * room, here[1] - _sign(here[1] - before[1]) * room)
        leave = (here[0] + _sign(after[0] - here[0]) * room, here[1] + _sign(after[1] - here[1]) * room)
        parts.append(f"L{_n(enter[0])} {_n(enter[1])}Q{_n(here[0])} {_n(here[1])} {_n(leave[0])} {_n(leave[1])}")
    return "".join([*parts, f"L{_n(points[-1][0])} {_n(points[-1][1])}"])


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _label(label: Label, form: Form) -> str:
    middle, anchor = (label.x + label.width / 2, "middle") if form == "wide" else (label.x + 5, "start")
    lines = "".join(
        f'<tspan x="{_n(middle)}" y="{_n(label.y + 3 + 11 + number * LINE_HEIGHT)}">{_text(line)}</tspan>'
        for number, line in enumerate(label.lines)
    )
    back = (
        f'<rect class="plate" x="{_n(label.x)}" y="{_n(label.y)}" width="{_n(label.width)}" '
        f'height="{_n(label.height)}" rx="6"/>'
        if form == "wide"
        else ""
    )
    full = f"<title>{_text(label.text)}</title>"
    return f'<g class="label {label.edge.way}">{full}{back}<text text-anchor="{anchor}">{lines}</text></g>'


# -- nodes ------------------------------------------------------------------------------------------------------------


def _node(node: Node, box: Box, form: Form, counts: list[tuple[str, str]], verb: str) -> str:
    full = " · ".join(part for part in (verb, node.title, node.detail, *(text for _, text in counts)) if part)
    body = _wide(node, box, counts, verb) if form == "wide" else _narrow(node, box, counts, verb)
    return f'<g class="node {node.verb}"><title>{_text(full)}</title>{body}</g>'


def _wide(node: Node, box: Box, counts: list[tuple[str, str]], verb: str) -> str:
    left, room = box.x + 42, box.width - 42 - (14 if node.verb in POINTED else 10)
    rows = [("verb", verb, 11.5), ("title", node.title, TEXT)]
    rows += [("detail", node.detail, SMALL)] if node.detail else []
    top = box.y + (19 if node.detail else 27)
    texts = "".join(
        _row(kind, text, left, top + number * 17, room, size) for number, (kind, text, size) in enumerate(rows)
    )
    shape = f'<path class="shape" d="{frame(node.verb, box.x, box.y, box.width, box.height)}"/>'
    right, drawn = box.right + 8, []
    for kind, text in reversed(counts):
        width = width_of(text, SMALL) + 14
        drawn.append(_badge(kind, text, right - width, box.y - 14, width))
        right -= width + 4
    return shape + _icon(node.verb, box.x + 16, box.y + box.height / 2 - 10, 20) + texts + "".join(drawn)


def _narrow(node: Node, box: Box, counts: list[tuple[str, str]], verb: str) -> str:
    middle = box.y + box.height / 2
    right, drawn = box.right - 8, []
    for kind, text in reversed(counts):
        width = width_of(text, SMALL) + 14
        drawn.append(_badge(kind, text, right - width, middle - 10, width))
        right -= width + 4
    left = box.x + SYMBOL + 10
    room = right - left - 2
    symbol = frame(node.verb, box.x, middle - SYMBOL / 2, SYMBOL, SYMBOL)
    second = " · ".join(part for part in (verb, node.detail) if part)
    return (
        f'<rect class="card" x="{_n(box.x + SYMBOL / 2)}" y="{_n(box.y)}" width="{_n(box.width - SYMBOL / 2)}" '
        f'height="{_n(box.height)}" rx="8"/><path class="shape" d="{symbol}"/>'
        + _icon(node.verb, box.x + SYMBOL / 2 - 8, middle - 8, 16)
        + _row("title", node.title, left, box.y + 20, room, TEXT)
        + _row("detail", second, left, box.y + 36, room, SMALL)
        + "".join(drawn)
    )


def _row(kind: str, text: str, x: float, y: float, room: float, size: float) -> str:
    if kind == "title" and width_of(text, TEXT) > room:
        kind, size = "title long", LONG
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}">{_text(fit(text, room, size))}</text>'


def _icon(verb: str, x: float, y: float, size: float) -> str:
    return f'<path class="icon" transform="translate({_n(x)} {_n(y)}) scale({_n(size / 16)})" d="{ICONS[verb]}"/>'


# -- people -----------------------------------------------------------------------------------------------------------


def badges(node: Node, people: People | None, words: Words) -> list[tuple[str, str]]:
    """Class and text of each count at a node."""
    if people is None:
        return []
    say = words.say
    if node.verb == "end":
        ended = people.ended.get("completed" if node.id == COMPLETED else node.title, 0)
        return [("ended", f"{ended:,} " + say("ended"))] if ended else []
    at = people.at.get(node.id, Standing())
    here = at.waiting + at.awaiting
    found = [("here", f"{here:,} " + say("here"))] if here else []
    return found + ([("parked", f"{at.parked:,} " + say("parked"))] if at.parked else [])


def _badge(kind: str, text: str, x: float, y: float, width: float) -> str:
    return (
        f'<g class="badge {kind}"><rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="20" rx="10"/>'
        f'<text text-anchor="middle" x="{_n(x + width / 2)}" y="{_n(y + 14)}">{_text(text)}</text></g>'
    )


def _foot(graph: Graph, picture: Picture, people: People) -> tuple[str, ...]:
    """Who ended in a way that has no place in the picture, and who stands at steps that it does not have."""
    drawn = {node.title if node.id != COMPLETED else "completed" for node in graph.nodes if node.verb == "end"}
    others = [f"{reason} {number:,}" for reason, number in sorted(people.ended.items()) if reason not in drawn]
    said = [graph.words.say("Left otherwise") + f": {', '.join(others)}"] if others else []
    if people.elsewhere:
        said.append(graph.words.say("At steps of older versions") + f": {people.elsewhere:,}")
    return wrap(" · ".join(said), picture.width - 2 * _SIDE, SMALL, 4) if said else ()


def _n(value: float) -> str:
    """A number as short as it can be."""
    return f"{value:.1f}".removesuffix(".0")


def _text(text: str) -> str:
    """Escaped; what XML has no way to write is left out."""
    return escape("".join(letter for letter in text if letter.isprintable() or letter in "\u200d\u00a0\u202f"))
