"""One decision in the making: the lead as she is by now, and the effects so far."""

from collections.abc import Mapping
from datetime import datetime

from funnel.domain import effects as do
from funnel.domain.conditions import Value
from funnel.domain.effects import Effect
from funnel.domain.engine.book import Book
from funnel.domain.engine.evolve import evolve
from funnel.domain.known import values_of
from funnel.domain.lead import Enrolment, Lead
from funnel.domain.timing import zone_of
from funnel.domain.tunnel.program import Program

_CHANGES = (
    do.ChangeDetails | do.SetStage | do.RecordConsent | do.StoreAnswers | do.AddTag | do.RemoveTag
    | do.PutAppointment | do.AddScore
)  # fmt: skip
"""The effects that change what conditions look at."""


class Turn:
    """Gathers effects and folds each into the lead at once, so that the next rule sees it. Lives for one `decide`.

    `starts` counts the passes it began."""

    def __init__(self, book: Book, lead: Lead, now: datetime) -> None:
        self.book = book
        self.lead = lead
        self.now = now
        self.effects: list[Effect] = []
        self.starts = 0
        self._known: tuple[Lead, Mapping[str, Value]] | None = None

    def do(self, effect: Effect) -> None:
        """Add an effect."""
        self.effects.append(effect)
        self.lead = evolve(self.lead, effect)

    def judges(self, *, anew: bool) -> bool:
        """Whether a condition over the lead may be true by now that was not, or no longer: this turn has changed what
        they look at, or they are judged `anew`."""
        return not self.lead.erased and (anew or any(isinstance(effect, _CHANGES) for effect in self.effects))

    @property
    def stamp(self) -> str:
        """The instant as it is kept of what stands since then."""
        return f"{self.now:%Y-%m-%dT%H:%M:%SZ}"

    @property
    def values(self) -> Mapping[str, Value]:
        """What conditions look at, of the lead as she is by now, gathered once for all that ask in between."""
        if self._known is None or self._known[0] is not self.lead:
            self._known = (self.lead, values_of(self.lead))
        return self._known[1]

    @property
    def zone(self) -> str:
        """The lead's time zone, else the company's (S144)."""
        return zone_of(self.lead.zone, None, self.book.company.zone)

    def program(self, enrolment: Enrolment) -> Program:
        """What the enrolment is pinned to."""
        return self.book.program(enrolment.scenario, enrolment.version)
