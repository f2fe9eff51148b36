"""A home of twenty thousand lines: the shipped tunnel again and again, under other names."""

import time
from pathlib import Path
from statistics import median

from funnel.authoring.gather import gather
from funnel.authoring.load import load_files

ROOT = Path(__file__).parents[1]
LINES = 20_000
_NAME = "self_evaluation"
_QUESTIONNAIRE = "cx_maturity"
_FOLDERS = ("scenarios/", "landing_pages/", "email_templates/")


def large_home() -> dict[str, bytes]:
    """The shipped home with as many copies of its tunnel, questionnaire, mails and pages as make `LINES` lines."""
    files, _ = gather(ROOT)
    own = {file: content for file, content in files.items() if _NAME in file or _QUESTIONNAIRE in file}
    made = dict(files)
    number = 0
    while sum(content.count(b"\n") for content in made.values()) < LINES:
        number += 1
        for file, content in own.items():
            made[_renamed(file, number)] = _renamed(content.decode(), number).encode()
    return made


def _renamed(text: str, number: int) -> str:
    return text.replace(_NAME, f"{_NAME}_{number}").replace(_QUESTIONNAIRE, f"{_QUESTIONNAIRE}_{number}")


def seconds(runs: int) -> tuple[int, int, float, float]:
    """Lines, files, and the median seconds to check them all, on the clock and of the processor (other work on the
    machine does not change that); every run begins with nothing remembered."""
    files = large_home()
    taken, worked = [], []
    for run in range(runs):
        # Templates that were read before are known by their text: another comment makes them new.
        fresh = {
            file: content + b"{# %d #}" % run if file.endswith((".html", ".mjml")) else content
            for file, content in files.items()
        }
        begin, began = time.perf_counter(), time.process_time()
        loaded = load_files(fresh)
        taken.append(time.perf_counter() - begin)
        worked.append(time.process_time() - began)
        assert loaded.sound, loaded.findings[:3]
    return sum(content.count(b"\n") for content in files.values()), len(files), median(taken), median(worked)
