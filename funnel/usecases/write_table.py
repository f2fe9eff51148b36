"""A CSV table for other programs (RFC 4180): Excel opens it as it is, and it carries no formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from babel import Locale

from funnel.domain.model import locale_of

_ACTS = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would work out instead of showing it."""
_NUMBER = re.compile(r"\+[0-9][0-9 ]*")
"""A telephone number, as `read_phone` writes it: it names no cell and calls nothing, and a dialler must read it."""


def write_table(heading: Sequence[str], rows: Iterable[Sequence[object]], language: str) -> str:
    """The lines, ended by CR LF, separated as the reader's Excel expects: by semicolons where a comma is the decimal
    sign (French), else by commas. A cell that would act as a formula begins with an apostrophe; `None` is empty."""
    lines = io.StringIO(newline="")
    comma_is_decimal = Locale.parse(locale_of(language), sep="_").number_symbols["latn"]["decimal"] == ","
    writer = csv.writer(lines, delimiter=";" if comma_is_decimal else ",", lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows([["" if cell is None else harmless(str(cell)) for cell in row] for row in rows])
    return lines.getvalue()


def harmless(cell: str) -> str:
    """The cell, shown and not worked out by whatever opens it."""
    return f"'{cell}" if cell.startswith(_ACTS) and not _NUMBER.fullmatch(cell) else cell
