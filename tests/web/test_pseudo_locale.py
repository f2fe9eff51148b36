"""Nothing of ours escapes translation: in a made-up language, every text of product and company stands in brackets, and
whatever is read on a page or in a mail without them is data, a date, or a mistake."""

import re
from collections.abc import Mapping
from gettext import NullTranslations
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from babel import Locale

from funnel import catalogue
from funnel.usecases.addresses import preferences_link
from funnel.usecases.people import password_link
from funnel.usecases.publish_scenarios import publish_scenarios
from funnel.web import speech
from tests.support.homes import copy_home
from tests.web.conftest import Town
from tests.web.prospect.visitor import LANDING, LEA, Visitor, private_link
from tests.web.staff import HUGO, a_worker, employed

SHOWN = ("aria-label", "title", "alt", "placeholder", "content")
SILENT = ("script", "style", "code", "pre", "kbd", "option")
"""What holds no sentence of ours: code, raw mails, keys, and time zones to choose from."""
ANA = "ana@ostrel.example"
ARTICLE = "/articles/three-inspiring-customer-experience-companies"


class Brackets(NullTranslations):
    """Every text, in brackets."""

    def gettext(self, message: str) -> str:
        """One text."""
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The text for one or for many."""
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    ugettext = gettext
    ungettext = ngettext


def bracketed(value: Any) -> Any:
    """An authored file whose French stands in brackets."""
    if isinstance(value, dict):
        return {
            key: f"⟦{one}⟧" if key == "fr" and isinstance(one, str) else bracketed(one) for key, one in value.items()
        }
    return [bracketed(one) for one in value] if isinstance(value, list) else value


def bracketed_markup(text: str) -> str:
    """A French page or mail whose words stand in brackets."""
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.S)
    text = re.sub(r'(aria-label|content)="([^"{]+)"', r'\1="⟦\2⟧"', text)
    parts = re.split(r"(<[^>]*>|\{%.*?%\}|\{\{.*?\}\})", text, flags=re.S)
    return "".join(
        f"⟦{part}⟧" if part[:1] not in ("<", "{") and re.search(r"[^\W\d]", part) else part for part in parts
    )


def made_up(home: Path) -> Path:
    """The shipped files, their French in brackets."""
    copy_home(home)
    for file in home.rglob("*.yaml"):
        # YAML 1.1 takes these words for true and false
        quoted = re.sub(r"(?m)((?:^|(?<=^      ))on(?=:)|(?<=id: )(?:yes|no)(?=,))", r'"\1"', file.read_text())
        read = yaml.safe_load(quoted)
        text = yaml.safe_dump(bracketed(read), allow_unicode=True, sort_keys=False)
        file.write_text(text)
    for file in home.rglob("*.fr.*"):
        if file.suffix == ".pdf":
            continue
        text = file.read_text()
        file.write_text(f"⟦{text.strip()}⟧" if file.name.startswith("subject") else bracketed_markup(text))
    company = home / "scenarios/company.yaml"
    company.write_text(company.read_text().replace("  role: ", "  languages: [fr]\n  role: "))
    base = home / "landing_pages/_base.html"
    base.write_text(re.sub(r'"fr": "([^"]*)"', r'"fr": "⟦\1⟧"', base.read_text()))
    return home


class Words(HTMLParser):
    """What is read on a page or told to who listens to it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Attributes that are told."""
        given = dict(attrs)
        self._silent += tag in SILENT
        told = tag != "meta" or given.get("name") == "description"
        self.found += [given[name] or "" for name in SHOWN if told and name in given]

    def handle_endtag(self, tag: str) -> None:
        """Behind code."""
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self._silent:
            self.found.append(data)


def dates() -> set[str]:
    """The words of French dates and spans."""
    french = Locale("fr")
    found = {"il", "y", "a", "dans", "à", "er"}  # 1er décembre
    found |= {f"{unit}{many}" for unit in ("heure", "jour", "minute", "seconde", "semaine", "an") for many in ("", "s")}
    found.add("mois")
    for names in (french.months, french.days):
        for width in ("wide", "abbreviated"):
            found |= {word.strip(".").lower() for word in names["format"][width].values()}
    return found


DATA = re.compile(
    r"https?://\S+|/\S+|\S+@\S+|Europe/\w+|Ostrel|Verdanne( & Cie)?( SAS)?|18 rue des Tisserands|69001 Lyon|France"
    r"|Léa( Martin)?|Camille( Arnoux)?|Idris( Benhaddou)?|Maud( Keller)?|Hugo( Castellan)?|Solène( Maury)?"
    r"|Nadia( Forestier)?|Funnel|English|Français|français|Paris|cta: \S+|text/\S+|\w+\.ics"
)
"""Names, addresses, and what a file is called."""


def unbracketed(text: str, known: set[str]) -> list[str]:
    """The words that stand outside of brackets and are no data."""
    while (less := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = less
    words = re.findall(r"[^\W\d_]{2,}", DATA.sub(" ", text))
    return [word for word in words if word.lower() not in known]


@pytest.fixture
def pseudo(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A house in which French is the made-up language."""
    real = catalogue.translations

    def translations(language: str) -> NullTranslations:
        return Brackets() if language == "fr" else real(language)

    monkeypatch.setattr(catalogue, "translations", translations)
    monkeypatch.setattr(speech, "translations", translations)
    publication = publish_scenarios(town.house, made_up(tmp_path / "home"))
    assert publication.changed, publication.findings
    return town


def test_every_page_and_mail_is_translated(pseudo: Town) -> None:
    town, known, wrong = pseudo, dates(), {}
    visitor = Visitor(town.app)
    visitor.client.environ_base |= {"HTTP_ACCEPT_LANGUAGE": "fr", "HTTP_ACCEPT": "text/html"}

    def look(name: str, text: str | None = None) -> None:
        page = visitor.page.text if text is None else text
        left = unbracketed(" ¦ ".join(Words(page).found) if "<" in page else page, known)
        if left:
            wrong[name] = sorted(set(left))

    def send(name: str, fields: Mapping[str, str], ending: str = "") -> None:
        visitor.send(fields, ending=ending)
        look(name)

    for address in (ARTICLE, "/privacy", LANDING, "/nowhere", "/login", "/", "/dev/mail", "/dev/clock"):
        visitor.open(address)
        look(address)
    visitor.open(LANDING + "?cta=article-3-companies")
    send("landing refused", {"go": "next"})
    while not visitor.address.endswith("/details"):
        visitor.answer_page({"q_reply_hours": "a day"} if "q_reply_hours" in visitor.page.text else None)
        if visitor.page.status_code == 422:
            look("answers refused")
            visitor.answer_page({"q_reply_hours": ""})
        look(visitor.address)
    send("details refused", {"name": "", "email": "lea@", "phone": "call me", "go": "send"}, "/details")
    visitor.send_details({"email": "lea@gmial.com", "consent_follow_up_email": "yes", "phone": ""})
    look("did you mean")
    send("address refused", {"email": "lea"}, "/thanks")
    visitor.send({"email": "lea.martin@ostrel.example"}, ending="/thanks")
    look("corrected")
    other = Visitor(town.app)
    other.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr"
    other.answer_all()
    other.send_details({"email": ANA, "consent_follow_up_email": "yes"})
    town.work()
    results = private_link(town)
    visitor.open(results)
    look("results")
    send("proven", {}, "")
    diary = next(found for found in re.findall(r'href="(/book/[^"]+)"', visitor.page.text))
    visitor.open(diary)
    look("diary")
    send("booking refused", {"phone": "12"})
    visitor.open(diary)
    slot = re.search(r'name="slot" value="([^"]+)"', visitor.page.text)
    assert slot
    send("booked", {"slot": slot[1], "phone": "06 12 34 56 78"})
    booked = visitor.address
    visitor.open(booked + "/cancel")
    look("cancel")
    calendar = visitor.client.get(booked + ".ics").text.replace("\r\n ", "")
    look("calendar", " ".join(re.findall(r"(?:SUMMARY|DESCRIPTION)[^:]*:(.*)", calendar)))
    staff = employed(town, HUGO)
    staff.client.environ_base["HTTP_ACCEPT"] = "text/html"
    lead = next(lead for lead in town.leads() if lead.email == LEA["email"])
    for address in (
        "/desk?who=team&lang=fr",
        f"/desk/leads/{lead.id}",
        "/desk/webhooks",
        "/desk/leads/999",
        "/studio/components",
    ):
        look(address, staff.get(address).text)
    visitor.open(booked + "/cancel")
    send("cancelled", {})
    with a_worker(town):
        moved = staff.client.post("/dev/clock", json={"advance": "9 days"})
    assert moved.status_code == 200
    staff.get("/dev/clock")
    look("refused clock", staff.post("/dev/clock", advance="-1 day").text)
    for address in ("/dev/clock", "/dev/mail", f"/desk/leads/{lead.id}", "/desk", "/"):
        look(address + " later", staff.get(address).text)
    look("password", staff.get(password_link(town.house, HUGO).removeprefix(town.settings.base_url)).text)
    visitor.open(preferences_link(town.house, lead.id).removeprefix(town.settings.base_url))
    look("unsubscribe")
    send("unsubscribed", {})
    for mail in town.mails():
        if "@ostrel.example" in mail.headers["To"]:
            look(f"mail {mail.subject}", mail.subject)
            look(f"mail {mail.subject} (HTML)", mail.html)
            look(f"mail {mail.subject} (text)", mail.text)
    assert len(town.mails(ANA)) == 3, "her results, the summary, the reminder"
    assert wrong == {}
