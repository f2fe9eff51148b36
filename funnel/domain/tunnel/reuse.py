"""A tunnel made from another: `use:` names the base, `with:` what is put in its place (S121, S146)."""

from typing import Annotated, Any

from pydantic import Field

from funnel.domain.model import Authored, Id

OVERRIDES = ("title", "offer", "why", "persona", "team", "again", "magnet", "leave_when", "targets", "expect")
"""Keys of the base that `with:` may give anew, beside its parameters."""


class Reuse(Authored):
    """A scenario without steps of its own: those of the base, with its parameters given here."""

    scenario: Id
    use: Id
    with_: Annotated[dict[Id, Any], Field(alias="with")]
