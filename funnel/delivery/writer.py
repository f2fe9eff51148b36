"""The Writer: renders a template of a version with a lead's data, and encodes letters.

Each mail is compiled once per version, message and language and kept in a bounded memory; a rendering only fills
three Jinja templates (subject, HTML, text). How templates are written is told in `templates.py`.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal

from jinja2 import Template, TemplateSyntaxError

from funnel.delivery import calendar
from funnel.delivery import message as messages
from funnel.delivery.errors import TemplateBroken
from funnel.delivery.plain import finish, plain_text
from funnel.delivery.sandbox import HTML, Limits, render, text_environment
from funnel.delivery.templates import Files, read
from funnel.ports import Letter, Meeting, Texts, Wire

_TEXT = text_environment(plain_text)
_REMEMBERED = 256
"""Compiled mails kept: an installation's scenarios in all languages, a few versions of each."""


class _Compiled:
    """The three filled-in parts of one mail in one language."""

    __slots__ = ("derived", "html", "subject", "text")

    def __init__(self, files: Files, message: str, language: str) -> None:
        sources = read(files, message, language)
        self.derived = sources.derived
        try:
            self.subject: Template = _TEXT.from_string(sources.subject)
            self.html: Template = HTML.from_string(sources.html)
            self.text: Template = _TEXT.from_string(sources.text)
        except TemplateSyntaxError as error:
            raise TemplateBroken([f"{message} ({sources.language}): {error.message}"]) from error


class MailWriter:
    """`funnel.ports.Writer` over the stored files of versions. Safe to share between threads."""

    def __init__(
        self,
        files: Callable[[str], Files],
        limits: Limits = Limits(),  # noqa: B008  # frozen
        remembered: int = _REMEMBERED,
    ) -> None:
        """`files(version)` gives every file of a version by path; asked once per mail, language and version."""
        self._limits = limits

        def compiled(message: str, version: str, language: str) -> _Compiled:
            return _Compiled(files(version), message, language)

        self._compiled = lru_cache(maxsize=remembered)(compiled)

    def write(self, message: str, version: str, language: str, context: Mapping[str, Any]) -> Texts:
        """Render `<scenario>/<email>` or `house/<email>` in `language`, else in the mail's first language.

        `ValueError` (the tree of `errors.py`) when it is missing, broken, or does not fit `context`.
        """
        mail = self._compiled(message, version, language)
        text = render(mail.text, context, self._limits)
        return Texts(
            subject=messages.one_line(render(mail.subject, context, self._limits)),
            html=render(mail.html, context, self._limits),
            text=finish(text) if mail.derived else text.strip("\n") + "\n",
        )

    def build(self, letter: Letter) -> Wire:
        """Encode; `ValueError` when a header value carries control characters."""
        return messages.build(letter)

    def invite(self, method: Literal["REQUEST", "CANCEL"], meeting: Meeting) -> bytes:
        """The iCalendar object that invites to a meeting or cancels it."""
        return calendar.invitation(meeting) if method == "REQUEST" else calendar.cancellation(meeting)

    def message_id(self, key: str, domain: str) -> str:
        """The Message-ID of an outbox key."""
        return messages.message_id(key, domain)
