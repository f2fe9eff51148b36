"""A graph laid out on paper: boxes, lines and labels in pixels; and how wide a text will be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from funnel.domain.tunnel.graph import Edge

Form = Literal["wide", "narrow"]

TEXT, LONG, SMALL = 14, 12.5, 12
"""Sizes of a step's title, of a long one, and of everything else, in pixels."""

_NARROW = frozenset("iljtfr.,:;'|!()[]{} ·I\"")
_WIDE = frozenset("mwMW@%…—")


@dataclass(frozen=True, slots=True)
class Box:
    """Where a node stands; `lane` is where its symbol's middle is."""

    x: float
    y: float
    width: float
    height: float
    lane: float

    @property
    def right(self) -> float:
        """The right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower side."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Line:
    """A way as a line of right angles, from its source's box to its target's; `arrow` where it ends at a box."""

    points: tuple[tuple[float, float], ...]
    edge: Edge
    arrow: bool = True


@dataclass(frozen=True, slots=True)
class Label:
    """What decides for a way, in lines of text, in a frame of its own; `x` is its left side, `text` all of it."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    text: str
    edge: Edge


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything to draw."""

    form: Form
    width: float
    height: float
    boxes: Mapping[str, Box]
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]


def width_of(text: str, size: float) -> float:
    """About how wide a text is in a wide sans serif; the titles, which are larger, are bold."""
    return size * sum(_share(letter) for letter in text) * (1.13 if size >= LONG else 1.03)


def _share(letter: str) -> float:
    if letter in _NARROW:
        return 0.37
    if letter in _WIDE:
        return 0.95
    if ord(letter) > 0x2E7F:
        return 1.05
    return 0.72 if letter.isupper() else 0.59


def fit(text: str, width: float, size: float) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    if width_of(text, size) <= width:
        return text
    kept = text
    while kept and width_of(kept.rstrip() + "…", size) > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def wrap(text: str, width: float, size: float, most: int) -> tuple[str, ...]:
    """The text in at most so many lines, broken at spaces, and after the dots of a word that is longer than a line; the
    last line may end in an ellipsis."""
    pieces: list[str] = []
    for word in text.replace(" ", " \u200b").split("\u200b"):
        pieces += [word] if width_of(word, size) <= width else word.replace(".", ".\u200b").split("\u200b")
    lines: list[str] = []
    line = ""
    for place, piece in enumerate(pieces):
        if line and width_of((line + piece).rstrip(), size) > width:
            if len(lines) == most - 1:
                return (*lines, fit(line + "".join(pieces[place:]), width, size))
            lines.append(line.rstrip())
            line = ""
        line += piece
    return (*lines, fit(line.rstrip(), width, size))
