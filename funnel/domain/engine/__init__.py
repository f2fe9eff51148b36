"""The engine: `decide(book, lead, event, now)` gives effects, `evolve(lead, effect)` gives the next lead; both pure."""

from funnel.domain.engine.book import Book
from funnel.domain.engine.decide import decide, take_turn
from funnel.domain.engine.evolve import evolve

__all__ = ["Book", "decide", "evolve", "take_turn"]
