"""The timeline of a rehearsal as SVG: a row a person, a column a day; nights of clock changes and weekends are seen."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import escape

from funnel.domain.timing import local_time, resolve
from funnel.usecases.rehearsal.log import Entry
from funnel.usecases.rehearsal.run import Rehearsal

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
.tl .end{stroke:var(--soft);stroke-width:2}
""".strip()
"""What colours the picture where no style sheet of ours does."""

Across = Callable[[datetime], float]
"""From an instant to its place on the line."""

_ROWS = 24
_LEFT = 210
_WIDTH = 1180
_ROW = 34
_HEAD = 52
_APART = 13

_MARKS: dict[str, tuple[str, str]] = {
    "form": ("form", "M-4,-4h8v8h-8z"),
    "mail": ("mail", "M-6,-4h12v8h-12z"),
    "skipped": ("skipped", "M-6,-4h12v8h-12z"),
    "booked": ("meet", "M0,-7l7,7l-7,7l-7,-7z"),
    "held": ("good", "M-6,0l4,5l8,-10l2,2l-10,12l-6,-7z"),
    "missed": ("bad", "M-5,-5l2,-2l3,3l3,-3l2,2l-3,3l3,3l-2,2l-3,-3l-3,3l-2,-2l3,-3z"),
    "cancelled": ("bad", "M-7,-1.5h14v3h-14z"),
    "handed_over": ("gold", "M-4,-7h9l-3,3.5l3,3.5h-7v7h-2z"),
    "unsubscribed": ("bad", "M0,-7a7,7 0 1,0 .01,0zm0,3a4,4 0 1,1 -.01,0z"),
    "parked": ("bad", "M-5,-6h3v12h-3zM2,-6h3v12h-3z"),
    "moved": ("meet", "M-6,-1h8v-4l5,5l-5,5v-4h-8z"),
    "task": ("gold", "M-5,-5h10v10h-10zm2,2v6h6v-6z"),
}
"""By kind of entry, its class and its sign; an end is a bar across the row's line."""

_LEGEND = {
    "form": "form", "mail": "mail", "skipped": "mail skipped", "booked": "booked", "held": "held", "missed": "missed",
    "cancelled": "cancelled", "handed_over": "handed over", "unsubscribed": "unsubscribed", "moved": "moved zone",
    "task": "task", "parked": "parked",
}  # fmt: skip


Say = Callable[[str], str]
"""Turns an English word of the picture into the reader's language."""


def _as_it_is(word: str) -> str:
    return word


def _english_day(day: datetime) -> str:
    return f"{day:%d %b}"


def draw_timeline(
    done: Rehearsal, style: str = "", *, say: Say = _as_it_is, day: Callable[[datetime], str] = _english_day
) -> str:
    """One `<svg class="tl">`; with `style`, a picture of its own. Colours come from classes only. `say` and `day` speak
    for a reader of another language; `say` is given behaviours and kinds of entries as they are called in code."""
    people = [person for person in done.people if done.of(person.id)][:_ROWS]
    shown = {person.id for person in people}
    last = max((entry.at for entry in done.entries if entry.person in shown), default=done.begins_at)
    days = max(7, (last - done.begins_at).days + 2)
    zone = done.company.company.zone
    scale = (_WIDTH - _LEFT - 20) / days
    height = _HEAD + _ROW * len(people) + 44

    def x(at: datetime) -> float:
        return _LEFT + (at - done.begins_at) / timedelta(days=1) * scale

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tl" viewBox="0 0 {_WIDTH} {height}" role="img"'
        f' aria-label="{escape(say("Timeline"))}">'
    ]
    if style:
        parts.append(f"<style>{style}</style>")
    parts += _calendar(done, zone, days, height, x, say, day)
    for place, person in enumerate(people):
        parts += _person(done, person.id, person.behaves, person.fields.get("name", ""), _HEAD + _ROW * place, x, say)
    parts += _legend(height - 18, {entry.kind for entry in done.entries if entry.person in shown}, say)
    return "".join([*parts, "</svg>"])


def _calendar(
    done: Rehearsal, zone: str, days: int, height: int, x: Across, say: Say, written: Callable[[datetime], str]
) -> Iterator[str]:
    """Weekends shaded, a date at each Monday, a dashed line where the clocks change."""
    first = local_time(done.begins_at, zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    bottom = height - 40
    for number in range(days):
        day = first + timedelta(days=number)
        begins, ends = resolve(day, zone), resolve(day + timedelta(days=1), zone)
        left, right = max(x(begins), _LEFT), min(x(ends), _WIDTH - 20)
        if day.weekday() >= 5:
            size = f'width="{right - left:.1f}" height="{bottom - _HEAD + 8}"'
            yield f'<rect class="rest" x="{left:.1f}" y="{_HEAD - 8}" {size}/>'
        if day.weekday() == 0 and (days <= 60 or day.isocalendar().week % 2):
            yield f'<path class="grid" d="M{left:.1f},{_HEAD - 8}V{bottom}"/>'
            yield f'<text class="soft" x="{left + 4:.1f}" y="{_HEAD - 16}">{escape(written(day))}</text>'
        if ends - begins != timedelta(days=1):
            middle = x(begins + timedelta(hours=3))
            told = f"<title>{escape(say('The clocks change'))}</title>"
            yield f'<path class="clock" d="M{middle:.1f},{_HEAD - 8}V{bottom}">{told}</path>'
            yield f'<text class="soft" x="{middle + 4:.1f}" y="{_HEAD - 32}">{escape(say("clocks change"))}</text>'


def _person(done: Rehearsal, person: str, behaves: str, name: str, top: int, x: Across, say: Say) -> Iterator[str]:
    """Her row: name and behaviour, a line from her form to her end, a sign for each thing that happened."""
    middle = top + 12
    story = done.of(person)
    yield f'<text x="0" y="{middle}">{escape(name or person)}</text>'
    yield f'<text class="soft" x="0" y="{middle + 13}">{escape(say(behaves).replace("_", " "))}</text>'
    left, right = x(story[0].at), x(story[-1].at)
    yield f'<path class="span" d="M{left:.1f},{middle}H{right:.1f}"/>'
    at = float("-inf")
    for entry in story:
        said = f"<title>{escape(_said(entry, say))}</title>"
        if entry.kind == "ended":
            at = max(x(entry.at), at + _APART)
            yield f'<path class="end" d="M{at:.1f},{middle - 8}v16">{said}</path>'
        elif entry.kind in _MARKS and not (entry.kind == "mail" and entry.detail["to"] != "lead"):
            at = max(x(entry.at), at + _APART)
            kind, path = _MARKS[entry.kind]
            yield f'<path class="{kind}" transform="translate({at:.1f},{middle})" d="{path}">{said}</path>'


def _said(entry: Entry, say: Say) -> str:
    reason = entry.detail.get("reason")
    return (
        f"{entry.at:%Y-%m-%d %H:%M} UTC: {say(entry.kind).replace('_', ' ')} "
        + entry.what.rpartition("/")[2].replace("_", " ")
        + (f" ({reason})" if reason else "")
    )


def _legend(y: int, kinds: set[str], say: Say) -> Iterator[str]:
    at = 8
    for kind, english in _LEGEND.items():
        if kind in kinds:
            name, path = _MARKS[kind]
            own = say(kind)
            label = english if own == kind else own
            yield f'<path class="{name}" transform="translate({at},{y - 4})" d="{path}"/>'
            yield f'<text class="soft" x="{at + 12}" y="{y}">{escape(label)}</text>'
            at += 30 + 7 * len(label)
