"""The names that templates use, read from Jinja's tree: which are known, which asked for first, which used."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from funnel.authoring.jinja import MAX_TEMPLATE, Unreadable, environment_of, parse

Shape = Any
"""What a name holds: a mapping of shapes by key, a list of one shape, `None` for a text or a number, or `ANYTHING`."""
ANYTHING: Shape = object()

_GIVEN = frozenset(("loop", "self", "super", "caller", "varargs", "kwargs"))
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a dotted name is put out or asked. `guarded` where `is defined` has been asked for it before."""

    file: str
    line: int
    path: str
    known: bool
    guarded: bool
    options: tuple[str, ...] = ()
    """What might have been meant, when it is not known."""
    listed: bool = False
    """Whether it was asked of a list, whose items have such names."""


@dataclass(slots=True)
class Walk:
    """Collects the uses in a template and in all that it includes or extends."""

    source: Callable[[str], tuple[str, str] | None]
    """The file and the text of an included name, or none."""
    shapes: Mapping[str, Shape]
    uses: list[Use] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    """All literal text on the way, for what stands outside tags."""
    files: list[str] = field(default_factory=list)

    def template(self, file: str, text: str) -> None:
        """Walk one file; what cannot be read is told elsewhere."""
        self._file(file, text, dict(self.shapes), frozenset(), 0)

    def _file(self, file: str, text: str, shapes: dict[str, Shape], guards: frozenset[str], depth: int) -> None:
        if depth > _DEEPEST:
            return
        self.files.append(file)
        if len(text) > MAX_TEMPLATE:
            return
        try:
            tree = parse(file, text)
        except Unreadable:
            return
        self.texts.append(text)
        _Reader(self, file, depth).block(tree.body, shapes, guards)

    def inner(self, name: str, shapes: dict[str, Shape], guards: frozenset[str], depth: int) -> None:
        """Walk a template that another one names."""
        if (found := self.source(name)) is not None:
            self._file(*found, shapes, guards, depth + 1)

    def uses_of(self, path: str) -> bool:
        """Whether a name is used anywhere."""
        return any(use.path == path or use.path.startswith(f"{path}.") for use in self.uses)


class _Reader:
    """Reads one file's tree with the names that are bound where it stands."""

    def __init__(self, walk: Walk, file: str, depth: int) -> None:
        self._walk = walk
        self._file = file
        self._globals = environment_of(file).globals
        self._depth = depth

    def block(self, body: Iterable[nodes.Node], shapes: dict[str, Shape], guards: frozenset[str]) -> None:
        for node in body:
            self._node(node, shapes, guards)

    def _node(self, node: nodes.Node, shapes: dict[str, Shape], guards: frozenset[str]) -> None:
        match node:
            case nodes.Include() | nodes.Extends():
                if isinstance(node.template, nodes.Const) and isinstance(node.template.value, str):
                    self._walk.inner(node.template.value, shapes, guards, self._depth)
            case nodes.For():
                shape = self._shape(node.iter, shapes, guards)
                inner = dict(shapes)
                self._bind(node.target, inner, shape[0] if isinstance(shape, list) else ANYTHING)
                if node.test is not None:
                    self._shape(node.test, inner, guards)
                self.block(node.body, inner, guards)
                self.block(node.else_, shapes, guards)
            case nodes.If():
                self._shape(node.test, shapes, guards)
                sure = guards | frozenset(_asked(node.test))
                self.block(node.body, dict(shapes), sure)
                self.block(node.elif_, shapes, guards)
                self.block(node.else_, shapes, guards)
            case nodes.Assign():
                self._bind(node.target, shapes, self._shape(node.node, shapes, guards))
            case nodes.AssignBlock():
                self._bind(node.target, shapes, ANYTHING)
                self.block(node.body, shapes, guards)
            case nodes.With():
                inner = dict(shapes)
                for target, value in zip(node.targets, node.values, strict=True):
                    self._bind(target, inner, self._shape(value, shapes, guards))
                self.block(node.body, inner, guards)
            case nodes.Macro() | nodes.CallBlock():
                inner = {**shapes, **{arg.name: ANYTHING for arg in node.args}}
                if isinstance(node, nodes.Macro):
                    shapes[node.name] = ANYTHING
                self.block(node.body, inner, guards)
            case nodes.Import():
                shapes[node.target] = ANYTHING
            case nodes.FromImport():
                shapes.update({name if isinstance(name, str) else name[1]: ANYTHING for name in node.names})
            case nodes.Expr():
                self._shape(node, shapes, guards)
            case _:
                for child in node.iter_child_nodes():
                    self._node(child, shapes, guards)

    def _bind(self, target: nodes.Node, shapes: dict[str, Shape], shape: Shape) -> None:
        if isinstance(target, nodes.Name):
            shapes[target.name] = shape
        else:
            shapes.update({name.name: ANYTHING for name in target.find_all(nodes.Name)})

    def _shape(self, node: nodes.Node, shapes: dict[str, Shape], guards: frozenset[str]) -> Shape:
        """What an expression holds; every name within is noted."""
        match node:
            case nodes.Name():
                known = node.name in shapes or node.name in _GIVEN or node.name in self._globals
                self._note(node, node.name, known, guards, shapes)
                return shapes.get(node.name, ANYTHING)
            case nodes.Getattr() | nodes.Getitem():
                return self._part(node, shapes, guards)
            case nodes.Test() if node.name in ("defined", "undefined") and _dotted(node.node):
                return ANYTHING  # asking is no use
            case nodes.And():
                self._shape(node.left, shapes, guards)
                self._shape(node.right, shapes, guards | frozenset(_asked(node.left)))
                return ANYTHING
            case nodes.CondExpr():
                self._shape(node.test, shapes, guards)
                self._shape(node.expr1, shapes, guards | frozenset(_asked(node.test)))
                if node.expr2 is not None:
                    self._shape(node.expr2, shapes, guards)
                return ANYTHING
            case nodes.Filter(name="default" | "d", node=inner) if inner is not None and (path := _dotted(inner)):
                self._shape(inner, shapes, guards | {path})
                return ANYTHING
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Expr):
                self._shape(child, shapes, guards)
            else:
                self._node(child, shapes, guards)
        return ANYTHING

    def _part(self, node: nodes.Getattr | nodes.Getitem, shapes: dict[str, Shape], guards: frozenset[str]) -> Shape:
        if isinstance(node, nodes.Getitem):
            if not isinstance(node.arg, nodes.Const):
                self._shape(node.arg, shapes, guards)
            if isinstance(node.arg, nodes.Slice):
                return self._shape(node.node, shapes, guards)
        key = node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", None)
        holder = self._shape(node.node, shapes, guards)
        if isinstance(holder, list) and isinstance(key, int):
            return holder[0]
        if holder is ANYTHING or not isinstance(key, str):
            return ANYTHING
        listed = isinstance(holder, list)
        kind, inner = (list, holder[0]) if listed else (dict, holder) if isinstance(holder, Mapping) else (str, None)
        found = inner if isinstance(inner, Mapping) else {}
        known = hasattr(kind, key) or (key in found and not listed)
        self._note(node, _dotted(node) or key, known, guards, found, listed=listed and key in found)
        return found.get(key, ANYTHING) if not listed else ANYTHING

    def _note(
        self,
        node: nodes.Node,
        path: str,
        known: bool,
        guards: frozenset[str],
        options: Mapping[str, Shape],
        *,
        listed: bool = False,
    ) -> None:
        guarded = any(path == guard or path.startswith(f"{guard}.") for guard in guards)
        use = Use(self._file, node.lineno, path, known, guarded, () if known else tuple(options), listed)
        self._walk.uses.append(use)


def _dotted(node: nodes.Node) -> str:
    """`links.book` of a chain of names; empty for anything else."""
    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr() if inner := _dotted(node.node):
            return f"{inner}.{node.attr}"
        case nodes.Getitem(arg=nodes.Const(value=str() as key)) if inner := _dotted(node.node):
            return f"{inner}.{key}"
    return ""


def _asked(test: nodes.Node) -> Iterator[str]:
    """The names that a test makes sure of: `links.book is defined and ...`."""
    match test:
        case nodes.Test(name="defined"):
            if path := _dotted(test.node):
                yield path
        case nodes.And():
            yield from _asked(test.left)
            yield from _asked(test.right)
