"""What templates draw with: the company's colours made safe in light and dark, and the corners of a radar."""

import colorsys
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment

from funnel.web.assets import asset

RGB = tuple[int, int, int]

WHITE: RGB = (255, 255, 255)
INK: RGB = (28, 26, 22)
NIGHT: RGB = (29, 28, 24)
"""The surfaces of tokens.css that colours are measured against: light, its ink, dark."""

LINE = 18
"""The height of a line in a radar's labels, in its user units (`_radar.svg.html` draws with the same)."""

ENOUGH = 4.6
"""The contrast asked of text: WCAG 2.2 AA says 4.5, a little more allows for rounding and tints."""


def rgb(colour: str) -> RGB:
    """`#rrggbb` as three numbers 0-255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def hexa(colour: RGB) -> str:
    """Three numbers as `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """`share` (0-1) of `one`, the rest of `other`."""
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(colour: RGB) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: RGB, other: RGB) -> float:
    """The contrast ratio of WCAG 2.2, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: RGB, surfaces: Iterable[RGB], *, lighter: bool, least: float = ENOUGH) -> RGB:
    """The nearest shade of the same hue, lighter or darker, with at least this contrast to every surface."""
    grounds = list(surfaces)
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    end = 1.0 if lighter else 0.0
    for step in range(101):
        moved = colorsys.hls_to_rgb(hue, lightness + (end - lightness) * step / 100, min(saturation, 0.75))
        shade = (round(moved[0] * 255), round(moved[1] * 255), round(moved[2] * 255)) if step else colour
        if all(contrast(shade, ground) >= least for ground in grounds):
            return shade
    return WHITE if lighter else (0, 0, 0)


def _palette(primary: RGB, accent: RGB, surface: RGB, ground: RGB, *, dark: bool) -> dict[str, str]:
    tint = mix(readable(primary, (surface,), lighter=True) if dark else primary, surface, 0.12)
    ink = readable(primary, (surface, ground, tint), lighter=dark)
    on_brand = max((WHITE, INK), key=lambda text: contrast(text, ink))
    return {
        "--brand": hexa(ink),
        "--on-brand": hexa(on_brand),
        "--brand-ink": hexa(ink),
        "--brand-tint": hexa(tint),
        "--accent": hexa(readable(accent, (surface, ground), lighter=dark, least=3.1)),
    }


def brand_css(primary: str, accent: str) -> str:
    """The style sheet behind `/brand.css`: the company's two colours as tokens, each moved until it can be read."""
    first, second = rgb(primary), rgb(accent)
    light = _palette(first, second, WHITE, (250, 248, 244), dark=False)
    dark = _palette(first, second, NIGHT, (20, 19, 16), dark=True)

    def block(palette: Mapping[str, str]) -> str:
        return ":root{" + ";".join(f"{name}:{value}" for name, value in palette.items()) + "}"

    return f"{block(light)}\n@media (prefers-color-scheme:dark){{{block(dark)}}}\n"


@dataclass(frozen=True, slots=True)
class Corner:
    """One theme of a radar: its title in lines, its share in per cent, and where things stand (SVG user units)."""

    lines: list[str]
    share: int
    x: float
    y: float
    rim_x: float
    rim_y: float
    label_x: float
    label_y: float
    anchor: str
    lowest: bool


@dataclass(frozen=True, slots=True)
class Radar:
    """All that a radar's drawing needs; `rings` are closed polygons from the middle out, `area` is the answer."""

    width: int
    height: int
    centre: tuple[float, float]
    corners: list[Corner]
    rings: list[str]
    area: str


def radar_of(themes: Iterable[Any], radius: int = 100, width: int = 424, height: int = 330) -> Radar:
    """Lay out a radar of themes, each with `title` and `share` (0-100), the first one at the top, clockwise."""
    pairs = [(str(_get(theme, "title")), max(0, min(100, int(_get(theme, "share"))))) for theme in themes]
    cx, cy = width / 2, height / 2 + 8
    directions = [2 * math.pi * number / max(len(pairs), 1) - math.pi / 2 for number in range(len(pairs))]

    def at(direction: float, distance: float) -> tuple[float, float]:
        return round(cx + distance * math.cos(direction), 1), round(cy + distance * math.sin(direction), 1)

    def polygon(distances: Iterable[float]) -> str:
        return " ".join("{},{}".format(*at(d, r)) for d, r in zip(directions, distances, strict=True))

    shares = {share for _, share in pairs}
    lowest = min(shares) if len(shares) > 1 else None
    corners = []
    for (title, share), direction in zip(pairs, directions, strict=True):
        (x, y), (rim_x, rim_y) = at(direction, radius * share / 100), at(direction, radius)
        label_x, label_y = at(direction, radius + LINE * 0.8)
        side = math.cos(direction)
        anchor = "middle" if abs(side) < 0.2 else "start" if side > 0 else "end"
        lines = _two_lines(title)
        up = math.sin(direction)
        lift = len(lines) * LINE if up < -0.8 else -LINE * 0.7 if up > 0.4 else LINE * 0.5
        corners.append(
            Corner(lines, share, x, y, rim_x, rim_y, label_x, round(label_y - lift, 1), anchor, share == lowest)
        )
    rings = [polygon([radius * ring / 4] * len(pairs)) for ring in range(1, 5)]
    return Radar(width, height, (cx, cy), corners, rings, polygon([radius * share / 100 for _, share in pairs]))


_LABEL = 24
"""What a curve leaves free at its right for the numbers of its marks."""


@dataclass(frozen=True, slots=True)
class Curve:
    """All that a curve's drawing needs: its steps, the area below them, and how high (`y`) each of its marks is."""

    width: int
    height: int
    line: str
    area: str
    marks: list[tuple[float, int]]


def curve_of(
    points: Sequence[Mapping[str, Any]], goals: Sequence[int] = (), width: int = 320, height: int = 96
) -> Curve:
    """Lay out scores by day (`ordinal`, `score`) as steps, from left to right; zero is always in sight, and so are the
    `goals` up to the first above her highest."""
    days = [int(point["ordinal"]) for point in points]
    scores = [int(point["score"]) for point in points]
    low, high = min(0, *scores), max(1, *scores)
    high = max(high, min((goal for goal in goals if goal > high), default=high))
    span, margin = max(days[-1] - days[0], 1), 6

    def x(day: int) -> float:
        return round(margin + (width - 2 * margin - _LABEL) * (day - days[0]) / span, 1)

    def y(score: int) -> float:
        return round(height - margin - (height - 2 * margin) * (score - low) / (high - low), 1)

    corners = [(x(days[0]), y(scores[0]))]
    for day, score in zip(days[1:], scores[1:], strict=True):
        corners += [(x(day), corners[-1][1]), (x(day), y(score))]
    closed = [*corners, (corners[-1][0], y(0)), (corners[0][0], y(0))]
    marks = [(y(goal), goal) for goal in sorted({0, *(goal for goal in goals if goal <= high)})]
    return Curve(width, height, _joined(corners), _joined(closed), marks)


def _joined(corners: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in corners)


def _get(thing: Any, name: str) -> Any:
    return thing[name] if isinstance(thing, Mapping) else getattr(thing, name)


def _two_lines(title: str, longest: int = 12) -> list[str]:
    """A title in one line, or broken at the space nearest to its middle."""
    if len(title) <= longest or " " not in title:
        return [title]
    spaces = [place for place, letter in enumerate(title) if letter == " "]
    cut = min(spaces, key=lambda place: abs(place - len(title) / 2))
    return [title[:cut], title[cut + 1 :]]


def install(environment: Environment) -> None:
    """Give an environment what these templates call beside Flask's own."""
    environment.globals["radar_of"] = radar_of
    environment.globals["curve_of"] = curve_of
    environment.globals["asset"] = asset
