"""`/dev/mail`: every mail that the sink took, as telephones and laptops show it, and for programs."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal
from flask import Blueprint, Response, abort, jsonify, make_response, request

from funnel.delivery.ledger import Entry, Ledger
from funnel.usecases.list_unsent import list_unsent
from funnel.usecases.move_clock import read_clock
from funnel.usecases.publish_scenarios import GONE
from funnel.web.dev.unsent import unsent_row
from funnel.web.files import to_load
from funnel.web.here import company, house, published
from funnel.web.home import way_in
from funnel.web.speech import language
from funnel.web.staff.page import Calendar, iso, page

blueprint = Blueprint("dev_mail", __name__, url_prefix="/dev")

MOST_SHOWN = 300
_VIEWS = ("page", "text", "headers")
_KB = 1000
_MAIL_POLICY = (
    "default-src 'none'; img-src 'self' data: https:; style-src 'unsafe-inline'; font-src 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation;"
    " frame-ancestors 'self'"
)
"""A mail's own rules: inline styles, as mail clients want them; no script ever; links may be followed."""


@cache
def _ledger(folder: Path) -> Ledger:
    return Ledger(folder)


def ledger() -> Ledger:
    """The sink's book of this installation."""
    return _ledger(house().settings.state / "mail")


@blueprint.get("/mail.json")
def listed() -> Response:
    """Every mail, oldest first. `at` is the mail's own date: business time."""
    return jsonify([_as_json(entry) for entry in ledger().list()])


@blueprint.get("/mail")
def mails() -> str:
    """The mailbox."""
    return _mailbox(None)


@blueprint.get("/mail/<int:number>")
def mail(number: int) -> str:
    """One mail; `?view=text` its text part, `?view=headers` its headers."""
    return _mailbox(_entry(number))


@blueprint.get("/mail/<int:number>/html")
def html(number: int) -> Response:
    """The HTML part by itself, for a sandboxed frame; its links open over the whole window."""
    answer = make_response(_entry(number).html.replace("<head>", '<head><base target="_top">', 1))
    answer.headers["Content-Security-Policy"] = _MAIL_POLICY
    return answer


@blueprint.get("/mail/<int:number>/raw")
def raw(number: int) -> Response:
    """The message as it went over the wire."""
    return Response(_entry(number).raw, mimetype="text/plain", content_type="text/plain; charset=utf-8")


@blueprint.get("/mail/<int:number>/attachments/<int:place>")
def attachment(number: int, place: int) -> Response:
    """An attachment, as a download."""
    parts = _entry(number).attachments
    if place >= len(parts):
        abort(404)
    part = parts[place]
    return to_load(part.content, part.content_type, part.name)


def _entry(number: int) -> Entry:
    return ledger().one(number) or abort(404)


def _date(entry: Entry) -> datetime:
    """When it was sent in business time, by its Date header; when the sink took it, if it has none to read."""
    try:
        found = parsedate_to_datetime(entry.headers["Date"])
    except (KeyError, ValueError):
        return datetime.fromisoformat(entry.at)
    return found if found.tzinfo else datetime.fromisoformat(entry.at)


def _as_json(entry: Entry) -> dict[str, Any]:
    whole = entry.as_json()
    for place, part in enumerate(whole["attachments"]):
        part["url"] = f"/dev/mail/{entry.id}/attachments/{place}"
    return {**whole, "at": iso(_date(entry)), "raw_url": f"/dev/mail/{entry.id}/raw"}


def _begin() -> dict[str, Any] | None:
    """A form to fill in, so that there is a mail: of the first scenario that has one."""
    found = published()
    for name, bundle in found.newest.items():
        if found.troubles.get(name) != GONE and (way := way_in(name, bundle))["url"]:
            return way
    return None


def _mailbox(chosen: Entry | None) -> str:
    days = Calendar(read_clock(house()).now, company())
    view = request.args.get("view", "page")
    total = ledger().count()
    shown = ledger().newest(MOST_SHOWN)
    return page(
        "dev_mail.html",
        "mail",
        total=total,
        mails=[
            {
                "id": entry.id,
                "subject": entry.subject,
                "to": ", ".join(entry.to),
                "at": days.when(_date(entry)),
                "url": f"/dev/mail/{entry.id}",
            }
            for entry in shown
        ],
        mail=_shown(chosen, days) if chosen else None,
        view=view if view in _VIEWS else "page",
        begin=None if shown else _begin(),
        unsent=[unsent_row(one, days) for one in list_unsent(house())] if chosen is None else [],
    )


def _shown(entry: Entry, days: Calendar) -> dict[str, Any]:
    links = _Links()
    links.feed(entry.html)
    return {
        "id": entry.id,
        "subject": entry.subject,
        "sender": entry.headers.get("From", entry.sender),
        "to": entry.headers.get("To", ", ".join(entry.to)),
        "at": days.when(_date(entry)),
        "html_url": f"/dev/mail/{entry.id}/html" if entry.html else None,
        "raw_url": f"/dev/mail/{entry.id}/raw",
        "text": entry.text,
        "headers": list(entry.headers.items()),
        "links": [{"text": text, "url": url} for url, text in links.found.items()],
        "attachments": [
            {
                "name": part.name,
                "type": part.content_type,
                "size": f"{format_decimal(len(part.content) / _KB, '#,##0.0', locale=language())} KB",
                "url": f"/dev/mail/{entry.id}/attachments/{place}",
            }
            for place, part in enumerate(entry.attachments)
        ],
    }


class _Links(HTMLParser):
    """The links of a page with their words, in order, each address once; nothing that a script could begin."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._open: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An anchor opens."""
        if tag == "a":
            url = dict(attrs).get("href") or ""
            self._open = url if url.split(":")[0] in ("http", "https", "mailto", "tel") else None
            if self._open:
                self.found.setdefault(self._open, "")

    def handle_data(self, data: str) -> None:
        """Words inside an anchor."""
        if self._open:
            self.found[self._open] = f"{self.found[self._open]} {data.strip()}".strip()

    def handle_endtag(self, tag: str) -> None:
        """It closes."""
        if tag == "a":
            self._open = None
