"""The Printer: draws papers (PDF) with typst from templates of the product's own, given data that is never markup.

Nothing is fetched, no font of the machine is used, and the same data gives the same bytes: no clock is read.
"""

import json
import re
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import typst

from funnel.delivery.errors import PaperFailed

FOLDER = Path(__file__).parent / "pdf"
MOST_DATA = 200_000
"""Bytes of data one paper is drawn from: a diagnosis has about 5,000."""
MOST_PAPER = 5_000_000
"""Bytes of one paper: what every mailbox takes."""
_SHARPNESS = 110.0
_PACKAGES = FOLDER / "no-packages"
"""A folder that is not there: templates use none, and none is ever looked for elsewhere."""
_PLAIN = re.compile("[ -~\u00a0-\u00ac\u00ae-\u017f]*")
"""Letters of Europe's Latin alphabets, which every face of `fonts/` has: most names need not be tried."""


class TypstPrinter:
    """`funnel.ports.Printer`. Safe to share between threads: one paper is drawn at a time (about 20 ms)."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """`folder` holds `<paper>.typ`, what they include, and `fonts/`."""
        self._folder = folder
        self._compiler: typst.Compiler | None = None
        self._lock = threading.Lock()
        self._has_letters = lru_cache(maxsize=4096)(self._try_letters)

    def draw(self, paper: str, data: Mapping[str, Any]) -> bytes:
        """The PDF, tagged; `PaperFailed` (a `ValueError`) when the data does not fit or is too much."""
        drawn = self._compile(paper, data, "pdf")
        if not isinstance(drawn, bytes) or len(drawn) > MOST_PAPER:
            raise PaperFailed(f"{paper}.pdf would have more than {MOST_PAPER} bytes")
        return drawn

    def pictures(self, paper: str, data: Mapping[str, Any]) -> Sequence[bytes]:
        """Its pages as PNG."""
        drawn = self._compile(paper, data, "png")
        return [drawn] if isinstance(drawn, bytes) else list(drawn or ())

    def draws(self, text: str) -> bool:
        """Whether there is a font for every letter: PDF/UA-1 forbids any other."""
        return _PLAIN.fullmatch(text) is not None or self._has_letters(text)

    def _try_letters(self, text: str) -> bool:
        try:
            self._compile("letters", {"text": text}, "pdf", strictly=True)
        except PaperFailed:
            return False
        return True

    def _compile(
        self, paper: str, data: Mapping[str, Any], kind: Literal["pdf", "png"], *, strictly: bool = False
    ) -> bytes | list[bytes] | None:
        text = json.dumps(data, ensure_ascii=False, sort_keys=True)
        if len(text.encode()) > MOST_DATA:
            raise PaperFailed(f"{paper}.pdf would be drawn from more than {MOST_DATA} bytes")
        with self._lock:
            if self._compiler is None:
                self._compiler = typst.Compiler(
                    root=str(self._folder),
                    font_paths=[str(self._folder / "fonts")],
                    ignore_system_fonts=True,
                    package_path=str(_PACKAGES),
                    package_cache_path=str(_PACKAGES),
                )
            try:
                return self._compiler.compile(
                    input=str(self._folder / f"{paper}.typ"),
                    format=kind,
                    ppi=_SHARPNESS if kind == "png" else None,
                    sys_inputs={"data": text},
                    pdf_standards=["ua-1"] if strictly else [],
                )
            except typst.TypstError as error:
                raise PaperFailed(f"{paper}.pdf cannot be drawn: {error}") from error
