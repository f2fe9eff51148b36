"""A persona as its author writes it: who a tunnel is made for, and the profile a lead needs to be valid (S118)."""

from funnel.domain.model import Authored, Id, Text


class Persona(Authored):
    """A card for people; `valid_when` is for the engine: a condition over the names that scenarios may use."""

    persona: Id
    title: Text
    size: Text | None = None
    function: Text | None = None
    aims: list[Text] = []
    obstacles: list[Text] = []
    channels: list[Text] = []
    interests: list[Text] = []
    valid_when: str | None = None
