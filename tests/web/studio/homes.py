"""Homes for the studio's tests, whose files may be spoiled."""

import shutil
from pathlib import Path

from tests.web.conftest import ROOT


def home_of(folder: Path) -> Path:
    """A copy of the shipped files."""
    home = folder / "home"
    for name in ("scenarios", "landing_pages", "email_templates"):
        shutil.copytree(ROOT / name, home / name)
    return home
