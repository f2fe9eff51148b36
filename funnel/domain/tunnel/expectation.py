"""What an author expects of a scenario: a lead who behaves in a known way, and what she is to get (`expect:`)."""

from typing import Literal

from funnel.domain.model import Authored, Id
from funnel.domain.tunnel.form import LocalInstant

Behaviour = Literal[
    "reads", "ignores", "declines", "books", "books_at_once", "cancels", "misses", "returns", "moves", "unsubscribes",
    "attends", "reschedules", "rebooks", "rebooks_late", "misses_again", "mark_corrected",
    "answers", "answers_late", "opens", "clicks", "visits", "comes_back", "scanned",
]  # fmt: skip
"""reads: opens her private link, no more · ignores: does nothing at all · declines: ticks no box · books: takes the
first proposal · books_at_once: books from the page of her results · cancels: books, then cancels while she may ·
misses: books and is not there · returns: comes back on day 9 and books · moves: is in another zone from day 3 on, then
books · unsubscribes: stops the mails at the first one · attends: comes to every appointment · reschedules: moves her
appointment once, while she may · rebooks: misses her appointment and takes one of the new times · rebooks_late:
takes one after the reminder · misses_again: books and misses, over and over · mark_corrected: was there, and is marked
missed by mistake · answers: answers what a mail asks, no more · answers_late: answers when a mail asks again · opens:
opens every mail, no more · clicks: opens every mail and follows its links · visits: looks at pages the day after every
mail · comes_back: looks at pages at once, and again after three weeks and after two months · scanned: does nothing, and
her mail provider's scanner follows every link of every mail at once."""


SILENT: tuple[Behaviour, ...] = (
    "reads", "ignores", "declines", "unsubscribes", "opens", "clicks", "visits", "comes_back", "scanned",
)  # fmt: skip
"""Who answers no questionnaire that a mail asks for."""

NOTHING = "nothing"
"""The `follow_up` of who leaves the one box empty."""


class Expectation(Authored):
    """A sample lead, and what the rehearsal is to show of her; what is left out is not looked at.

    `gets` are all of this scenario's mails that leave to her, in order; `consents` the boxes she ticks (all, when left
    out); `confirms` whether she confirms them where a tick is to be confirmed (all do but who ignores everything and
    who is scanned, when left out); `answers` by question of the form's questionnaire, the rest is drawn; `comes` is
    when she sends the form, in the company's zone (the first morning, when left out). `clicks` are the links by name
    that she follows, `visits` the pages that she looks at, whatever else she does.
    """

    lead: Id
    behaves: Behaviour = "reads"
    comes: LocalInstant | None = None
    name: str | None = None
    company: str | None = None
    position: str | None = None
    phone: str | None = None
    language: str | None = None
    zone: str | None = None
    consents: list[Id] | None = None
    confirms: bool | None = None
    answers: dict[Id, str | int | list[str]] = {}
    follow_up: Id | None = None
    clicks: list[Id] | None = None
    visits: list[str] | None = None
    appointment: Id | None = None
    tagged: list[Id] = []
    gets: list[Id] | None = None
    ends: Id | None = None
    handed_over: bool | None = None
    score: int | None = None
    tags: list[Id] | None = None
