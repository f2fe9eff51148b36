"""The shipped scenarios, loaded once for all rehearsals."""

from pathlib import Path

import pytest

from funnel.authoring.load import Loaded, load_folder

HOME = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def shipped() -> Loaded:
    """What stands in the repository's own home."""
    loaded = load_folder(HOME)
    assert loaded.sound
    return loaded
