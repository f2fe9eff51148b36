"""A line of a lead's history, and the pages that she has looked at (S64)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from funnel.catalogue import Speech
from funnel.domain.events import as_told
from funnel.domain.tunnel.trigger import SITTING

_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was looked at: its host and path, its title, for how many seconds as far as is known."""

    address: str
    title: str
    seconds: int = 0

    @property
    def path(self) -> str:
        """Without the site."""
        return f"/{self.address.partition('/')[2]}"


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a timeline. `by` says whose doing: the lead's, staff's, or the machine's (folded away); `event` is
    the id of the event that it tells, if it tells one; `address`: by which of her addresses, where she has several;
    `page` what was looked at."""

    at: datetime
    what: str
    by: str
    kind: str
    event: str = ""
    address: str = ""
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class PageSeen:
    """A page with how often she looked at it, for how many seconds in all, and when last."""

    page: Page
    times: int
    seconds: int
    last_at: datetime


def visits_told(speech: Speech, rows: Sequence[Mapping[str, Any]], addresses: Mapping[int, str]) -> Iterator[Happening]:
    """The pages that she looked at (of events' rows), each when she did, with the address of whom it is told; none of
    a browser that was not hers."""
    gone = {visit for row in rows if row["kind"] == "VisitorParted" for visit in row["payload"]["visits"]}
    seconds = _seconds(rows)
    for row in rows:
        said = row["payload"]
        if row["kind"] == "PageVisited" and said["key"] not in gone:
            page = Page(said["page"], said["title"], seconds[as_told(said["key"])])
            what = speech.gettext("Looked at %(page)s", page=_named(speech, page))
            address = addresses.get(row.get("lead_id", 0), "")
            yield Happening(row["occurred_at"], what, "lead", "PageVisited", row["id"], address, page)


def _seconds(rows: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """For how many seconds each visit was looked at; what was told once counts once, with whomever it has been."""
    told = {as_told(row["payload"]["key"]): row["payload"] for row in rows if row["kind"] == "PageLeft"}
    found: Counter[str] = Counter()
    for said in told.values():
        found[as_told(said["visit"])] += said["seconds"]
    return found


def visit_of_another(speech: Speech, said: Mapping[str, Any]) -> str:
    """A page that was looked at (an event's payload) in a browser that was not hers: no history tells it."""
    page = _named(speech, Page(said["page"], said["title"]))
    return speech.gettext("Looked at %(page)s, in a browser that was not hers", page=page)


def gather(told: Iterable[Happening], speech: Speech) -> list[Happening]:
    """The same lines, those of pages that were looked at in one sitting in one; what the machine does meanwhile does
    not disturb her."""
    found: list[Happening] = []
    sitting: list[Happening] = []
    place = 0
    for one in told:
        if one.page and sitting and one.at - sitting[-1].at < SITTING:
            sitting.append(one)
            found[place] = replace(found[place], what=_many(speech, [seen.page for seen in sitting if seen.page]))
            continue
        if one.page:
            sitting, place = [one], len(found)
        elif one.by != "machine":
            sitting = []
        found.append(one)
    return found


def pages_seen(told: Iterable[Happening]) -> list[PageSeen]:
    """Every page that she looked at, the one looked at longest first."""
    found: dict[str, PageSeen] = {}
    for one in told:
        if one.page:
            known = found.get(one.page.address)
            times, seconds = (known.times, known.seconds) if known else (0, 0)
            page = one.page if one.page.title or not known else known.page
            found[page.address] = PageSeen(page, times + 1, seconds + one.page.seconds, one.at)
    return sorted(found.values(), key=lambda one: (-one.seconds, -one.times, one.page.address))


def how_long(speech: Speech, seconds: int) -> str:
    """How long something was looked at: `42 s`, `3 min`."""
    say = speech.gettext
    return say("%(number)s s", number=seconds) if seconds < 90 else say("%(number)s min", number=round(seconds / 60))


def _named(speech: Speech, page: Page) -> str:
    """A page in words: `“Prices” (42 s)`."""
    title = speech.gettext("“%(title)s”", title=page.title or page.path)
    return f"{title} ({how_long(speech, page.seconds)})" if page.seconds else title


def _many(speech: Speech, looks: Sequence[Page]) -> str:
    say, pages = speech.gettext, _different(looks)
    if len(pages) == 1:
        return say("Looked at %(page)s, %(number)s times", page=_named(speech, pages[0]), number=len(looks))
    listed = ", ".join(_named(speech, page) for page in pages[:_MOST_NAMED])
    if len(pages) > _MOST_NAMED:
        listed = speech.ngettext(
            "%(pages)s and %(num)s other", "%(pages)s and %(num)s others", len(pages) - _MOST_NAMED, pages=listed
        )
    return say("Looked at %(number)s pages: %(pages)s", number=len(pages), pages=listed)


def _different(looks: Iterable[Page]) -> list[Page]:
    """Each page once, by what it is called, with the seconds of every look at it."""
    found: dict[str, Page] = {}
    for one in looks:
        name = one.title or one.path
        known = found.get(name)
        found[name] = replace(known, seconds=known.seconds + one.seconds) if known else one
    return list(found.values())
