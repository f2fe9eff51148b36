"""What was vendored for these tests is what its README says."""

import hashlib
import re

from tests.browser.window import AXE


def test_the_vendored_axe_is_the_one_that_was_published() -> None:
    said = (AXE.parent / "README.md").read_text()
    assert re.search(r"`([0-9a-f]{64})`", said)[1] == hashlib.sha256(AXE.read_bytes()).hexdigest()  # type: ignore[index]
