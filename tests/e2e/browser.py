"""A browser without scripts: it keeps cookies, follows redirects, and sends forms as a page's own HTML says."""

import http.client
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPErrorProcessor, OpenerDirector, Request, build_opener

Fields = Mapping[str, str | Sequence[str]]

PATIENCE = 90


@dataclass
class Form:
    """A form as it would be sent untouched: names and values; `choices` has what radios, boxes and selects offer."""

    method: str
    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    ticked: list[str] = field(default_factory=list)


@dataclass
class Page:
    """An answer."""

    status: int
    url: str
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def html(self) -> str:
        """The answer as text."""
        return self.body.decode()

    @property
    def text(self) -> str:
        """What it says, without tags."""
        return re.sub(r"\s+", " ", unescape(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", self.html, flags=re.S)))

    @property
    def json(self) -> Any:
        """The answer as data."""
        return json.loads(self.body)

    @property
    def forms(self) -> list[Form]:
        """Its forms, in order."""
        return _Reader(self.html).forms

    @property
    def links(self) -> dict[str, str]:
        """Addresses of its links with their words."""
        return _Reader(self.html).links

    def form(self, ending: str = "", *, having: str = "") -> Form:
        """The one posting form whose action ends so and that has such a field; fails when there is none."""
        found = [
            one
            for one in self.forms
            if one.method == "post" and one.action.endswith(ending) and (not having or having in one.fields)
        ]
        assert found, f"{self.url} ({self.status}) has no form {ending!r}: {self.text[:1500]}"
        return found[0]


class _Reader(HTMLParser):
    """Collects forms and links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self._inside = False
        self._select = ""
        self._area = ""
        self._anchor = ""
        self._button: tuple[str, str] | None = None
        self._words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A field, a form or a link begins."""
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href"):
            self._anchor, self._words = given["href"], ""
        if tag == "form":
            self._inside = True
            self.forms.append(Form(given.get("method", "get").lower(), given.get("action", "")))
        if not self._inside:
            return
        form, name = self.forms[-1], given.get("name", "")
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in ("radio", "checkbox"):
                form.choices.setdefault(name, []).append(given.get("value", "on"))
                if "checked" in given:
                    form.ticked.append(name)
                    form.fields.setdefault(name, []).append(given.get("value", "on"))
            else:
                form.fields.setdefault(name, []).append(given.get("value", ""))
        elif tag == "textarea" and name:
            form.fields[name], self._area = [""], name
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select:
            form.choices.setdefault(self._select, []).append(given.get("value", ""))
            if "selected" in given or self._select not in form.fields:
                form.fields[self._select] = [given.get("value", "")]
        elif tag == "button":
            self._button, self._words = (name, given.get("value", "")), ""

    def handle_data(self, data: str) -> None:
        """Words."""
        self._words += data
        if self._area:
            self.forms[-1].fields[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        """It ends."""
        if tag == "a" and self._anchor:
            self.links.setdefault(self._anchor, " ".join(self._words.split()))
            self._anchor = ""
        elif tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""
        elif tag == "button" and self._button:
            self.forms[-1].buttons.append((*self._button, " ".join(self._words.split())))
            self._button = None


class _Quiet(HTTPErrorProcessor):
    """Redirects are followed; every other status is an answer like 200."""

    def http_response(self, request: Request, response: Any) -> Any:
        """Only redirects go on to the handlers of errors."""
        if response.code in (301, 302, 303, 307, 308):
            return super().http_response(request, response)
        return response

    https_response = http_response


class Browser:
    """One browser with its own cookies. `page` is what it shows."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.cookies = CookieJar()
        self.page: Page
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(self.cookies), _Quiet())

    def request(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Page:
        """Any request."""
        told = {"Accept": "text/html", "User-Agent": "Mozilla/5.0 (a person's)", **(headers or {})}
        request = Request(urljoin(self.base, url), data=body, headers=told, method=method)
        with self._opener.open(request, timeout=PATIENCE) as answer:
            return Page(answer.status, answer.url.partition("#")[0], answer.headers, answer.read())

    def open(self, url: str) -> Page:
        """Follow a link."""
        self.page = self.request("GET", url)
        return self.page

    def post(self, url: str, fields: Fields, headers: Mapping[str, str] | None = None) -> Page:
        """Send fields as a form would, whatever the page shows."""
        self.page = self.request("POST", url, urlencode(fields, doseq=True).encode(), headers)
        return self.page

    def send(self, fields: Fields | None = None, *, ending: str = "", having: str = "") -> Page:
        """Fill in a form of the page and send it; a field that the form does not have fails."""
        form = self.page.form(ending, having=having)
        wanted = dict(fields or {})
        known = {*form.fields, *form.choices, *(name for name, _, _ in form.buttons)}
        assert wanted.keys() <= known, f"{self.page.url} has no field {wanted.keys() - known}"
        url = urljoin(self.page.url, form.action or self.page.url)
        return self.post(url, {**form.fields, **wanted}, {"Referer": self.page.url})

    @property
    def path(self) -> str:
        """The address of what it shows, without the host."""
        return self.page.url.removeprefix(self.base)
