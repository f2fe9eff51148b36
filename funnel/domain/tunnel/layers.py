"""The wide picture: a layer a row, the main way straight down, each branch in a column of its own to the right.

Lines run down only where no box stands and across only between two layers, so none crosses a box by construction.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from funnel.domain.tunnel.graph import Edge, Graph, Words
from funnel.domain.tunnel.picture import SMALL, Box, Label, Line, Picture, width_of, wrap

BOX_WIDTH, LEAST_WIDTH, BOX_HEIGHT = 218, 200, 62
SPACE = 22
PAPER = 1240
"""What a desk shows: boxes become smaller down to the least width to fit into it."""
MARGIN = 20
LINE_HEIGHT = 15
MOST_LINES = 4
_TRACK, _GAP, _LOOP = 9, 15, 26

Cell = tuple[int, int]
"""Column and row."""


def wide(graph: Graph) -> Picture:
    """Lay the graph out in columns."""
    return _Layers(graph).picture()


class _Block(NamedTuple):
    """Nodes placed relative to their first one: each one's column, and every cell that is used."""

    columns: dict[str, int]
    cells: set[Cell]


class _Tops(NamedTuple):
    """Heights of a row: its boxes; below them the first track of branches, labels, the last track of joining ways."""

    box: float
    fan: float
    label: float
    join: float


class _Layers:
    """Rows by the longest way to each node, columns by what is free, then pixels."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._forward = [edge for edge in graph.edges if edge.way != "again"]
        self._back = [edge for edge in graph.edges if edge.way == "again"]
        self._ways: dict[str, list[Edge]] = {node.id: [] for node in graph.nodes}
        self._row = {node.id: 0 for node in graph.nodes}
        self._place = {node.id: place for place, node in enumerate(graph.nodes)}
        for edge in self._forward:
            self._ways[edge.source].append(edge)
        for node in graph.nodes:  # in the file's order no way leads back
            for edge in self._ways[node.id]:
                self._row[edge.target] = max(self._row[edge.target], self._row[node.id] + 1)
        self._column = self._chain(graph.nodes[0].id, None).columns
        self._rows = max(self._row.values()) + 1
        self._left = MARGIN + (_LOOP if self._back else 0)
        room = (PAPER - self._left - MARGIN) / (max(self._column.values()) + 1)
        self._width = int(max(LEAST_WIDTH, min(BOX_WIDTH, room - SPACE)))
        self._pitch = self._width + SPACE
        on: list[list[str]] = [[] for _ in range(self._rows)]
        for name in self._column:
            on[self._row[name]].append(name)
        self._on = on
        self._outs = [self._fans(row) for row in range(self._rows)]
        self._ins = [*(self._joins(row) for row in range(self._rows)), dict[str, int]()]
        self._tops = self._heights()

    # -- columns ------------------------------------------------------------------------------------------------------

    def _chain(self, start: str, stop: str | None) -> "_Block":
        """The nodes from `start` to before `stop` below each other in column 0, what branches off to their right."""
        block = _Block({}, set())
        node: str | None = start
        while node is not None and node != stop:
            block.columns[node] = 0
            block.cells.add((0, self._row[node]))
            after, ways = self._graph.after[node], self._ways[node]
            if len(ways) > 1:
                self._branches(block, ways, after, stop)
            elif ways:
                self._pass(block, node, ways[0].target, stop)
            node = after
        return block

    def _branches(self, block: "_Block", ways: list[Edge], after: str | None, stop: str | None) -> None:
        """Put each branch into the first column, right of the branch before it, where all of it is free.

        Column 0 is the way straight on; where there is none, the first branch that goes on there: one that ends may be
        longer than that."""
        arms = [
            self._chain(head, after) for head in dict.fromkeys(edge.target for edge in ways if edge.target != after)
        ]
        column = -1
        if after is not None and any(edge.target == after for edge in ways):
            self._pass(block, ways[0].source, after, stop)
            column = 0
        elif after is not None:
            arms.sort(
                key=lambda arm: not any(edge.target == after for node in arm.columns for edge in self._ways[node])
            )
            arms[1:] = sorted(arms[1:], key=lambda arm: min(self._place[node] for node in arm.columns))
        for arm in arms:
            column += 1
            while {(column + at, row) for at, row in arm.cells} & block.cells:
                column += 1
            block.columns.update({node: column + at for node, at in arm.columns.items()})
            block.cells.update({(column + at, row) for at, row in arm.cells})

    def _pass(self, block: "_Block", source: str, target: str, stop: str | None) -> None:
        """Keep free what a line runs down through; where it leaves the column, also the place beside its target."""
        last = self._row[target] + (target == stop)
        block.cells.update((0, row) for row in range(self._row[source] + 1, last))

    # -- pixels -------------------------------------------------------------------------------------------------------

    def picture(self) -> Picture:
        """The boxes, lines and labels."""
        boxes = {
            node.id: Box(
                self._left + self._column[node.id] * self._pitch, self._tops[self._row[node.id]].box,
                self._width, BOX_HEIGHT, self._middle(self._column[node.id]),
            )
            for node in self._graph.nodes
        }  # fmt: skip
        lines = [self._line(edge, boxes) for edge in self._forward]
        lines += [self._loop(edge, boxes) for edge in self._back]
        labels = [label for node in boxes for label in self._labels(node)]
        width = max(box.right for box in boxes.values()) + MARGIN
        height = max(box.bottom for box in boxes.values()) + MARGIN
        return Picture("wide", width, height, boxes, tuple(lines), tuple(labels))

    def _middle(self, column: int) -> float:
        return self._left + column * self._pitch + self._width / 2

    def _fans(self, row: int) -> dict[str, int]:
        """The track below a row on which each of its nodes fans out."""
        return _tracks(
            (node, [self._column[node], *map(self._leg, self._ways[node])])
            for node in self._on[row]
            if len(self._ways[node]) > 1
        )

    def _joins(self, row: int) -> dict[str, int]:
        """The track above a row on which ways from other columns come together to each of its nodes."""
        coming: dict[str, list[int]] = defaultdict(list)
        for edge in self._forward:
            if self._row[edge.target] == row and self._leg(edge) != self._column[edge.target]:
                coming[edge.target].append(self._leg(edge))
        return _tracks((node, [self._column[node], *columns]) for node, columns in coming.items())

    def _leg(self, edge: Edge) -> int:
        """The column in which a way runs down: that of its branch's head, or of its source."""
        branch = len(self._ways[edge.source]) > 1 and edge.target != self._graph.after[edge.source]
        return self._column[edge.target if branch else edge.source]

    def _loops(self, row: int) -> int:
        return sum(self._row[edge.source] == row for edge in self._back)

    def _heights(self) -> list["_Tops"]:
        found: list[_Tops] = []
        y = float(MARGIN)
        for row in range(self._rows):
            outs = max(self._outs[row].values(), default=-1) + 1 + self._loops(row)
            ins = max(self._ins[row + 1].values(), default=-1) + 1
            texts = max((len(self._wrapped(t)) for node in self._on[row] for _, _, t in self._texts(node)), default=0)
            fan = y + BOX_HEIGHT + _GAP
            label = fan + max(outs - 1, 0) * _TRACK + (_GAP - 5 if texts else 0)
            join = label + (texts * LINE_HEIGHT + 8 if texts else 0) + ins * _TRACK
            found.append(_Tops(y, fan, label, join))
            y = join + _GAP + 4
        return found

    def _line(self, edge: Edge, boxes: dict[str, Box]) -> Line:
        source, target = boxes[edge.source], boxes[edge.target]
        leg = self._middle(self._leg(edge))
        points = [(source.lane, source.bottom)]
        if leg != source.lane:
            row = self._row[edge.source]
            y = self._tops[row].fan + (self._outs[row][edge.source] + self._loops(row)) * _TRACK
            points += [(source.lane, y), (leg, y)]
        if leg != target.lane:
            row = self._row[edge.target]
            y = self._tops[row - 1].join - self._ins[row][edge.target] * _TRACK
            points += [(leg, y), (target.lane, y)]
        return Line((*points, (target.lane, target.y)), edge)

    def _loop(self, edge: Edge, boxes: dict[str, Box]) -> Line:
        """Down out of its box, across to the margin, up, and into the side of the first step."""
        source, target = boxes[edge.source], boxes[edge.target]
        x, y = self._left - _LOOP / 2 - 4, self._tops[self._row[edge.source]].fan
        start, end = source.x + 28, target.y + 24
        return Line(((start, source.bottom), (start, y), (x, y), (x, end), (target.x, end)), edge)

    def _texts(self, node: str) -> list[tuple[int, Edge, str]]:
        """What is written below a node: column, way, text; ways that run straight on together share one."""
        together: dict[int, list[Edge]] = defaultdict(list)
        for edge in self._ways[node]:
            if edge.label:
                together[self._leg(edge)].append(edge)
        return [(column, edges[0], either(edges, self._graph.words)) for column, edges in together.items()]

    def _wrapped(self, text: str) -> tuple[str, ...]:
        return wrap(text, self._width - 12, SMALL, MOST_LINES)

    def _labels(self, node: str) -> Iterable[Label]:
        for column, edge, text in self._texts(node):
            lines = self._wrapped(text)
            width = max(width_of(line, SMALL) for line in lines) + 14
            x = self._middle(column) - width / 2
            yield Label(x, self._tops[self._row[node]].label, width, len(lines) * LINE_HEIGHT + 6, lines, text, edge)


def either(edges: Iterable[Edge], words: Words) -> str:
    """What is written where several ways are one line."""
    joined = words.say("or")
    return f" {joined} ".join(edge.label for edge in edges)


def _tracks(spans: Iterable[tuple[str, list[int]]]) -> dict[str, int]:
    """A track for each span of columns, so that none on a track touches another; from the left, the first free."""
    found: dict[str, int] = {}
    ends: list[int] = []
    for first, last, name in sorted((min(columns), max(columns), name) for name, columns in spans):
        track = next((number for number, end in enumerate(ends) if end < first), len(ends))
        ends[track : track + 1] = [last]
        found[name] = track
    return found
