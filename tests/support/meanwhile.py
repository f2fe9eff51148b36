"""A writer of mails during whose work something else happens: the race between a mail and an erasure."""

from collections.abc import Callable
from typing import Any

from funnel.ports import Letter, Wire, Writer


class Meanwhile:
    """The writer of a house, in which something happens once while a mail is built."""

    def __init__(self, real: Writer, happens: Callable[[], object]) -> None:
        self._real, self._happens, self._done = real, happens, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def build(self, letter: Letter) -> Wire:
        """As the real one does."""
        built = self._real.build(letter)
        if not self._done:
            self._done = True
            self._happens()
        return built
