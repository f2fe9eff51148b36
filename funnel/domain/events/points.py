"""Points, segments, suggestions, and the mails that she opened and the links that she followed."""

from dataclasses import dataclass
from typing import Literal

from funnel.domain.events.base import Event
from funnel.domain.suggestions import Ended
from funnel.domain.verdicts import Reason, Says

Touched = Literal["email.opened", "link.clicked", "asset.downloaded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsGiven(Event):
    """Points given by hand or by an import."""

    points: int
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentEntered(Event):
    """She has come into a segment: the result, of the same transaction."""

    segment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentLeft(Event):
    """She is in a segment no more: the result, of the same transaction."""

    segment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionMade(Event):
    """Something is suggested of her from now on: the result, of the same transaction."""

    suggestion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionAnswered(Event):
    """Somebody of the staff accepted what is suggested, or said not now."""

    suggestion: str
    accepted: bool
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionEnded(Event):
    """It waits for nobody any more, and why: the result, of the same transaction."""

    suggestion: str
    because: Ended
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreReached(Event):
    """She has come to a number of points that something waits for: the result, of the same transaction."""

    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreReviewed(Event):
    """Her points were looked at anew: a day has begun on which some are worth less, or the rules have changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailOpened(Event):
    """A mail to her was opened: its row in the outbox, its message (`<scenario>/<email>`), and by whom."""

    mail: int
    message: str
    pass_number: int | None = None
    verdict: Says = "human"
    reasons: tuple[Reason, ...] = ()

    @property
    def touched(self) -> Touched:
        """What something may wait for."""
        return "email.opened"

    @property
    def subject(self) -> str:
        """The mail's own name."""
        return self.message.partition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkClicked(Event):
    """A link in a mail to her was followed: the link's name and number, and by whom."""

    mail: int
    message: str
    link: str
    number: int
    pass_number: int | None = None
    verdict: Says = "human"
    reasons: tuple[Reason, ...] = ()

    @property
    def touched(self) -> Touched:
        """What something may wait for."""
        return "link.clicked"

    @property
    def subject(self) -> str:
        """The link's name."""
        return self.link


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRevised(Event):
    """What was taken for a person's opening or clicking (`touched`, of `subject`) was a machine's, or the other way
    round; `of` is the key of that event."""

    of: str
    touched: Touched
    subject: str
    message: str
    pass_number: int | None = None
    verdict: Says
    reasons: tuple[Reason, ...] = ()
