"""The timeline of a rehearsal as SVG: a row a person, a column a day; nights of clock changes and weekends are seen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from itertools import accumulate

from funnel.domain.timing import local_time, midnight
from funnel.domain.tunnel.graph import as_it_is
from funnel.usecases.naming import plain
from funnel.usecases.rehearsal.crowd import Person
from funnel.usecases.rehearsal.log import Entry
from funnel.usecases.rehearsal.marks import SIGNS, Across, Mark, is_drawn, marks_of
from funnel.usecases.rehearsal.outcome import Rehearsal

STYLE = """
.tl{font:13px/1.4 system-ui,sans-serif;background:#fff;color:#1d2b28;--ink:#1d2b28;--soft:#5c6b67;--line:#d9e0de;
--rest:#f3f6f5;--mail:#0b5d4e;--meet:#1f5fbf;--good:#2d7d2a;--bad:#b3261e;--gold:#9a6700}
@media (prefers-color-scheme:dark){.tl{background:#141a19;color:#e7eeec;--ink:#e7eeec;--soft:#9fb0ab;--line:#33403c;
--rest:#1b2322;--mail:#5fd0b8;--meet:#8ab4f8;--good:#81c784;--bad:#ff8a80;--gold:#e3b341}}
.tl text{fill:var(--ink)}.tl .soft{fill:var(--soft);font-size:11px}.tl .rest{fill:var(--rest)}
.tl .grid{stroke:var(--line)}.tl .clock{stroke:var(--gold);stroke-dasharray:3 3}
.tl .span{stroke:var(--line);stroke-width:6}
.tl .mail{fill:var(--mail)}.tl .skipped{fill:none;stroke:var(--soft);stroke-width:1.5}.tl .form{fill:var(--ink)}
.tl .meet{fill:var(--meet)}.tl .good{fill:var(--good)}.tl .bad{fill:var(--bad)}.tl .gold{fill:var(--gold)}
.tl .end{fill:var(--soft)}.tl .often{font-size:9px}
""".strip()
"""What colours the picture where no style sheet of ours does."""

_ROWS = 24
_LEFT, _RIGHT = 210, 1120
_WIDTH = 1180
_ROW = 38
_LANE = 15
_HEAD = 52
_LINE = 18
_LABEL = 64
"""How far apart two dates stand at least."""

_LEGEND = {
    "skipped": "mail skipped", "capped": "mail held by the cap", "failed": "mail that cannot be written",
    "moved": "moved zone", "rescheduled": "moved to another time", "proposed": "times kept for her",
    "call_list": "on the call list", "clicked": "followed a link", "visited": "looked at a page",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """How the picture speaks: an English text, a behaviour, a kind of entry, a whole entry, and a day, each in the
    reader's language."""

    say: Callable[[str], str]
    behaves: Callable[[str], str]
    kind: Callable[[str], str]
    entry: Callable[[Entry], str]
    day: Callable[[date], str]


def in_english(zone: str) -> Words:
    """English, with the times of a zone."""

    def told(entry: Entry) -> str:
        reason = f" ({entry.detail['reason']})" if entry.detail.get("reason") else ""
        return f"{local_time(entry.at, zone):%a %d %b, %H:%M}: {plain(entry.kind)} {plain(entry.what)}{reason}"

    return Words(as_it_is, plain, lambda kind: _LEGEND.get(kind, plain(kind)), told, lambda day: f"{day:%d %b}")


def undrawn(done: Rehearsal) -> int:
    """How many people the picture leaves out."""
    return max(0, len(done.leads) - _ROWS)


def draw_timeline(done: Rehearsal, style: str = "", words: Words | None = None) -> str:
    """One `<svg class="tl">`; with `style`, a picture of its own. Colours come from classes only; English unless told
    otherwise."""
    zone = done.company.company.zone
    words = words or in_english(zone)
    people = [person for person in done.people if done.of(person.id)][:_ROWS]
    shown = {person.id for person in people}
    drawn = [entry for entry in done.entries if entry.person in shown and is_drawn(entry)]
    days = max(7, (max((entry.at for entry in drawn), default=done.begins_at) - done.begins_at).days + 2)
    scale = (_RIGHT - _LEFT) / days

    def x(at: datetime) -> float:
        return _LEFT + (at - done.begins_at) / timedelta(days=1) * scale

    rows = [marks_of(done.of(person.id), x) for person in people]
    tops = list(accumulate((_ROW + _LANE * max(0, _lanes(row) - 2) for row in rows), initial=_HEAD))
    bottom = tops[-1] + 4
    legend = list(_legend(bottom + 26, {entry.kind for entry in drawn}, words))
    height = 14 + max((y for y, _ in legend), default=bottom)
    title = words.say("Timeline")
    own = f' width="{_WIDTH}" height="{height}"' if style else ""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tl" viewBox="0 0 {_WIDTH} {height}"{own} role="img"'
        f' aria-label="{escape(title)}">'
    ]
    if style:
        parts.append(f"<style>{style}</style>")
    parts += _calendar(done, zone, days, bottom, x, words)
    for person, top, marks in zip(people, tops, rows, strict=False):
        parts += _row(person, top, marks, words)
    parts += [sign for _, sign in legend]
    return "".join([*parts, "</svg>"])


def _calendar(done: Rehearsal, zone: str, days: int, bottom: int, x: Across, words: Words) -> Iterator[str]:
    """Weekends shaded, a date at each Monday for which there is room, a dashed line where the clocks change."""
    first = local_time(done.begins_at, zone).date()
    labelled = float("-inf")
    for number in range(days):
        day = first + timedelta(days=number)
        begins, ends = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        left, right = max(x(begins), _LEFT), min(x(ends), _RIGHT)
        if day.weekday() >= 5:
            size = f'width="{right - left:.1f}" height="{bottom - _HEAD + 8}"'
            yield f'<rect class="rest" x="{left:.1f}" y="{_HEAD - 8}" {size}/>'
        if day.weekday() == 0 and left - labelled >= _LABEL:
            labelled = left
            yield f'<path class="grid" d="M{left:.1f},{_HEAD - 8}V{bottom}"/>'
            yield f'<text class="soft" x="{left + 4:.1f}" y="{_HEAD - 16}">{escape(words.day(day))}</text>'
        if ends - begins != timedelta(days=1):
            middle = x(begins + timedelta(hours=3))
            told = escape(words.say("The clocks change"))
            yield f'<path class="clock" d="M{middle:.1f},{_HEAD - 8}V{bottom}"><title>{told}</title></path>'
            label = escape(words.say("clocks change"))
            side = f'x="{middle + 4:.1f}"' if middle < _RIGHT - _LABEL else f'x="{middle - 4:.1f}" text-anchor="end"'
            yield f'<text class="soft" {side} y="{_HEAD - 32}">{label}</text>'


def _lanes(row: Sequence[Mark]) -> int:
    return 1 + max((mark.lane for mark in row), default=0)


def _row(person: Person, top: int, marks: Sequence[Mark], words: Words) -> Iterator[str]:
    """Her row: name and behaviour, a line from her first sign to her last, a sign for each thing that happened."""
    middle = top + 12
    yield f'<text x="0" y="{middle}">{escape(person.fields.get("name") or person.id)}</text>'
    yield f'<text class="soft" x="0" y="{middle + 13}">{escape(words.behaves(person.behaves))}</text>'
    if marks:
        yield f'<path class="span" d="M{marks[0].x:.1f},{middle}H{marks[-1].x:.1f}"/>'
    for mark in marks:
        kind, path = SIGNS[mark.kind]
        at = f'transform="translate({mark.x:.1f},{middle + _LANE * mark.lane})"'
        said = escape("\n".join(words.entry(entry) for entry in mark.entries))
        number = f'<text class="often" x="8" y="3">{mark.number}</text>' if mark.number else ""
        yield f'<g {at}><title>{said}</title><path class="{kind}" d="{path}"/>{number}</g>'


def _legend(y: int, kinds: set[str], words: Words) -> Iterator[tuple[int, str]]:
    """Each sign with its meaning, and at which height: from `y` on, in as many lines as it takes."""
    at = 8
    for kind, (name, path) in SIGNS.items():
        if kind in kinds:
            label = words.kind(kind)
            wide = 30 + 7 * len(label)
            if at + wide > _WIDTH:
                at, y = 8, y + _LINE
            sign = f'<path class="{name}" transform="translate({at},{y - 4})" d="{path}"/>'
            yield y, f'{sign}<text class="soft" x="{at + 12}" y="{y}">{escape(label)}</text>'
            at += wide
