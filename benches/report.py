"""A figure as it is told: medians of interleaved runs, the ratio pair by pair, the aim beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """One line of the table: what, the figures in words, the ratio or count, the aim, and whether it is met."""

    what: str
    figures: str
    value: str
    aim: str
    met: bool

    def __str__(self) -> str:
        return f"| {self.what} | {self.figures} | {self.value} | {self.aim} | {'yes' if self.met else 'no'} |"


HEAD = "| what | figures | value | aim | met |\n| --- | --- | --- | --- | --- |"


def paired(ours: Callable[[], float], limit: Callable[[], float], runs: int) -> tuple[float, float, float]:
    """Run both in turn; (median rate of ours, median rate of the limit, median of the ratios)."""
    pairs = [(ours(), limit()) for _ in range(runs)]
    return median(a for a, _ in pairs), median(b for _, b in pairs), median(a / b for a, b in pairs)
