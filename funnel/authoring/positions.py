"""YAML with a position for every key and value: PyYAML's C parser, YAML 1.2 core types, nothing surprising let in.

The document is built from parser events, never by PyYAML's composer: the composer recurses and can crash the process
on deep nesting, and its YAML 1.1 types read `on` as true and `12:30` as 750.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from funnel.authoring.codes import Code
from funnel.authoring.document import Document, Spot, lines_of, place_in
from funnel.authoring.findings import MAX_FINDINGS, Finding, Path
from funnel.authoring.hints import grouped, quote
from funnel.authoring.indentation import in_words, is_uneven, leading, uneven_above
from funnel.authoring.saying import NOTHING, Saying, say
from funnel.authoring.yaml_words import yaml_words

MAX_BYTES = 1_000_000
MAX_DEPTH = 30
MAX_VALUES = 60_000

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_NULL = re.compile(r"(?:null|Null|NULL|~|)")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
# Longer numbers stay text: no file needs them, and Python refuses to read very long ones.
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,18}|[0-9]{1,18}\.[0-9]{0,18})(?:[eE][-+]?[0-9]{1,2})?")
_PLAIN: tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...] = (
    (_NULL, lambda text: None),
    (_TRUE, lambda text: True),
    (_FALSE, lambda text: False),
    (_INT, int),
    (_FLOAT, float),
)
_STARTS = frozenset("nNtTfF~+-.0123456789")
"""With what a plain value begins that is no text."""


class _Stop(Exception):
    """Nothing after this point can be trusted."""


def read_yaml(file: str, content: bytes) -> Document:
    """Read one file. Never raises: what is wrong stands in `findings`, and `data` is then what could be read."""
    document = Document(file)
    try:
        text = _text(document, content)
        document.lines = lines_of(text)
    except _Stop:
        return document
    builder = _Builder(document)
    try:
        builder.build(text)
    except _Stop:
        builder.end_early()
    return document


def _stop(document: Document, line: int, col: int, code: Code, message: Saying, fix: Saying = NOTHING) -> _Stop:
    document.findings.append(Finding(document.file, line, col, "error", code, message, fix))
    return _Stop()


def _text(document: Document, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _stop(
            document,
            1,
            1,
            "too-big",
            say(
                "the file has %(number)s bytes; the limit is %(most)s",
                number=grouped(len(content)),
                most=grouped(MAX_BYTES),
            ),
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        place = place_in(content[: error.start].decode("utf-8-sig"), error.start)
        raise _stop(document, *place, "not-utf8", say("the file is not UTF-8"), say("save it as UTF-8")) from None
    text = text.removeprefix("\ufeff")
    if found := _UNPRINTABLE.search(text):
        message = say("the character U+%(code)s is not allowed", code=f"{ord(found[0]):04X}")
        raise _stop(document, *place_in(text, found.start()), "control-character", message, say("delete it"))
    return text


@dataclass(slots=True)
class _Frame:
    """An open mapping or list while events go by; `key` is the mapping's key that waits for its value."""

    path: Path
    holder: Any
    key: str | None = None
    in_flow: bool = False


class _Builder:
    """Turns parser events into plain data and positions."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._stack: list[_Frame] = []
        self._count = 0
        self._began = False
        self._last_line = -1

    def build(self, text: str) -> None:
        try:
            for event in yaml.parse(text, Loader=_PARSER):
                self._take(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, col = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            problem, fix = yaml_words(error.problem, "".join(self._document.lines[line - 1 : line]))
            self._tell_indentation(line)
            raise _stop(self._document, line, col, "syntax", problem, fix) from None
        except yaml.YAMLError as error:
            raise _stop(self._document, 1, 1, "syntax", say("%(yaml)s", yaml=str(error).split("\n")[0])) from None
        if not self._began:
            raise _stop(self._document, 1, 1, "empty-file", say("the file is empty"))

    def _tell_indentation(self, line: int) -> None:
        """A line that begins too far to the right, told instead of the syntax error that it leads to."""
        lines = self._document.lines
        number = uneven_above(lines, line)
        if number is not None:
            message, fix = in_words(lines, number)
            col = leading(lines[number - 1]) + 1
            raise _stop(self._document, number, col, "uneven-indent", message, fix) from None

    def end_early(self) -> None:
        """Keep what was read before a syntax error or a second document; after a limit nothing is worth the time."""
        last = self._document.findings[-1]
        if last.code in ("too-big", "too-deep", "empty-file"):
            self._document.data = None
        self._document.stopped_at = last.line
        if last.code != "several-documents":
            self._document.unclosed = frozenset(frame.path for frame in self._stack)

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._node(event)
            return
        match event:
            case yaml.DocumentStartEvent():
                if self._began:
                    raise self._stop(
                        event, "several-documents", say("a second document begins here"), say("make it a file")
                    )
                self._began = True
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._stack.pop()
            case yaml.AliasEvent():
                self._note(
                    event,
                    "alias",
                    say("the alias %(anchor)s is not allowed", anchor=quote(event.anchor)),
                    say("write the value out"),
                )
                self._put(event, None)
            case yaml.NodeEvent():
                self._node(event)

    def _node(self, event: Any) -> None:
        self._count += 1
        if not (self._stack and self._stack[-1].in_flow):
            self._even(event.start_mark)
        if self._count > MAX_VALUES:
            raise self._stop(event, "too-big", say("the file has more than %(most)s values", most=grouped(MAX_VALUES)))
        if event.anchor:
            self._note(
                event,
                "alias",
                say("the anchor %(anchor)s is not allowed", anchor=quote(event.anchor)),
                say("write the value out"),
            )
        if event.tag:
            self._note(
                event,
                "tag",
                say("the tag %(tag)s is not allowed", tag=quote(event.tag)),
                say("leave it out; quote what is text"),
            )
        if isinstance(event, yaml.ScalarEvent):
            self._put(event, self._scalar(event))
            return
        holder: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._stack.append(_Frame(self._put(event, holder), holder, in_flow=bool(event.flow_style)))
        if len(self._stack) > MAX_DEPTH:
            raise self._stop(event, "too-deep", say("nested more than %(most)s levels deep", most=MAX_DEPTH))

    def _even(self, mark: Any) -> None:
        """A line that a key or an item begins stands at a multiple of two."""
        if mark.line == self._last_line or mark.line >= len(self._document.lines):
            return
        self._last_line = mark.line
        line = self._document.lines[mark.line]
        if is_uneven(line) and not line[: mark.column].strip(" -"):
            message, fix = in_words(self._document.lines, mark.line + 1)
            self._tell(mark.line, leading(line), "uneven-indent", message, fix)

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        if event.style in (None, ""):
            if text and text[0] not in _STARTS:
                return text
            return next((read(text) for pattern, read in _PLAIN if pattern.fullmatch(text)), text)
        if found := _CONTROL.search(text):
            message = say("the text holds the control character U+%(code)s", code=f"{ord(found[0]):04X}")
            self._note(event, "control-character", message, say("delete it"))
        return text

    def _put(self, event: Any, value: Any) -> Path:
        """Put a value where it belongs, or make it the key that waits; gives its path."""
        spot = self._spot(event)
        if not self._stack:
            self._document.data = value
            self._document.values[()] = spot
            return ()
        frame = self._stack[-1]
        if isinstance(frame.holder, list):
            path = (*frame.path, len(frame.holder))
            frame.holder.append(value)
        elif frame.key is None:
            frame.key = self._key(event, value, frame)
            path = (*frame.path, frame.key)
            self._document.keys[path] = spot
            return path
        else:
            path = (*frame.path, frame.key)
            frame.holder[frame.key] = value
            frame.key = None
        self._document.values[path] = spot
        return path

    def _key(self, event: Any, value: Any, frame: _Frame) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise self._stop(
                event, "bad-key", say("a key must be text"), say("quote a text that begins with {, [ or *")
            )
        key: str = event.value
        if not isinstance(value, str):
            self._note(
                event,
                "bad-key",
                say("the key %(key)s is not text", key=quote(key)),
                say("quote it: %(key)s", key=quote(key)),
            )
        if key in frame.holder:
            first = self._document.keys[(*frame.path, key)].line
            message = say("the key %(key)s stands twice, first on line %(first)s", key=quote(key), first=first)
            self._note(event, "duplicate-key", message, say("keep one"))
        return key

    def _spot(self, event: Any) -> Spot:
        mark, is_text = event.start_mark, isinstance(event, yaml.ScalarEvent)
        return Spot(mark.line + 1, mark.column + 1, event.style or "" if is_text else None)

    def _note(self, event: Any, code: Code, message: Saying, fix: Saying = NOTHING) -> None:
        self._tell(event.start_mark.line, event.start_mark.column, code, message, fix)

    def _tell(self, line: int, column: int, code: Code, message: Saying, fix: Saying) -> None:
        """A fault that does not end the reading, at a place counted from 0; the hundred-and-first does."""
        document = self._document
        if len(document.findings) >= MAX_FINDINGS:
            message = say("more than %(most)s faults; the rest is not read", most=MAX_FINDINGS)
            raise _stop(document, line + 1, column + 1, "too-many", message, say("mend these"))
        document.findings.append(Finding(document.file, line + 1, column + 1, "error", code, message, fix))

    def _stop(self, event: Any, code: Code, message: Saying, fix: Saying = NOTHING) -> _Stop:
        mark = event.start_mark
        return _stop(self._document, mark.line + 1, mark.column + 1, code, message, fix)
