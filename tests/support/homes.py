"""Copies of the shipped files, which a test may spoil."""

import re
import shutil
from pathlib import Path

from tests.support.processes import ROOT

FOLDERS = ("scenarios", "landing_pages", "email_templates", "assets")


def copy_home(into: Path) -> Path:
    """The shipped files in a folder of their own."""
    for name in FOLDERS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, into / name)
    return into


def score_by(home: Path, scoring: str) -> None:
    """Put other rules of points in the place of those that a copy's `company.yaml` has."""
    company = home / "scenarios" / "company.yaml"
    text, number = re.subn(r"^scoring:\n(?:[ #].*\n)+", scoring.lstrip("\n"), company.read_text(), flags=re.MULTILINE)
    assert number == 1
    company.write_text(text)


PLAN = {"plan.pdf": b"%PDF-1.7 a plan", "plan.fr.pdf": b"%PDF-1.7 un plan"}


def home_that_attaches(into: Path) -> Path:
    """The shipped files; the self-evaluation's first mail carries her diagnosis and a plan (`PLAN`)."""
    home = copy_home(into)
    scenario = home / "scenarios" / "self_evaluation.yaml"
    old, new = "  - email: your_results ", "  - attach: [diagnosis.pdf, plan.pdf]\n    email: your_results "
    text = scenario.read_text(encoding="utf-8")
    assert old in text
    scenario.write_text(text.replace(old, new), encoding="utf-8")
    (home / "assets" / "self_evaluation").mkdir(parents=True)
    for name, content in PLAN.items():
        (home / "assets" / "self_evaluation" / name).write_bytes(content)
    return home
