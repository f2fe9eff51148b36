"""What can go wrong while a mail is written: one small tree; all are `ValueError`, the only word callers need.

Unwritable (ValueError)
├── TemplateMissing     the version has no such mail, or not this file of it
├── TemplateBroken      it does not compile: MJML, Jinja, an include, an unknown tag; carries every problem
├── RenderFailed        it compiled, and this lead's data did not fit: a missing name, a limit reached
├── PaperFailed         a file that goes with it cannot be drawn, or is too large
└── BadHeader           a header or an address carries what may not be there
"""

from collections.abc import Sequence


class Unwritable(ValueError):
    """A mail cannot be made; the text is the reason that stands on the outbox row."""


class TemplateMissing(Unwritable):
    """The version's files hold no such mail."""


class TemplateBroken(Unwritable):
    """The template does not compile; `problems` names everything wrong, as `file:line: what, and the fix`."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class RenderFailed(Unwritable):
    """The template could not be filled with this data, or went over a limit."""


class PaperFailed(Unwritable):
    """A paper cannot be drawn from this data, or is larger than a mail should carry."""


class BadHeader(Unwritable):
    """A header value or an address carries control characters, or is not an address."""
