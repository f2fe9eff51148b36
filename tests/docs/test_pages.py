"""Every page of the documentation is one that somebody can read."""

from collections import Counter
from pathlib import Path

import pytest

from tests.support.processes import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_paragraph_stands_twice(page: Path) -> None:
    paragraphs = page.read_text(encoding="utf-8").split("\n\n")
    counted = Counter(one.strip() for one in paragraphs if len(one) > 120)
    assert [one for one, times in counted.items() if times > 1] == []
