"""The plain-text part: derived from HTML on `html.parser`; lists, headings, nothing hidden. A link within a line is
`text (url)`; one that ends it has the next line to itself, so that no bracket sticks to what people click or copy.

`derive` runs once per template version, on HTML whose Jinja fragments are placeholders; it leaves marks where the
layout depends on the data. `finish` lays out each rendered text: underlines, numbers, wrapping at 78 columns.
"""

import re
from collections.abc import Callable
from html.parser import HTMLParser

COLUMNS = 78

_H1, _H2, _ITEM, _NUMBERED, _LIST = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
"""Marks at the head of a line, from Unicode's private area: underline it twice or once, a list's item, its start."""
_MARKS = re.compile(f"[{_H1}-{_LIST}]")
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_INVISIBLE = re.compile("[\u00ad\u034f\u200b\u2060\ufeff]")
_EMPTY_CELLS = re.compile(r"\|(?: *\|)+")
_BULLET = re.compile(r"^[•·–] \| ")
_RUNS = re.compile(r"(?<=\S) {2,}")
_LAST_LINK = re.compile(r"(?P<words>(?:(?!://| \| ).)*\S) \((?P<url>https?://[^\s()]+)\)")
_INDENT = re.compile(f"^( *)([{_H1}-{_LIST}]?)(.*)$", re.DOTALL)

_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
_SILENT = frozenset({"head", "script", "style", "template", "title", "noscript", "svg"})
_LINE = frozenset({"div", "tr", "dd", "dt", "li", "address", "section", "article", "center"})
_PARAGRAPH = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "dl", "hr"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)

Fragment = Callable[[str], str | None]
"""The word a placeholder's Jinja block begins with (`if`, `else`, `endfor`), or none if it is no such placeholder."""


def _no_fragment(_: str) -> str | None:
    return None


class _Deriver(HTMLParser):
    """Walks HTML and writes text. `_breaks` are the line breaks owed before the next word."""

    def __init__(self, fragment: Fragment) -> None:
        super().__init__(convert_charrefs=True)
        self._fragment = fragment
        self._out: list[str] = []
        self._breaks = 0
        self._space = False
        self._started = False
        self._open: list[str] = []
        self._silent_at: int | None = None
        self._links: list[tuple[str, int]] = []
        self._tables: list[bool] = []
        self._cells: list[int] = []
        self._lists: list[str] = []
        self._mark = ""
        self._branches: list[int] = []

    def text(self) -> str:
        """What has been written."""
        return "".join(self._out).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        attributes = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self._open.append(tag)
        hidden = "hidden" in attributes or _HIDDEN.search(attributes.get("style", "")) is not None
        if self._silent_at is None and tag not in _VOID and (tag in _SILENT or hidden):
            self._silent_at = len(self._open)
        if self._silent_at is not None:
            return
        if tag == "br":
            self._breaks = max(self._breaks, 0) + 1
            self._space = False
        elif tag == "img":
            self._write(attributes.get("alt", ""))
        elif tag == "a":
            self._links.append((attributes.get("href", ""), len(self._out)))
        else:
            self._block(tag, attributes)

    def _block(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table":
            self._tables.append(attributes.get("role") == "presentation")
            self._cells.append(0)
        elif tag in ("td", "th"):
            if self._tables and self._tables[-1]:
                self._break(2)
            elif self._cells and self._cells[-1]:
                self._breaks = 0
                self._write(" | ")
            if self._cells:
                self._cells[-1] += 1
        if tag == "tr" and self._cells:
            self._cells[-1] = 0
        if tag in ("ul", "ol"):
            self._lists.append(tag)
        self._break(2 if tag in _PARAGRAPH and not (tag in ("ul", "ol") and len(self._lists) > 1) else tag in _LINE)
        if tag == "h1":
            self._mark = _H1
        elif tag in ("h2", "h3"):
            self._mark = _H2
        elif tag == "li" and self._lists:
            indent = "  " * (len(self._lists) - 1)
            self._mark = self._mark_of_list() + indent + (_NUMBERED if self._lists[-1] == "ol" else _ITEM)
        elif tag == "ol":
            self._mark = "  " * (len(self._lists) - 1) + _LIST + "\n"

    def _mark_of_list(self) -> str:
        return self._mark if self._mark.endswith("\n") else ""

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and what was left open inside it."""
        if tag in _VOID or tag not in self._open:
            return
        while self._open.pop() != tag:
            pass
        if self._silent_at is not None:
            if len(self._open) < self._silent_at:
                self._silent_at = None
            return
        if tag == "a" and self._links:
            self._close_link()
        if tag == "table" and self._tables:
            self._tables.pop()
            self._cells.pop()
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        presentational = tag == "td" and bool(self._tables) and self._tables[-1]
        nested = tag in ("ul", "ol") and bool(self._lists)
        self._break(2 if presentational or (tag in _PARAGRAPH and not nested) else tag in _LINE)

    def _close_link(self) -> None:
        url, start = self._links.pop()
        said = "".join(self._out[start:]).strip()
        bare = url.removeprefix("mailto:").removeprefix("tel:")
        # A telephone link whose words hold the number says nothing new (a placeholder counts as one).
        known = bare == said or (url.startswith("tel:") and any(letter.isdigit() for letter in said))
        if url and not url.startswith("#") and not known:
            self._write(f" ({bare if url.startswith('mailto:') else url})" if said else url)

    def handle_data(self, data: str) -> None:
        """Write words; white space collapses."""
        if self._silent_at is None:
            self._write(_INVISIBLE.sub("", _MARKS.sub("", data)))

    def handle_comment(self, data: str) -> None:
        """Keep a placeholder of a Jinja block where it stands; other comments say nothing."""
        keyword = self._fragment(data)
        if keyword is None or self._silent_at is not None:
            return
        owed = self._breaks
        if self._mark:
            self._begin_block(self._breaks)
        elif keyword == "for":
            # One break stays owed inside, for every turn of the loop.
            self._begin_block(self._breaks - 1)
            self._breaks = min(owed, 1)
        elif self._space and not self._breaks:
            self._out.append(" ")
            self._space = False
        if keyword in ("else", "elif") and self._branches:
            self._breaks = max(self._breaks, self._branches[-1])
        elif keyword.startswith("end") and self._branches:
            # Without the branch, what was owed before it is still owed: a break too many beats two glued words.
            self._breaks = max(self._breaks, self._branches.pop())
        elif keyword in ("if", "for"):
            self._branches.append(owed)
        self._out.append(data)

    def _begin_block(self, breaks: int) -> None:
        if self._started:
            self._out.append("\n" * breaks)
        self._out.append(self._mark)
        self._mark, self._breaks, self._space = "", 0, False

    def _break(self, lines: int) -> None:
        if lines:
            self._breaks = max(self._breaks, lines)
            self._space = False

    def _write(self, data: str) -> None:
        text = _SPACES.sub(" ", data)
        words = text.strip(" ")
        if not words.strip():
            self._space = self._space or (bool(text) and not self._breaks)
            return
        if self._started and self._breaks:
            self._out.append("\n" * self._breaks)
        elif self._started and (self._space or text[0] == " "):
            self._out.append(" ")
        self._out.append(self._mark + words)
        self._mark, self._breaks, self._space, self._started = "", 0, text[-1] == " ", True


def derive(html: str, fragment: Fragment = _no_fragment) -> str:
    """The text of `html` with marks for `finish`; comments that `fragment` knows stay, as their bare content."""
    deriver = _Deriver(fragment)
    deriver.feed(html)
    deriver.close()
    return deriver.text()


def _wrap(text: str, hanging: str) -> str:
    if len(text) <= COLUMNS:
        return text
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line.strip() and len(line) + 1 + len(word) > COLUMNS:
            lines.append(line)
            line = hanging + word
        else:
            line = f"{line} {word}" if line else word
    return "\n".join([*lines, line])


def _set(words: str, hanging: str) -> str:
    """Wrapped, with the one link that ends it on a line of its own."""
    if found := _LAST_LINK.fullmatch(words):
        return f"{_wrap(found['words'], hanging)}\n{hanging}{found['url']}"
    return _wrap(words, hanging)


def finish(text: str) -> str:
    """Lay out a derived text: headings underlined, items numbered, blank lines single, 78 columns where words allow."""
    done: list[str] = []
    numbers: dict[str, int] = {}
    for raw in text.split("\n"):
        indent, mark, rest = _INDENT.match(raw).groups()  # type: ignore[union-attr]  # the pattern matches any line
        rest = _BULLET.sub(_ITEM if not mark else "", rest)
        if rest.startswith(_ITEM):
            mark, rest = _ITEM, rest[1:]
        words = _RUNS.sub(" ", _EMPTY_CELLS.sub("|", rest)).strip()
        if mark == _LIST:
            numbers[indent] = 0
            continue
        if not words:
            if done and done[-1]:
                done.append("")
            continue
        if mark in (_H1, _H2):
            wrapped = _wrap(words, "")
            rule = "=" if mark == _H1 else "-"
            done += [wrapped, rule * min(max(map(len, wrapped.split("\n"))), COLUMNS)]
        elif mark == _ITEM:
            done.append(_set(f"{indent}- {words}", indent + "  "))
        elif mark == _NUMBERED:
            numbers[indent] = numbers.get(indent, 0) + 1
            head = f"{indent}{numbers[indent]}. "
            done.append(_set(head + words, " " * len(head)))
        else:
            done.append(_set(words, ""))
    return "\n".join(done).strip("\n") + "\n"


def plain_text(html: str) -> str:
    """The finished text of a whole piece of HTML."""
    return finish(derive(html))
