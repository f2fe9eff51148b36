"""How people come in: the landing page with its form, and what is given for it."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from funnel.domain.model import Authored, Id, Text

Need = Literal["required", "optional"]

AssetName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+$", max_length=100)]
"""A file below `assets/<scenario>/`: its twin in French is called `<stem>.fr.<ending>`."""

LocalInstant = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A date and a time of day in the company's zone: `2027-01-21 14:00`."""


class Fields(Authored):
    """What the form asks of her; name and e-mail are always required (S128, S132, S139)."""

    name: Literal["required"] = "required"
    email: Literal["required"] = "required"
    position: Need | None = None
    company: Need | None = None
    phone: Need | None = None


class Form(Authored):
    """A landing page with its form; the self-evaluation's form is the questionnaire itself (S127)."""

    page: Id
    questionnaire: Id | None = None
    fields: Fields = Fields()
    consents: list[Id] = []


class Webinar(Authored):
    """A talk on the web at a known time (S147); who registers gets it as an invitation for her calendar."""

    title: Text
    starts_at: LocalInstant
    minutes: Annotated[int, Field(ge=5, le=600)]
    link: str
    replay: str | None = None


class Magnet(Authored):
    """What is given, one of three: the result of a questionnaire, a file, a seat at a webinar."""

    questionnaire: Id | None = None
    asset: AssetName | None = None
    webinar: Webinar | None = None
