"""Which paper is drawn from which source, and how: with the house's font alone, and without any clock."""

from pathlib import Path

import typst

from funnel.usecases.qr_code import qr_svg

ROOT = Path(__file__).parents[2]
SOURCES = Path(__file__).parent
FONTS = ROOT / "funnel" / "delivery" / "pdf" / "fonts"

PAPERS = {
    "cx_champions.en.typ": "assets/ebook/cx_champions.pdf",
    "cx_champions.fr.typ": "assets/ebook/cx_champions.fr.pdf",
    "slides.en.typ": "assets/conference/slides.pdf",
    "slides.fr.typ": "assets/conference/slides.fr.pdf",
}


SHORT_LINK = "https://www.verdanne.example/s/service-forum"
"""That of the talk, as `scenarios/company.yaml` has it: the last slide carries it, and its QR code (S138)."""


def draw(source: str) -> bytes:
    """The PDF of a source, tagged."""
    drawn = _compiler().compile(input=str(SOURCES / source), format="pdf")
    assert isinstance(drawn, bytes)
    return drawn


def pictures(source: str, sharpness: float = 60) -> list[bytes]:
    """Its pages as PNG, to be looked at."""
    drawn = _compiler().compile(input=str(SOURCES / source), format="png", ppi=sharpness)
    assert drawn is not None
    return [drawn] if isinstance(drawn, bytes) else drawn


def _compiler() -> typst.Compiler:
    told = {"short_link": SHORT_LINK, "qr_code": qr_svg(SHORT_LINK).decode()}
    return typst.Compiler(root=str(ROOT), font_paths=[str(FONTS)], ignore_system_fonts=True, sys_inputs=told)
