"""Copies of the shipped files, which a test may spoil."""

import shutil
from pathlib import Path

from tests.support.processes import ROOT

FOLDERS = ("scenarios", "landing_pages", "email_templates")


def copy_home(into: Path) -> Path:
    """The shipped files in a folder of their own."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, into / name)
    return into
