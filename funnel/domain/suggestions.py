"""What is suggested to people about a lead: a rule over her segment and behaviour, accepted by one click (S69)."""

from collections.abc import Collection
from typing import Literal

from funnel.domain.model import Authored, Id, Text

Ended = Literal["accepted", "declined", "no_longer"]
"""How a suggestion ends: by a person's answer, or because its condition is true of her no more."""


class Suggestion(Authored):
    """Suggested of whom `when` is true and whom accepting would change: she gets the `status` and the `tag`, and loses
    the tag `untag`."""

    id: Id
    title: Text
    when: str
    status: Id | None = None
    tag: Id | None = None
    untag: Id | None = None

    def changes(self, status: str | None, tags: Collection[str]) -> bool:
        """Whether accepting would change anything of somebody who has this status and these tags."""
        marks = self.status not in (None, status) or (self.tag is not None and self.tag not in tags)
        return marks or self.untag in tags
