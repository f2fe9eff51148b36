"""The timeline of a rehearsal as SVG: a row a person, a column a day; nights of clock changes and weekends are seen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape

from funnel.domain.timing import local_time, midnight
from funnel.domain.tunnel.graph import as_it_is
from funnel.usecases.naming import plain
from funnel.usecases.rehearsal.crowd import Person
from funnel.usecases.rehearsal.log import Entry
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
    "failed": ("bad", "M-6,-4h12v8h-12z"),
    "capped": ("skipped", "M-5,-6h10l-5,6l5,6h-10l5,-6z"),
    "booked": ("meet", "M0,-7l7,7l-7,7l-7,-7z"),
    "held": ("good", "M-6,0l4,5l8,-10l2,2l-10,12l-6,-7z"),
    "missed": ("bad", "M-5,-5l2,-2l3,3l3,-3l2,2l-3,3l3,3l-2,2l-3,-3l-3,3l-2,-2l3,-3z"),
    "cancelled": ("bad", "M-7,-1.5h14v3h-14z"),
    "handed_over": ("gold", "M-4,-7h9l-3,3.5l3,3.5h-7v7h-2z"),
    "unsubscribed": ("bad", "M0,-7a7,7 0 1,0 .01,0zm0,3a4,4 0 1,1 -.01,0z"),
    "parked": ("bad", "M-5,-6h3v12h-3zM2,-6h3v12h-3z"),
    "moved": ("meet", "M-6,-1h8v-4l5,5l-5,5v-4h-8z"),
    "rescheduled": ("meet", "M0,-7l7,7l-7,7l-7,-7zm0,3.5l-3.5,3.5l3.5,3.5l3.5,-3.5z"),
    "proposed": ("meet", "M-7,-2h4v4h-4zM-2,-2h4v4h-4zM3,-2h4v4h-4z"),
    "call_list": ("gold", "M-5,-6l3,-1l2,4l-2,1q1,3 4,4l1,-2l4,2l-1,3q-10,1 -11,-11z"),
    "task": ("gold", "M-5,-5h10v10h-10zm2,2v6h6v-6z"),
    "clicked": ("good", "M-4,-7l9,8h-5l3,6l-2,1l-3,-6l-2,4z"),
    "visited": ("good", "M-6,-5h12v10h-12zm1.5,3.5v5h9v-5z"),
}
"""By kind of entry, its class and its sign; an end is a bar across the row's line."""

_LEGEND = {
    "form": "form", "mail": "mail", "skipped": "mail skipped", "capped": "mail held by the cap",
    "failed": "mail that cannot be written", "booked": "booked",
    "held": "held", "missed": "missed",
    "cancelled": "cancelled", "handed_over": "handed over", "unsubscribed": "unsubscribed", "moved": "moved zone",
    "rescheduled": "moved to another time", "proposed": "times kept for her", "call_list": "on the call list",
    "task": "task", "parked": "parked", "clicked": "followed a link", "visited": "looked at a page",
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


def _in_english(entry: Entry) -> str:
    reason = f" ({entry.detail['reason']})" if entry.detail.get("reason") else ""
    return f"{entry.at:%Y-%m-%d %H:%M} UTC: {plain(entry.kind)} {plain(entry.what)}{reason}"


ENGLISH = Words(as_it_is, plain, lambda kind: _LEGEND.get(kind, kind), _in_english, lambda day: f"{day:%d %b}")


def draw_timeline(done: Rehearsal, style: str = "", words: Words = ENGLISH) -> str:
    """One `<svg class="tl">`; with `style`, a picture of its own. Colours come from classes only."""
    people = [person for person in done.people if done.of(person.id)][:_ROWS]
    shown = {person.id for person in people}
    last = max((entry.at for entry in done.entries if entry.person in shown), default=done.begins_at)
    days = max(7, (last - done.begins_at).days + 2)
    zone = done.company.company.zone
    scale = (_WIDTH - _LEFT - 20) / days
    height = _HEAD + _ROW * len(people) + 44

    def x(at: datetime) -> float:
        return _LEFT + (at - done.begins_at) / timedelta(days=1) * scale

    title = words.say("Timeline")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tl" viewBox="0 0 {_WIDTH} {height}" role="img"'
        f' aria-label="{escape(title)}">'
    ]
    if style:
        parts.append(f"<style>{style}</style>")
    parts += _calendar(done, zone, days, height, x, words)
    for place, person in enumerate(people):
        parts += _person(done, person, _HEAD + _ROW * place, x, words)
    parts += _legend(height - 18, {entry.kind for entry in done.entries if entry.person in shown}, words)
    return "".join([*parts, "</svg>"])


def _calendar(done: Rehearsal, zone: str, days: int, height: int, x: Across, words: Words) -> Iterator[str]:
    """Weekends shaded, a date at each Monday, a dashed line where the clocks change."""
    first = local_time(done.begins_at, zone).date()
    bottom = height - 40
    for number in range(days):
        day = first + timedelta(days=number)
        begins, ends = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        left, right = max(x(begins), _LEFT), min(x(ends), _WIDTH - 20)
        if day.weekday() >= 5:
            size = f'width="{right - left:.1f}" height="{bottom - _HEAD + 8}"'
            yield f'<rect class="rest" x="{left:.1f}" y="{_HEAD - 8}" {size}/>'
        if day.weekday() == 0 and (days <= 60 or day.isocalendar().week % 2):
            yield f'<path class="grid" d="M{left:.1f},{_HEAD - 8}V{bottom}"/>'
            yield f'<text class="soft" x="{left + 4:.1f}" y="{_HEAD - 16}">{escape(words.day(day))}</text>'
        if ends - begins != timedelta(days=1):
            middle = x(begins + timedelta(hours=3))
            told = escape(words.say("The clocks change"))
            yield f'<path class="clock" d="M{middle:.1f},{_HEAD - 8}V{bottom}"><title>{told}</title></path>'
            label = escape(words.say("clocks change"))
            yield f'<text class="soft" x="{middle + 4:.1f}" y="{_HEAD - 32}">{label}</text>'


def _person(done: Rehearsal, person: Person, top: int, x: Across, words: Words) -> Iterator[str]:
    """Her row: name and behaviour, a line from her form to her end, a sign for each thing that happened."""
    middle = top + 12
    story = done.of(person.id)
    yield f'<text x="0" y="{middle}">{escape(person.fields.get("name") or person.id)}</text>'
    yield f'<text class="soft" x="0" y="{middle + 13}">{escape(words.behaves(person.behaves))}</text>'
    left, right = x(story[0].at), x(story[-1].at)
    yield f'<path class="span" d="M{left:.1f},{middle}H{right:.1f}"/>'
    at = float("-inf")
    for entry in story:
        said = f"<title>{escape(words.entry(entry))}</title>"
        if entry.kind == "ended":
            at = max(x(entry.at), at + _APART)
            yield f'<path class="end" d="M{at:.1f},{middle - 8}v16">{said}</path>'
        elif entry.kind in _MARKS and not (entry.kind == "mail" and entry.detail["to"] != "lead"):
            at = max(x(entry.at), at + _APART)
            kind, path = _MARKS[entry.kind]
            yield f'<path class="{kind}" transform="translate({at:.1f},{middle})" d="{path}">{said}</path>'


def _legend(y: int, kinds: set[str], words: Words) -> Iterator[str]:
    at = 8
    for kind in _LEGEND:
        if kind in kinds:
            name, path = _MARKS[kind]
            label = words.kind(kind)
            yield f'<path class="{name}" transform="translate({at},{y - 4})" d="{path}"/>'
            yield f'<text class="soft" x="{at + 12}" y="{y}">{escape(label)}</text>'
            at += 30 + 7 * len(label)
