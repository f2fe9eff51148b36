"""A postman who notes each message, begun and accepted, in the worker's own file before anything else happens."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from funnel.delivery.notes import Former, Notes, read_back
from funnel.delivery.smtp import SmtpPostman
from funnel.ports import Result, Wire


class NotedPostman:
    """`funnel.ports.Postman` and `funnel.ports.SendNotes` in one: over SMTP, with notes under a state folder.

    The notes file is begun with the first batch, so that a process that never sends leaves none.
    """

    def __init__(self, url: str, folder: Path, worker: str) -> None:
        """`url` of the relay; `folder` of all workers' notes on this machine; `worker` names this process, once."""
        self._folder = folder
        self._worker = worker
        self._attempts: Mapping[int, int] = {}
        self._notes: Notes | None = None
        self._files = 0
        self._smtp = SmtpPostman(url, on_begun=self._begun, on_accepted=self._accepted)

    def carry(
        self, batch: Sequence[tuple[int, Wire]], until: float, still: Callable[[int], bool]
    ) -> Iterator[tuple[int, Result]]:
        """Send each (outbox id, message) and yield its result."""
        return self._smtp.carry(batch, until, still)

    def expect(self, attempts: Mapping[int, int]) -> None:
        """The attempt's number of each outbox id about to be carried."""
        self._attempts = attempts

    def open(self) -> str:
        """Begin the notes file, under a name of its own: it is known to live while it holds the file's lock."""
        if self._notes is None:
            self._files += 1
            self._notes = Notes(self._folder, self._name)
        return self._name

    @property
    def _name(self) -> str:
        return f"{self._worker}-{self._files}"

    def abandon(self) -> None:
        """Leave the notes to whoever settles next, as if this process had died."""
        if self._notes:
            self._notes.close()
            self._notes = None

    def settled(self) -> None:
        """Everything noted so far stands in the database."""
        if self._notes:
            self._notes.settled()

    def former(self) -> list[Former]:
        """The notes of dead workers of this machine."""
        return read_back(self._folder)

    def close(self) -> None:
        """Say good-bye to the server; an empty notes file goes."""
        self._smtp.close()
        if self._notes:
            self._notes.close()

    def _begun(self, number: int) -> None:
        self.open()
        assert self._notes is not None
        self._notes.begun(number, self._attempts[number])

    def _accepted(self, number: int, reply: str) -> None:
        assert self._notes is not None
        self._notes.accepted(number, self._attempts[number], reply)
