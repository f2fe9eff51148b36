"""The Jinja environment of mails: sandboxed, strict about names, and stopped by a budget of work, size and time.

A template is authored, lead data never is (it is only ever a value). The budget is for the author's accident: a loop
over loops, a macro that calls itself, a text doubled forty times. Every turn of a loop and every call costs one unit
of work; every text that is put out, joined, repeated or padded is measured. `RenderFailed` says which limit it was.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, nodes, pass_context
from jinja2.runtime import Context, markup_join, str_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from funnel.delivery.errors import RenderFailed
from funnel.delivery.plain import plain_text

_BUDGET = "_budget"
_REMEMBERED = 768
"""Templates kept: three parts of each of the mails that a writer remembers."""
_SPREADING = frozenset({"center", "ljust", "rjust", "zfill", "format", "format_map", "expandtabs", "translate"})
"""String methods that make much out of little."""
_DROPPED_FILTERS = ("center", "format", "indent", "pprint", "random", "tojson", "wordwrap", "xmlattr", "filesizeformat")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one rendering may take: characters put out, loop turns and calls, seconds."""

    characters: int = 500_000
    work: int = 50_000
    seconds: float = 2.0


class Budget:
    """What is left of the limits in one rendering."""

    __slots__ = ("_characters", "_deadline", "_limits", "_work")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._characters = 0
        self._work = 0
        self._deadline = time.monotonic() + limits.seconds

    def work(self) -> None:
        """One loop turn or call; looks at the clock now and then."""
        self._work += 1
        if self._work > self._limits.work:
            raise RenderFailed(f"the template takes more than {self._limits.work} loop turns and calls")
        if not self._work & 0xFF and time.monotonic() > self._deadline:
            raise RenderFailed(f"the template takes longer than {self._limits.seconds} s")

    def text(self, length: int) -> None:
        """`length` more characters, put out or held."""
        self._characters += length
        if self._characters > self._limits.characters:
            raise RenderFailed(f"the template gives more than {self._limits.characters} characters")


def _budget(context: Context) -> Budget:
    budget = context.parent.get(_BUDGET)
    if not isinstance(budget, Budget):
        raise RenderFailed("templates are rendered by funnel.delivery.sandbox.render only")
    return budget


@pass_context
def _counted(context: Context, items: Iterable[Any]) -> Iterator[Any]:
    budget = _budget(context)
    for item in items:
        budget.work()
        yield item


@pass_context
def _joined(context: Context, parts: list[Any]) -> str:
    budget = _budget(context)
    budget.text(sum(len(part) for part in parts if isinstance(part, str)))
    return markup_join(parts) if context.eval_ctx.autoescape else str_join(parts)


class MailEnvironment(ImmutableSandboxedEnvironment):
    """Jinja with the budget woven in: `for` and `~` pass through counting filters, calls and values are counted."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, *, html: bool, finish: Callable[[Any], Any] | None = None) -> None:
        """`html` escapes every value; `finish` turns each value before it is put out (text parts)."""

        @pass_context
        def measured(context: Context, value: Any) -> Any:
            done = finish(value) if finish is not None else value
            if isinstance(done, str):
                _budget(context).text(len(done))
            return done

        super().__init__(
            undefined=StrictUndefined,
            autoescape=html,
            finalize=measured,
            auto_reload=False,
            cache_size=0,
            keep_trailing_newline=True,
        )
        for name in _DROPPED_FILTERS:
            self.filters.pop(name)
        self.filters["_counted"] = _counted
        self.filters["_joined"] = _joined
        for name in ("lipsum", "cycler", "joiner"):
            self.globals.pop(name)

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        for loop in source.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, "_counted", [], [], None, None, lineno=loop.lineno)
        _join_by_filter(source)
        source.set_environment(self)
        return super()._generate(source, name, filename, defer_init)

    def call(self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """A call from a template: counted, then as the sandbox allows."""
        _budget(__context).work()
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic on numbers; texts and lists may be added, within the budget, never multiplied or %-formatted."""
        numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
        if not numbers:
            if operator != "+":
                raise RenderFailed(f"the operator {operator} is for numbers only in mail templates")
            _budget(context).text(_size(left) + _size(right))
        elif operator == "**":
            raise RenderFailed("powers are not calculated in mail templates")
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """As the sandbox says, without the string methods that make much out of little."""
        if isinstance(obj, str) and attr in _SPREADING:
            return False
        return super().is_safe_attribute(obj, attr, value)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (str, list, tuple)) else 0


def _join_by_filter(node: nodes.Node) -> None:
    for name, value in list(node.iter_fields()):
        if isinstance(value, list):
            setattr(node, name, [_replaced(item) for item in value])
        else:
            setattr(node, name, _replaced(value))


def _replaced(value: Any) -> Any:
    if not isinstance(value, nodes.Node):
        return value
    _join_by_filter(value)
    if isinstance(value, nodes.Concat):
        return nodes.Filter(nodes.List(value.nodes), "_joined", [], [], None, None, lineno=value.lineno)
    return value


def render(template: Template, context: Mapping[str, Any], limits: Limits) -> str:
    """Fill `template`; `RenderFailed` when a name is missing or a limit is reached, which stops it half-way."""
    budget = Budget(limits)
    room = limits.characters
    pieces: list[str] = []
    try:
        for piece in template.generate({**context, _BUDGET: budget}):
            room -= len(piece)
            if room < 0:
                raise RenderFailed(f"the template gives more than {limits.characters} characters")
            pieces.append(piece)
    except RenderFailed:
        raise
    except TemplateError as error:
        raise RenderFailed(f"{type(error).__name__}: {error}") from error
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        # A value of another shape than the author thought: his filter or operator raises what Python raises.
        raise RenderFailed(f"{type(error).__name__}: {error}") from error
    return "".join(pieces)


@lru_cache(maxsize=_REMEMBERED)
def compiled(environment: MailEnvironment, source: str) -> Template:
    """The template of a source; `TemplateSyntaxError` when it is none.

    Remembered by what is written: a new version of a scenario costs the mails that are other in it.
    """
    return environment.from_string(source)


HTML = MailEnvironment(html=True)
"""For HTML parts: every value is escaped."""


def _finished(value: Any) -> Any:
    return plain_text(str(value)) if isinstance(value, Markup) else value


TEXT = MailEnvironment(html=False, finish=_finished)
"""For subjects and text parts: nothing is escaped; a value that is HTML itself becomes plain text."""
