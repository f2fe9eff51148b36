"""A table on a terminal."""

from collections.abc import Container, Sequence


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Container[int]) -> None:
    """Print it, each column as wide as its widest cell; the columns of these places stand to the right."""
    table = [heads, *rows]
    widths = [max(len(row[place]) for row in table) for place in range(len(heads))]
    for row in table:
        cells = (
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join(cells).rstrip())
