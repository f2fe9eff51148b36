"""What people of a rehearsal open, follow and look at, by who has agreed to it, and what a scanner does in their place:
the events that the drain makes of it, judged by the same rules."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from urllib.parse import urlsplit

from funnel.authoring.bundle import Bundle
from funnel.authoring.link_names import links_by_language
from funnel.domain import events as on
from funnel.domain.company import Company
from funnel.domain.lead import Lead
from funnel.domain.tunnel.trigger import SITTING, Trigger, least_away, page_of, trigger_of
from funnel.domain.verdicts import HIDDEN, Signals, after_sending, judge
from funnel.usecases.addresses import TRAP
from funnel.usecases.rehearsal.crowd import Person
from funnel.usecases.rehearsal.world import World
from funnel.usecases.tracking.drain import Said, judged_with, touched_together

_BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
"""Hers, and the scanner's, which says nothing of what it is."""

_APART = timedelta(minutes=1)
"""Between two links that she follows, and two pages that she looks at."""

_READ_FOR = timedelta(seconds=40)
_A_DAY = timedelta(days=1)


@dataclass
class _Letter:
    """A mail that left to somebody who had agreed: its number, its links by name in its order, what became of it."""

    number: int
    message: str
    pass_number: int | None
    left_at: datetime
    links: list[str]
    opened: bool = False
    followed: bool = False
    scans: int = 0


class Touches:
    """Opens, clicks and visits of the people of a rehearsal of `bundle`; `bundles` are all that are published."""

    def __init__(self, world: World, company: Company, bundle: Bundle, bundles: Mapping[str, Bundle]) -> None:
        self._world = world
        self._company = company
        self._bundle = bundle
        self._bundles = bundles
        self._letters: dict[int, list[_Letter]] = defaultdict(list)
        self._seen: dict[int, datetime] = {}
        self._numbers = count(1)

    def left(self, person: Person, lead: Lead, message: str, pass_number: int | None) -> None:
        """A mail has left to her: it tells of itself where she has agreed by then."""
        if self._told(lead, "email.opened") or self._told(lead, "link.clicked"):
            self._letters[lead.id].append(self._letter(message, person.language, pass_number))

    def open(self, lead: Lead) -> None:
        """She opens what has come since she looked last."""
        for letter in self._letters[lead.id]:
            if not letter.opened:
                letter.opened = True
                self._record([self._opening(lead.id, letter)], lead)

    def click(self, person: Person, lead: Lead) -> None:
        """She opens what has come, and follows the links that are expected of her, else all, one after the other."""
        self.open(lead)
        wanted = person.expected.clicks if person.expected else None
        for letter in [one for one in self._letters[lead.id] if not one.followed]:
            letter.followed = True
            hers = [link for link in letter.links if wanted is None or link in wanted]
            for place, link in enumerate(hers, 1):
                self._world.at(self._world.now + place * _APART, partial(self._follow, lead.id, letter, link))

    def scan(self, lead: Lead) -> None:
        """A scanner follows every link of what has come, the one that nobody sees too, by GET and by HEAD; and again
        some time later."""
        for letter in self._letters[lead.id]:
            letter.scans += 1
            if letter.scans > 2:
                continue
            said: list[Said] = [] if letter.scans > 1 else [self._opening(lead.id, letter)]
            for method in ("GET", "HEAD") if letter.links else ():
                said += [self._clicked(lead.id, letter, link, method) for link in (*letter.links, HIDDEN)]
            self._record(said, lead)

    def visit(self, person: Person, lead: Lead) -> None:
        """She looks at the pages that are expected of her, else at those that the files speak of."""
        wanted = person.expected.visits if person.expected else None
        for place, page in enumerate(map(self._page, wanted) if wanted else self._pages()):
            self._world.at(self._world.now + place * _APART, partial(self._look, lead.id, page))

    def begin(self, person: Person, lead: Lead, starts: Trigger) -> None:
        """What starts the scenario comes about: she does it, or her provider's scanner, of whom no visit is told."""
        now = self._world.now
        if starts.event in ("page.visited", "visit.returned"):
            page, instants = self._page("/"), [now]
            if starts.event == "page.visited":
                page = self._page(starts.subject or "/")
            else:
                instants.append(now + timedelta(seconds=least_away(starts.subject or "1 day")) + _A_DAY)
            for instant in instants if person.behaves != "scanned" else ():
                self._world.at(instant, partial(self._look, lead.id, page))
            return
        message = next(self._messages_with(starts, person.language), f"{self._bundle.name}/mail")
        letter = self._letter(message, person.language, None)
        letter.links = letter.links or [starts.subject or "link_1"]
        after = timedelta(seconds=1) if person.behaves == "scanned" else timedelta(hours=2)
        deed = self._starting_scan if person.behaves == "scanned" else self._starting_touch
        self._world.at(now + after, partial(deed, lead.id, letter, starts))

    def _starting_touch(self, lead_id: int, letter: _Letter, starts: Trigger) -> None:
        lead = self._world.leads[lead_id]
        self._record([self._opening(lead_id, letter)], lead)
        if starts.event == "link.clicked":
            self._follow(lead_id, letter, starts.subject or letter.links[0])

    def _starting_scan(self, lead_id: int, letter: _Letter, starts: Trigger) -> None:
        self._letters[lead_id].append(letter)
        self.scan(self._world.leads[lead_id])

    # -- mails --------------------------------------------------------------------------------------------------------

    def _letter(self, message: str, language: str, pass_number: int | None) -> _Letter:
        links = self._links_of(message, language)
        return _Letter(next(self._numbers), message, pass_number, self._world.now, links)

    def _links_of(self, message: str, language: str) -> list[str]:
        """The links of a mail of a scenario, in a language or the company's first."""
        bundle = self._bundles.get(message.partition("/")[0])
        found = links_by_language(bundle.files, bundle.digest, message) if bundle else {}
        return next((list(found[one]) for one in (language, self._company.locales[0]) if one in found), [])

    def _messages_with(self, starts: Trigger, language: str) -> Iterator[str]:
        """The mails that may have brought about what starts a scenario: the one of that name, or with such a link."""
        for name in sorted(self._bundles):
            for mail in sorted(self._bundles[name].program.mails):
                links = self._links_of(f"{name}/{mail}", language)
                named = mail if starts.event == "email.opened" else None
                if starts.subject in (None, named) or (named is None and starts.subject in links):
                    yield f"{name}/{mail}"

    def _opening(self, lead_id: int, letter: _Letter) -> on.EmailOpened:
        now = self._world.now
        judged = after_sending(judge(Signals("open", _BROWSER)).reasons, now - letter.left_at)
        return on.EmailOpened(
            lead_id=lead_id, occurred_at=now, key=self._key(), mail=letter.number, message=letter.message,
            pass_number=letter.pass_number, verdict=judged.says, reasons=judged.reasons,
        )  # fmt: skip

    def _clicked(self, lead_id: int, letter: _Letter, link: str, method: str = "GET") -> on.LinkClicked:
        now = self._world.now
        signals = Signals("click", _BROWSER, method, trap=link == HIDDEN)
        judged = after_sending(judge(signals).reasons, now - letter.left_at)
        number = TRAP if link == HIDDEN else letter.links.index(link) + 1
        return on.LinkClicked(
            lead_id=lead_id, occurred_at=now, key=self._key(), mail=letter.number, message=letter.message, link=link,
            number=number, pass_number=letter.pass_number, verdict=judged.says, reasons=judged.reasons,
        )  # fmt: skip

    def _follow(self, lead_id: int, letter: _Letter, link: str) -> None:
        self._record([self._clicked(lead_id, letter, link)], self._world.leads[lead_id])

    def _record(self, said: Collection[Said], lead: Lead) -> None:
        """What was opened and followed together, where it is kept and she still agrees."""
        kept = [
            one
            for one in said
            if self._told(lead, "email.opened" if isinstance(one, on.EmailOpened) else "link.clicked")
        ]
        apart = touched_together(kept)
        if kept:
            self._world.record([judged_with(one, apart) for one in kept])

    # -- pages --------------------------------------------------------------------------------------------------------

    def _look(self, lead_id: int, page: str) -> None:
        now, before = self._world.now, self._seen.get(lead_id)
        if not self._told(self._world.leads[lead_id], "page.visited"):
            return
        visitor, key = f"{lead_id:032x}", self._key()
        batch: list[on.AnyEvent] = []
        if before is None:
            batch.append(
                on.VisitorJoined(lead_id=lead_id, occurred_at=now, key=f"joined/{key}", visitor=visitor, how="form")
            )
        away = int((now - before).total_seconds()) if before and now - before >= SITTING else None
        batch.append(on.PageVisited(lead_id=lead_id, occurred_at=now, key=key, visitor=visitor, page=page, away=away))
        self._seen[lead_id] = now
        self._world.record(batch)
        self._world.at(now + _READ_FOR, partial(self._leave, lead_id, visitor, key))

    def _leave(self, lead_id: int, visitor: str, visit: str) -> None:
        if self._told(self._world.leads[lead_id], "page.visited"):
            left = on.PageLeft(
                lead_id=lead_id, occurred_at=self._world.now, key=f"{visit}/left", visitor=visitor, visit=visit,
                seconds=int(_READ_FOR.total_seconds()),
            )  # fmt: skip
            self._world.record([left])

    def _pages(self) -> list[str]:
        """A page of each pattern that the scenario waits for, then of each that gives points; else the first page."""
        awaited = sorted(one.subject or "/" for one in self._bundle.program.awaited if one.event == "page.visited")
        earning = [trigger_of(rule.on) for rule in self._company.scoring.rules if rule.on is not None]
        awaited += [one.subject or "/" for one in earning if one.event == "page.visited"]
        return list(dict.fromkeys(map(self._page, awaited))) or [self._page("/")]

    def _page(self, pattern: str) -> str:
        """A page that is one of a pattern's."""
        host, slash, path = pattern.replace("*", "").partition("/")
        return page_of(host or self._site(), slash + path)

    def _site(self) -> str:
        company = self._company
        own = urlsplit(company.website or "").netloc or f"www.{company.sender.email.partition('@')[2]}"
        return company.tracking.sites[0] if company.tracking.sites else own

    # -- both ---------------------------------------------------------------------------------------------------------

    def _told(self, lead: Lead, event: str) -> bool:
        return lead.watched and self._company.tracking.keeps(event)

    def _key(self) -> str:
        return f"rehearsed/{next(self._numbers)}"
