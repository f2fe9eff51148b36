"""What browsers have brought to whom, with whomever it stands: what is taken back where a browser was another's."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.storage import events
from funnel.usecases.tracking.apart import People


class Brought:
    """The visits of leads, and of those with whom they are or were joined, for what one does stands with whoever stood
    for her just then; each lead's read once."""

    def __init__(self, connection: Connection, people: People) -> None:
        self._connection = connection
        self._people = people
        self._near: dict[int, list[int]] = {}
        self._recorded: dict[int, list[on.AnyEvent]] = {}

    def learn(self, ids: Iterable[int]) -> None:
        """Read, all at once, what is recorded of them and is not known yet."""
        new = set(ids) - self._near.keys()
        if not new:
            return
        beside = events.beside(self._connection, new)
        self._near |= {one: [one, *beside.get(one, [])] for one in new}
        unread = {each for one in new for each in self._near[one]} - self._recorded.keys()
        self._people.meet(unread)
        self._recorded |= {one: [] for one in unread}
        for told in events.all_of(self._connection, unread, on.PageVisited, on.PageLeft, on.VisitorParted):
            self._recorded[told.lead_id].append(told)

    def of(self, lead_id: int, now: Sequence[on.AnyEvent]) -> dict[int, list[on.AnyEvent]]:
        """By lead, what was recorded of her and of those beside her, and what has happened `now`."""
        self.learn([lead_id])
        near = self._near[lead_id]
        return {one: [*self._recorded[one], *(new for new in now if new.lead_id == one)] for one in near}
