"""Tables for other programs: CSV files to load."""

from collections.abc import Iterable, Sequence

from flask import Response

from funnel.usecases.write_table import write_table


def sheet(name: str, heading: Sequence[str], rows: Iterable[Sequence[object]], language: str) -> Response:
    """A file to load, separated as the reader's Excel expects: UTF-8 with a mark that says so."""
    answer = Response("\ufeff" + write_table(heading, rows, language), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
