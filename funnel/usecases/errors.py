"""What a use case may refuse, for views to translate.

Refused
├── NotFound      404: no such thing, or not yours to know of
├── Invalid       422: fields are wrong; nothing was stored
├── Conflict      409: it has changed meanwhile
│   └── Gone      403 as a page: it was hers to answer, and is no more
└── Forbidden     403: not for your role

DatabaseAway      503: the database does not answer, nothing was stored (raised one floor below, named here for views)
└── NotRecorded   503: a rule failed on what was sent; nothing was stored, and sending it again later may work
"""

from collections.abc import Mapping

from funnel.storage.connections import DatabaseAway

__all__ = ["Conflict", "DatabaseAway", "Forbidden", "Gone", "Invalid", "NotFound", "NotRecorded", "Refused"]


class NotRecorded(DatabaseAway):
    """A rule failed on a person's event: the transaction was given up whole, so that her key is not spent."""


class Refused(Exception):
    """The base. Its text is for people, with `%(name)s` for the value of that name: pages tell it in their language."""

    def __init__(self, text: str = "", **values: object) -> None:
        self.text, self.values = text, values
        super().__init__(text % values if values else text)


class NotFound(Refused):
    """No such thing."""


class Conflict(Refused):
    """It has changed meanwhile; the text says what is so now."""


class Gone(Conflict):
    """What was offered to somebody or her team is not any more; the text says what became of it."""


class Forbidden(Refused):
    """Not for this role."""


class Invalid(Refused):
    """Fields that cannot be taken: a code by field (`required`, `not_an_address`, ...)."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(", ".join(f"{field}: {code}" for field, code in self.errors.items()))
