"""The narrow picture, for a telephone: a row a step, branches indented, lines in lanes left of the boxes.

A line never runs right of the lane of a row that it passes, so none crosses a box.
"""

from funnel.domain.tunnel.graph import Edge, Graph
from funnel.domain.tunnel.layers import LINE_HEIGHT, either
from funnel.domain.tunnel.picture import SMALL, Box, Label, Line, Picture, wrap

WIDTH = 344
BOX_HEIGHT = 46
MARGIN = 12
LANE = 20
SYMBOL = 26
"""The symbol's width in a box; a lane runs through its middle."""

_GAP, _MOST_LANES, _LOOP, _MOST_LINES = 10, 9, 14, 4


def narrow(graph: Graph) -> Picture:
    """Lay the graph out as an outline; what is nested very deep makes it wider, so that texts keep their room."""
    first = _Outline(graph, WIDTH)
    picture = first.picture()
    more = first.deepest - _MOST_LANES
    return picture if more <= 0 else _Outline(graph, WIDTH + more * LANE).picture()


class _Outline:
    """Goes down the file, row by row; `_y` is where the next row begins."""

    def __init__(self, graph: Graph, width: float) -> None:
        self._graph = graph
        self._width = width
        self.deepest = 0
        self._ways: dict[str, list[Edge]] = {node.id: [] for node in graph.nodes}
        for edge in graph.edges:
            if edge.way != "again":
                self._ways[edge.source].append(edge)
        self._back = [edge for edge in graph.edges if edge.way == "again"]
        self._right = width - MARGIN - (_LOOP if self._back else 0)
        self._y = float(MARGIN)
        self._boxes: dict[str, Box] = {}
        self._lines: list[Line] = []
        self._labels: list[Label] = []

    def picture(self) -> Picture:
        """The boxes, lines and labels."""
        first = self._graph.nodes[0].id
        self._chain(first, None, 0, None, self._ways[first][0])
        for edge in self._back:
            source, target = self._boxes[edge.source], self._boxes[edge.target]
            x, low, high = self._right + _LOOP, source.y + BOX_HEIGHT / 2, target.y + BOX_HEIGHT / 2
            self._lines.append(Line(((self._right, low), (x, low), (x, high), (self._right, high)), edge))
        width, height = self._width, self._y - _GAP + MARGIN
        return Picture("narrow", width, height, self._boxes, tuple(self._lines), tuple(self._labels))

    def _x(self, lane: int) -> float:
        """The middle of a lane."""
        self.deepest = max(self.deepest, lane)
        return MARGIN + SYMBOL / 2 + lane * LANE

    def _chain(self, start: str, stop: str | None, lane: int, top: float | None, by: Edge) -> tuple[float, Edge] | None:
        """Rows from `start` to before `stop`; `top` is where the line to the first one begins. Gives where the way on
        begins, if one leads on."""
        x = self._x(lane)
        node: str | None = start
        flow = None if top is None else (top, by)
        while node is not None and node != stop:
            box = Box(x - SYMBOL / 2, self._y, self._right - x + SYMBOL / 2, BOX_HEIGHT, x)
            if flow is not None:
                self._lines.append(Line(((x, flow[0]), (x, box.y)), flow[1]))
            self._boxes[node] = box
            self._y += BOX_HEIGHT + _GAP
            ways, after = self._ways[node], self._graph.after[node]
            flow = (box.bottom, ways[0]) if len(ways) == 1 else None
            if len(ways) > 1:
                flow = self._branches(box, ways, after, lane)
            node = after
        return flow

    def _branches(self, box: Box, ways: list[Edge], after: str | None, lane: int) -> tuple[float, Edge] | None:
        """The branches one below the other. A single one leaves from the lane itself and comes back to it; several
        leave from a rail of their own, for what comes back must not seem to go into the next."""
        straight = [edge for edge in ways if edge.target == after]
        arms = [edge for edge in ways if edge.target != after]
        flow = (box.bottom, straight[0]) if straight else None
        x = self._x(lane)
        if straight:
            self._label(either(straight, self._graph.words), x, straight[0])
        own = len(arms) == 1 and bool(straight)
        rail = x if own else self._x(lane + 1)
        leaves = box.bottom
        if not own and arms:  # below the label of the way straight on
            leaves = self._y - _GAP / 2
            self._lines.append(Line(((x, box.bottom), (x, leaves), (rail, leaves)), arms[0], arrow=False))
        for place, edge in enumerate(arms):
            arm = lane + (1 if own else 2)
            middle = self._label(edge.label, self._x(arm), edge)
            turn = middle - 4
            points = ((rail, leaves), (rail, turn), (self._x(arm), turn))
            back = self._chain(edge.target, after, arm, turn, edge)
            self._lines.append(Line(points, edge, arrow=False))
            leaves = turn
            if back is not None:
                y = self._y - _GAP / 2
                self._lines.append(Line(((self._x(arm), back[0]), (self._x(arm), y), (x, y)), back[1], arrow=False))
                self._y += _GAP if place < len(arms) - 1 or flow is not None else _GAP / 2
                flow = flow or (y, back[1])
        return flow

    def _label(self, text: str, lane: float, edge: Edge) -> float:
        """A row of text right of a lane; gives the height of its first line's middle."""
        x = lane + 9
        lines = wrap(text, self._right - x - 12, SMALL, _MOST_LINES)
        height = len(lines) * LINE_HEIGHT + 6
        y = self._y
        self._labels.append(Label(x, y, self._right - x, height, lines, text, edge))
        self._y += height + _GAP
        return y + 3 + LINE_HEIGHT / 2
