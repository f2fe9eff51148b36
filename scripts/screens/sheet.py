"""The contact sheet: all pictures side by side, a row a page, as one HTML file."""

from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from scripts.screens.camera import Shot

_STYLE = """
body { font: 14px/1.4 system-ui, sans-serif; margin: 24px; background: #eee; color: #111; }
section { display: grid; grid-template-columns: 180px 180px 480px 480px; gap: 12px; margin: 8px 0 32px; }
figure { margin: 0; }
a { display: block; height: 340px; overflow: hidden; background: #fff; box-shadow: 0 1px 4px #0003; }
img { width: 100%; display: block; } figcaption { font-size: 12px; color: #555; } h2 { margin: 0; font-size: 16px; }
.wide { color: #b00; font-weight: 700; }
"""


def write_sheet(shots: Sequence[Shot], folder: Path) -> Path:
    """Write `index.html` beside the pictures; its path."""
    rows = []
    for (route, state, name), group in groupby(shots, key=lambda shot: (shot.route, shot.state, shot.name)):
        figures = "".join(_figure(shot) for shot in group)
        rows.append(f"<h2>{escape(name)} · {state}</h2><code>{escape(route)}</code><section>{figures}</section>")
    body = "\n".join(rows)
    path = folder / "index.html"
    path.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Every page</title>'
        f"<style>{_STYLE}</style></head><body><h1>Every page</h1>{body}</body></html>"
    )
    return path


def _figure(shot: Shot) -> str:
    wider = f' <span class="wide">{shot.wider} px too wide</span>' if shot.wider else ""
    return (
        f'<figure><a href="{shot.file.name}"><img loading="lazy" src="{shot.file.name}" alt=""></a>'
        f"<figcaption>{shot.width} px, {shot.scheme}{wider}</figcaption></figure>"
    )
