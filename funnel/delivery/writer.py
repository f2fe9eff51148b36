"""The Writer: renders a template of a version with a lead's data, and encodes letters.

Each mail is compiled once per version, message and language and kept in a bounded memory; a rendering only fills
three Jinja templates (subject, HTML, text). How templates are written is told in `templates.py`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

from jinja2 import Template, TemplateSyntaxError

from funnel.authoring.mail_pieces import MAILS
from funnel.delivery import calendar
from funnel.delivery import message as messages
from funnel.delivery.errors import TemplateBroken
from funnel.delivery.plain import finish
from funnel.delivery.sandbox import HTML, TEXT, Limits, compiled, render
from funnel.delivery.templates import Files, languages, problems, read
from funnel.ports import Letter, Link, Meeting, Texts, Wire

_JUDGED = 2000
_FAULTS: dict[tuple[str, str], tuple[tuple[str, int, str], ...]] = {}
"""By (version, message): a version's bytes never change, so what was found in them stays found."""
_PLACE = re.compile(rf"({MAILS}[^:]+?)(?::(\d+))?: (.*)", re.DOTALL)
_REMEMBERED = 256
"""Compiled mails kept: an installation's scenarios in all languages, a few versions of each."""


def _placed(body: str, problem: str) -> tuple[str, int, str]:
    """A problem of `templates.problems` taken apart; in the body's first line where it does not say where."""
    match = _PLACE.fullmatch(problem)
    return (match[1], int(match[2] or 1), match[3]) if match else (body, 1, problem)


class _Compiled:
    """The three filled-in parts of one mail in one language."""

    __slots__ = ("derived", "html", "links", "subject", "text")

    def __init__(self, files: Files, message: str, language: str) -> None:
        sources = read(files, message, language)
        self.derived = sources.derived
        self.links = sources.links
        try:
            self.subject: Template = compiled(TEXT, sources.subject)
            self.html: Template = compiled(HTML, sources.html)
            self.text: Template = compiled(TEXT, sources.text)
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

        def mail(message: str, version: str, language: str) -> _Compiled:
            return _Compiled(files(version), message, language)

        self._compiled = lru_cache(maxsize=remembered)(mail)

    def write(self, message: str, version: str, language: str, context: Mapping[str, Any]) -> Texts:
        """Render `<scenario>/<email>` or `house/<email>` in `language`, else in the mail's first language.

        `ValueError` (the tree of `errors.py`) when it is missing, broken, or does not fit `context`; its note says how
        the name of the file begins that does not.
        """
        mail = self._compiled(message, version, language)
        text = self._filled("body.", mail.text, context)
        return Texts(
            subject=messages.one_line(self._filled("subject.", mail.subject, context)),
            html=self._filled("body.", mail.html, {"tracked": None, **context}),
            text=finish(text) if mail.derived else text.strip("\n") + "\n",
        )

    def _filled(self, file: str, part: Template, context: Mapping[str, Any]) -> str:
        try:
            return render(part, context, self._limits)
        except ValueError as error:
            error.add_note(file)
            raise

    def links(self, message: str, version: str, language: str) -> Sequence[Link]:
        """The links of a mail that lead the same way for everybody, in the order of the text."""
        return self._compiled(message, version, language).links

    def faults(self, files: Files, version: str, message: str) -> Sequence[tuple[str, int, str]]:
        """What does not compile, with its place; asked once per version and mail."""
        known = (version, message)
        if known not in _FAULTS:
            if len(_FAULTS) >= _JUDGED:
                _FAULTS.clear()
            _FAULTS[known] = tuple(
                _placed(f"{MAILS}{message}/body.{language}.mjml", problem)
                for language in languages(files, message)
                for problem in problems(files, message, language)
            )
        return _FAULTS[known]

    def build(self, letter: Letter) -> Wire:
        """Encode; `ValueError` when a header value carries control characters."""
        return messages.build(letter)

    def invite(self, method: Literal["REQUEST", "CANCEL"], meeting: Meeting) -> bytes:
        """The iCalendar object that invites to a meeting or cancels it."""
        return calendar.invitation(meeting) if method == "REQUEST" else calendar.cancellation(meeting)

    def message_id(self, key: str, domain: str) -> str:
        """The Message-ID of an outbox key."""
        return messages.message_id(key, domain)
