"""Files to load: tables, calendars, pictures, what hung on a mail."""

from collections.abc import Iterable, Sequence

from flask import Response

from funnel.usecases.write_table import write_table

CSV = "text/csv; charset=utf-8"


def to_load(content: str | bytes, content_type: str, name: str) -> Response:
    """A file that a browser loads instead of showing it."""
    answer = Response(content, content_type=content_type)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def as_table(text: str, name: str) -> Response:
    """A CSV to load: UTF-8, with a mark that tells Excel so."""
    return to_load(text.encode("utf-8-sig"), CSV, f"{name}.csv")


def sheet(name: str, heading: Sequence[str], rows: Iterable[Sequence[object]], language: str) -> Response:
    """A table to load, separated as the reader's Excel expects."""
    return as_table(write_table(heading, rows, language), name)
