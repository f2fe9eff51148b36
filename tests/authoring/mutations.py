"""Every small slip of a hand, made to a file: a key deleted, misspelt, of the wrong type, doubled, indented."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import yaml

Kind = Literal["deleted", "misspelt", "wrong type", "doubled", "indented"]
Place = tuple[int, int]
"""Line and column, from 1."""


@dataclass(frozen=True)
class Mutation:
    """A file with one slip. An error must stand at one of the `places`; it must offer `meant` if that is given."""

    kind: Kind
    key: str
    """The way to the key, like `users.0.zone`."""
    text: str
    places: frozenset[Place]
    meant: str | None = None

    @property
    def name(self) -> str:
        """How the committed list of harmless ones calls it."""
        return f"{self.key} {self.kind}"


@dataclass(frozen=True)
class _Entry:
    path: tuple[str, ...]
    mapping: yaml.MappingNode
    above: frozenset[Place]
    """Where the mapping's own parent key and the mapping itself stand."""
    index: int
    in_flow: bool

    @property
    def key(self) -> yaml.ScalarNode:
        found = self.mapping.value[self.index][0]
        assert isinstance(found, yaml.ScalarNode)
        return found

    @property
    def value(self) -> yaml.Node:
        found = self.mapping.value[self.index][1]
        assert isinstance(found, yaml.Node)
        return found


def mutations_of(text: str) -> Iterator[Mutation]:
    """All of them, in the order of the file."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert root is not None
    for number, entry in enumerate(_entries(root, (), frozenset(((1, 1),)), False)):
        yield _deleted(text, entry)
        yield _misspelt(text, entry, number)
        yield _of_wrong_type(text, entry)
        yield _doubled(text, entry)
        if (indented := _indented(text, entry)) is not None:
            yield indented


def _entries(node: yaml.Node, path: tuple[str, ...], above: frozenset[Place], in_flow: bool) -> Iterator[_Entry]:
    own = frozenset((*above, _place(node.start_mark)))
    if isinstance(node, yaml.MappingNode):
        flow = in_flow or bool(node.flow_style)
        for index, (key, value) in enumerate(node.value):
            here = (*path, key.value)
            yield _Entry(here, node, own, index, flow)
            yield from _entries(value, here, frozenset((_place(key.start_mark),)), flow)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _entries(item, (*path, str(index)), frozenset(), in_flow or bool(node.flow_style))


def _place(mark: yaml.Mark) -> Place:
    return mark.line + 1, mark.column + 1


def _end(text: str, node: yaml.Node) -> int:
    """Where a value ends, without the blank and comment lines that the parser counts to it."""
    end = node.end_mark.index
    return len(text[:end].rstrip()) if not isinstance(node, yaml.ScalarNode) else max(
        len(text[:end].rstrip()), node.start_mark.index
    )  # fmt: skip


def _mutation(kind: Kind, entry: _Entry, text: str, places: frozenset[Place], meant: str | None = None) -> Mutation:
    return Mutation(kind, ".".join(entry.path), text, places, meant)


def _deleted(text: str, entry: _Entry) -> Mutation:
    pairs, start = entry.mapping.value, entry.key.start_mark.index
    if entry.index + 1 < len(pairs):
        after = pairs[entry.index + 1][0].start_mark.index
        left = text[:start] + text[after:]
    elif entry.index:
        before = _end(text, pairs[entry.index - 1][1])
        left = text[:before] + text[_end(text, entry.value) :]
    else:
        whole = "" if entry.in_flow else "{}"
        left = text[:start] + whole + text[_end(text, entry.value) :]
    return _mutation("deleted", entry, left, entry.above)


def _misspelt(text: str, entry: _Entry, number: int) -> Mutation:
    key = entry.key.value
    middle = len(key) // 2
    if len(key) < 4:
        wrong = key + key[-1]
    else:
        wrong = (
            key[:middle] + key[middle + 1 :],
            key[:middle] + key[middle] + key[middle:],
            key[:middle] + ("x" if key[middle] != "x" else "y") + key[middle + 1 :],
        )[number % 3]
    start, end = entry.key.start_mark.index, entry.key.end_mark.index
    places = frozenset((_place(entry.key.start_mark),))
    return _mutation("misspelt", entry, text[:start] + wrong + text[end:], places, key)


def _of_wrong_type(text: str, entry: _Entry) -> Mutation:
    wrong = "[7]" if isinstance(entry.value, yaml.ScalarNode) else "7"
    end = entry.key.end_mark
    left = f"{text[: end.index]}: {wrong}{text[_end(text, entry.value) :]}"
    return _mutation("wrong type", entry, left, frozenset(((end.line + 1, end.column + 3),)))


def _doubled(text: str, entry: _Entry) -> Mutation:
    start, end = entry.key.start_mark, _end(text, entry.value)
    whole = text[start.index : end]
    if entry.in_flow:
        left = f"{text[:end]}, {whole}{text[end:]}"
        second = end + 2
    else:
        left = f"{text[:end]}\n{' ' * start.column}{whole}{text[end:]}"
        second = end + 1 + start.column
        # A comment behind the value would be taken to the copy's line.
        newline = text.find("\n", end)
        rest = text[end : newline if newline >= 0 else len(text)]
        if rest.strip():
            end += len(rest)
            left = f"{text[:end]}\n{' ' * start.column}{whole}{text[end:]}"
            second = end + 1 + start.column
    line = left.count("\n", 0, second) + 1
    return _mutation("doubled", entry, left, frozenset(((line, second - left.rfind("\n", 0, second)),)))


def _indented(text: str, entry: _Entry) -> Mutation | None:
    """The line on which the key begins moved one space to the right; none for a key that begins no line."""
    start = entry.key.start_mark
    begin = start.index - start.column
    lead = text[begin : start.index]
    if entry.in_flow or lead.strip(" -"):
        return None
    dash = len(lead) - len(lead.lstrip(" "))
    places = frozenset(((start.line + 1, dash + 2), *entry.above))
    return _mutation("indented", entry, f"{text[:begin]} {text[begin:]}", places)
