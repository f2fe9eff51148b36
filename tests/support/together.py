"""Which tests run on one worker: those that share a running product, which is started once and stopped when the last is
done.

Marks cannot say it: xdist 3.8 writes them into what pytest 9.2 reads no more, and scatters the tests without a word.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

FOLDERS = ("tests/e2e/", "tests/browser/")


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Every test goes where there is room; those of one of `FOLDERS` go to one worker, first of all."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in FOLDERS if nodeid.startswith(folder)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Whatever `--dist` says."""
    return Together(config, log)
