"""The outline and the symbol of each verb: told apart without colour."""

ICONS = {
    "form": "M3 2.5h10v11H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3",
    "email": "M2 4h12v8.5H2zM2 4.5l6 5 6-5",
    "wait": "M8 2a6 6 0 1 0 .01 0M8 5v3.2l2.2 1.6",
    "await": "M4.5 2.5h7M4.5 13.5h7M5.5 2.5c0 3 5 4 5 5.5s-5 2.5-5 5.5M10.5 2.5c0 3-5 4-5 5.5s5 2.5 5 5.5",
    "choose": "M8 2v4M8 6L3.5 10v4M8 6l4.5 4v4M8 6v8",
    "when": "M8 2v5M8 7L4 11v3M8 7l4 4v3",
    "hand_off": "M2 9.5l3-1 3 2.5 3-2.5 3 1M5.5 4.5a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M3 13.5h10",
    "task": "M3 3h10v10H3zM5.5 8l2 2 3.5-4",
    "book": "M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3M8 8.5v3M6.5 10h3",
    "tag": "M2.5 2.5h5.5l5.5 5.5-5.5 5.5-5.5-5.5zM5.5 5.5h.01",
    "status": "M4 14V2.5h8l-2 3 2 3H4",
    "score": "M8 2.5v11M2.5 8h11",
    "webhook": "M6 5L3 8l3 3M10 5l3 3-3 3",
    "start": "M4 3l9 5-9 5z",
    "end": "M4 4h8v8H4z",
}
"""Paths for a stroke, in a square of 16."""

_PILLS = frozenset(("wait", "end", "form"))
POINTED = frozenset(("await", "choose", "when"))
_CUTS = frozenset(("webhook", "start", "hand_off"))


def frame(verb: str, x: float, y: float, width: float, height: float) -> str:
    """The outline as a path: pills wait, begin and end; points await and decide; cut corners lead outside; the rest are
    cards."""
    right, bottom, middle = x + width, y + height, y + height / 2
    if verb in POINTED:
        point = min(14.0, height * 0.28)
        return _closed(
            (x + point, y),
            (right - point, y),
            (right, middle),
            (right - point, bottom),
            (x + point, bottom),
            (x, middle),
        )
    if verb in _CUTS:
        cut = min(12.0, height * 0.25)
        return _closed(
            (x + cut, y), (right - cut, y), (right, y + cut), (right, bottom - cut), (right - cut, bottom),
            (x + cut, bottom), (x, bottom - cut), (x, y + cut),
        )  # fmt: skip
    radius = height / 2 if verb in _PILLS else min(10.0, height * 0.25)
    arc = f"a{radius:g} {radius:g} 0 0 1 "
    across, down = width - 2 * radius, height - 2 * radius
    return (
        f"M{x + radius:g} {y:g}h{across:g}{arc}{radius:g} {radius:g}v{down:g}{arc}-{radius:g} {radius:g}"
        f"h-{across:g}{arc}-{radius:g} -{radius:g}v-{down:g}{arc}{radius:g} -{radius:g}z"
    )


def _closed(*corners: tuple[float, float]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in corners) + "z"
