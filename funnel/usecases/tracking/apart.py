"""Who agrees that opens, clicks and visits are kept; what of them is to be decided, and what changes nothing."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.engine.interests import Interests, Trace
from funnel.domain.engine.reviews import BY
from funnel.storage import leads
from funnel.storage.leads import Watched


class People:
    """The leads that one batch is about, each read once; nobody else changes them until the transaction ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[int, Watched] = {}

    def meet(self, ids: Iterable[int]) -> None:
        """Read those of them that are not known yet."""
        wanted = sorted(set(ids) - self._known.keys())
        if wanted:
            self._known |= leads.watch(self._connection, wanted)

    def person(self, lead_id: int) -> int:
        """Who stands for a lead: another, or she herself."""
        one = self._known.get(lead_id)
        return one.merged_into or lead_id if one else lead_id

    def whose(self, lead_id: int) -> int | None:
        """Whose it is what a lead does who agrees to its being kept, by each address that is hers: her own, or that of
        who stands for her."""
        one = self._known.get(lead_id)
        if one is None or not one.watched or not self._known.get(one.merged_into or 0, one).watched:
            return None
        return one.merged_into or lead_id

    def apart(
        self, interests: Interests, happened: Sequence[on.AnyEvent]
    ) -> tuple[list[on.AnyEvent], list[on.AnyEvent]]:
        """What is to be decided, and what is just kept. All of one lead goes one way, so that it stays in order."""
        self.meet(one.lead_id for one in happened)

        def touches(event: on.AnyEvent) -> bool:
            if not isinstance(event, Trace):
                return not isinstance(event, on.VisitorJoined)
            one = self._known[event.lead_id]
            engages = one.stage == "new" or one.engaged_by is not None
            return interests.touches(event, engages=engages, doubts=any(BY not in kept for kept in one.unsure.values()))

        deciding = {one.lead_id for one in happened if touches(one)}
        return (
            [one for one in happened if one.lead_id in deciding],
            [one for one in happened if one.lead_id not in deciding],
        )
