"""Ten thousand people rehearse the shipped self-evaluation for ninety days."""

import time
from pathlib import Path

from funnel.authoring.load import load_folder
from funnel.usecases.rehearsal import rehearse

ROOT = Path(__file__).parents[1]
PEOPLE = 10_000
DAYS = 90


def seconds() -> tuple[float, float, int]:
    """Seconds on the clock and of the processor, and how many things happened to somebody."""
    loaded = load_folder(ROOT)
    assert loaded.company is not None
    begin, began = time.perf_counter(), time.process_time()
    done = rehearse(loaded.bundles, loaded.company, "self_evaluation", people=PEOPLE, days=DAYS)
    return time.perf_counter() - begin, time.process_time() - began, len(done.entries)
