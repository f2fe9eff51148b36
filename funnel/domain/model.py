"""The base of everything an author writes: strict, closed, frozen; texts in one or several languages."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

ID = r"^[a-z][a-z0-9_]{0,63}$"
Id = Annotated[str, StringConstraints(pattern=ID)]
"""Lower case letters, digits and `_`; equal to the file's stem where it names a file."""

Text = Annotated[str | dict[str, str], Field(union_mode="left_to_right")]
"""A text for people: a string, or one string a language (`{en: ..., fr: ...}`)."""


class Authored(BaseModel):
    """A piece of an authored file. Unknown keys and loose types are errors; instances never change."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def in_language(text: Text | None, language: str) -> str:
    """The text in `language`, else in the first language written, else empty."""
    if text is None:
        return ""
    if isinstance(text, str):
        return text
    return text.get(language) or next(iter(text.values()), "")


def locale_of(language: str) -> str:
    """How dates and times are written in a language (a CLDR locale): English as Europe writes it, 18 June and 14:30."""
    return "en_GB" if language == "en" else language.replace("-", "_")
