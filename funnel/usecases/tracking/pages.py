"""What browsers have told of their visits: whose each browser is, and what becomes of its visits."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.domain.company import Company
from funnel.domain.timing import local_time
from funnel.domain.tunnel.trigger import SITTING
from funnel.storage import events, visitors
from funnel.storage.installation import Moment
from funnel.usecases.tracking.apart import People
from funnel.usecases.tracking.brought import Brought
from funnel.usecases.tracking.browsers import Browser, instant_of, locked
from funnel.usecases.tracking.proofs import BY_PASS, PROVEN, Mistaken, Proof, read_proofs, taken_for_hers, told_late
from funnel.usecases.tracking.visit_events import (
    Entry,
    away_since,
    is_left_of,
    of_another,
    parting,
    told_again,
    visit_event,
    waited_event,
)

SEEN_WITHIN = timedelta(minutes=5)
"""So exactly is written when a browser was last seen."""

_NEEDS = {
    "visit": {"id", "at", "key", "visitor", "page", "title", "referrer", "utm"},
    "left": {"id", "at", "key", "visitor", "visit", "seconds"},
    "same": {"id", "at", "key", "visitor", "other"},
    "forget": {"id", "at", "visitor"},
    "count": {"id", "numbers"},
}
_NEVER = {"none of ours"}


def is_visit(entry: Entry) -> bool:
    """Whether what waits was told by a tracker, and whole."""
    return _NEEDS.get(str(entry.get("kind")), _NEVER) <= entry.keys()


def happened(
    connection: Connection,
    company: Company,
    entries: Sequence[Entry],
    touches: Sequence[on.AnyEvent],
    people: People,
    moment: Moment,
) -> list[on.AnyEvent]:
    """The events of visits of browsers that are somebody's who agrees to it; those of other browsers wait for whom
    they will be. Each proof counts once; where no visits are kept, there are none. Who is known by a click that the
    `touches` of this batch tell to be a machine's is nobody again."""
    mistaken = taken_for_hers(connection, touches, moment)
    late = told_late(connection, touches, moment)
    known = mistaken.by_click | late.keys()
    if not entries and not known:
        return []
    kept = company.tracking.of("visits") == "consented"
    _count(connection, entries, company.zone, moment, kept=kept)
    gone = frozenset(one["visitor"] for one in entries if one["kind"] == "forget")
    if gone:  # nothing stays of a browser that has withdrawn its consent, nor what waits
        visitors.withdraw(connection, gone, moment.now)
    told = [one for one in entries if one["kind"] in ("visit", "left", "same") and one["visitor"] not in gone]
    if not kept or not (told or known):
        return []
    rows = locked(connection, told, known, moment)
    told = [one for one in told if one["visitor"] in rows and one.get("other", one["visitor"]) in rows]
    told.sort(key=itemgetter("at"))  # what waited in the database comes in the order of milliseconds
    proofs = read_proofs(connection, told, touches, moment)
    people.meet(proof.lead_id for proof in (*proofs.values(), *late.values()))
    people.meet(row["lead_id"] for row in rows.values() if row["lead_id"])
    drain = _Drain(connection, moment, rows, proofs, late, people)
    drain.part(mistaken)
    drain.join_late()
    return drain.all(told)


def _count(connection: Connection, entries: Sequence[Entry], zone: str, moment: Moment, *, kept: bool) -> None:
    """Add what was told and refused to the day of the company's."""
    keys = {f"count/{one['id']}": one for one in entries if one["kind"] == "count"}
    new = events.take_keys(connection, list(keys), moment.now) if keys else set()
    numbers: Counter[str] = Counter()
    for key in new:
        numbers.update(keys[key]["numbers"])
    if kept:
        numbers[visitors.TOLD] += sum(one["kind"] == "visit" for one in entries)
    visitors.count(connection, local_time(moment.now, zone).date(), numbers)


class _Drain:
    """One batch in the making: browsers as they are by now, events so far, and what waits on."""

    def __init__(
        self,
        connection: Connection,
        moment: Moment,
        rows: Mapping[str, Mapping[str, Any]],
        proofs: Mapping[str, Proof],
        late: Mapping[str, Proof],
        people: People,
    ) -> None:
        self._connection = connection
        self._moment = moment
        self._rows = rows
        self._browsers = {name: Browser(**row) for name, row in rows.items()}
        self._proofs = proofs
        self._late = late
        self._people = people
        self._brought = Brought(connection, people)
        self._events: list[on.AnyEvent] = []
        self._waiting: dict[str, dict[str, Any]] = {}
        known = {people.person(one.lead_id) for one in self._browsers.values() if one.lead_id}
        known |= {people.person(one.lead_id) for one in (*proofs.values(), *late.values())}
        self._seen = visitors.last_of(connection, known) if known else {}

    def all(self, entries: Sequence[Entry]) -> list[on.AnyEvent]:
        """Take them in the order of time, and write what is nobody's."""
        self._brought.learn(self._doubted(entries))
        timed = ((instant_of(one, self._moment), one) for one in entries)
        for at, one in sorted(timed, key=lambda pair: pair[0]):
            self._take(at, one)
        now = ({name: getattr(one, name) for name in self._rows[one.id]} for one in self._browsers.values())
        visitors.write(self._connection, [row for row in now if row != self._rows[row["id"]]])
        visitors.keep(self._connection, list(self._waiting.values()))
        return self._events

    def _doubted(self, entries: Sequence[Entry]) -> Iterator[int]:
        """To whom has been brought what these may say to be another's."""
        for one in entries:
            if proof := self._proofs.get(one["id"]):
                these = self._of_person(self._browsers[one["visitor"]])
                weak = (each.lead_id for each in these if each.lead_id and each.joined not in PROVEN)
                yield from (lead_id for lead_id in weak if lead_id != proof.lead_id)

    def part(self, mistaken: Mistaken) -> None:
        """Browsers that a machine's click had made somebody's are nobody's again, with the same person's that are known
        by a pass alone; what they told waits as before."""
        found = [self._browsers[name] for name in mistaken.by_click if name in self._browsers]
        parted = mistaken.by_click | mistaken.by_pass
        these = {each.id: each for one in found for each in self._of_person(one) if each.id in parted}
        theirs = [one for one in these.values() if one.lead_id in mistaken.leads and one.joined == "click"]
        self._brought.learn(one.lead_id for one in theirs if one.lead_id)
        for browser in theirs:
            gone = self._taken_back(browser, None, self._moment.now, "machine")
            browser.lead_id = browser.joined = None
            for one in gone:
                self._wait(told_again(one), one.occurred_at)

    def join_late(self) -> None:
        """Browsers whose click is told only now are hers with what they have told since."""
        for name, proof in self._late.items():
            if browser := self._browsers.get(name):
                self._prove(browser, proof, self._moment.now)

    def _wait(self, told: dict[str, Any], at: datetime) -> None:
        """Let something that nobody's browser tells wait for whom it will be."""
        row = {"key": told["key"], "visitor": told["visitor"], "at": at, "entry": told}
        self._waiting.setdefault(told["key"], row)

    def _take(self, at: datetime, one: Entry) -> None:
        browser = self._browsers[one["visitor"]]
        if one["kind"] == "same":
            self._unite(browser, self._browsers[one["other"]], one["key"], at)
            return
        if proof := self._proofs.get(one["id"]):
            self._prove(browser, proof, at)
        if self._agree_no_more([browser] if browser.lead_id is not None else self._of_person(browser)):
            return  # nothing is noted of who agrees no more, not even when she came
        before = self._seen.get(self._people.person(browser.lead_id)) if browser.lead_id else browser.last_at
        away = None
        if before and one["kind"] == "visit" and at - before >= SITTING:
            away = int((at - before).total_seconds())
        if at - browser.last_at >= SEEN_WITHIN:
            browser.last_at = at
        if browser.lead_id is None:
            told = {name: value for name, value in one.items() if name not in ("id", "proof")}
            self._wait(told | {"at": at.isoformat()} | ({"away": away} if away else {}), at)
            return
        self._seen[self._people.person(browser.lead_id)] = max(before or at, at)
        if (person := self._people.whose(browser.lead_id)) is not None:
            self._events.append(visit_event(person, one, at, away))

    def _of_person(self, browser: Browser) -> list[Browser]:
        """The browser, and the same person's others: the names that it has on other sites."""
        if browser.person is None:
            return [browser]
        others = [one for one in self._browsers.values() if one.person == browser.person]
        return [browser, *(one for one in others if one.id != browser.id)]

    def _agree_no_more(self, browsers: Iterable[Browser]) -> bool:
        """Whether one of them is known as hers who agrees to no visits being kept."""
        return any(one.lead_id is not None and self._people.whose(one.lead_id) is None for one in browsers)

    def _prove(self, browser: Browser, proof: Proof, at: datetime) -> None:
        """What a browser says of itself holds for the same person's that have not said it themselves; but not for those
        that are hers who has said so elsewhere: one of the two has passed on a link that held a pass."""
        others = self._of_person(browser)[1:]
        proven = {self._people.person(one.lead_id) for one in others if one.lead_id and one.joined in PROVEN}
        self._join(browser, proof, at)
        for each in others:
            held = each.joined == "pass" and each.lead_id and self._people.person(each.lead_id) in proven
            if each.joined not in PROVEN and not held:
                self._join(each, proof.passed_on(), at)
        if browser.joined in PROVEN and browser.lead_id and proven - {self._people.person(browser.lead_id)}:
            browser.person = None  # they are two people's

    def _unite(self, browser: Browser, other: Browser, pass_id: str, at: datetime) -> None:
        """A browser came by a pass of the other: they are one person's, and what one is known by, all are. Where forms
        say that they are two people's, one has passed on a link that held the pass."""
        these = {one.id: one for first in (browser, other) for one in self._of_person(first)}.values()
        if self._agree_no_more(these):
            return  # nor that another browser is hers
        if len({self._people.person(one.lead_id) for one in these if one.lead_id and one.joined != "click"}) > 1:
            return
        person = other.person or browser.person or other.id
        for one in these:
            one.person = person
        known = max((one for one in these if one.lead_id), key=lambda one: one.joined != "click", default=None)
        if known and known.lead_id and known.joined:
            proof = Proof(known.joined, known.lead_id, f"{BY_PASS}{pass_id}").passed_on()
            for one in these:
                if one.lead_id is None or (one.joined == "click" and known.joined != "click"):
                    self._join(one, proof, at)

    def _join(self, browser: Browser, proof: Proof, at: datetime) -> None:
        """A form, or her own page, says for good whose its browser is; a pass, until the browser says so itself; a
        click, as long as nothing has. Of what these two alone had brought somebody else, everything goes to whom the
        others name."""
        person = self._people.whose(proof.lead_id)
        if person is None:
            return
        brought: list[on.AnyEvent] = []
        if browser.lead_id is not None:
            if proof.how == "click":
                return
            if browser.lead_id == proof.lead_id:
                browser.joined = proof.how
                return
            if browser.joined == "click" or (browser.joined == "pass" and proof.how in PROVEN):
                brought = [of_another(one, person) for one in self._taken_back(browser, person, at, proof.how)]
        browser.lead_id, browser.joined = proof.lead_id, proof.how
        joined = on.VisitorJoined(
            lead_id=person, occurred_at=at, key=f"joined/{proof.key}/{browser.id}", visitor=browser.id, how=proof.how
        )
        earlier = [told["entry"] for told in self._waiting.values() if told["visitor"] == browser.id]
        self._waiting = {key: one for key, one in self._waiting.items() if one["visitor"] != browser.id}
        stored = visitors.take(self._connection, [browser.id])
        waited = self._seen_elsewhere(person, browser, [*stored, *earlier])
        visits = [waited_event(person, told) for told in waited]
        for visit in visits:  # what comes next is no second return
            self._seen[person] = max(self._seen.get(person, visit.occurred_at), visit.occurred_at)
        self._events += [joined, *brought, *visits]

    def _seen_elsewhere(self, person: int, browser: Browser, waited: Sequence[Entry]) -> list[Entry]:
        """What a browser told while it was nobody's, `away` counted also from what she did in her other browsers, those
        that are nobody's yet among them."""
        if not any(told.get("away") for told in waited):
            return list(waited)
        others = {one.id for one in self._of_person(browser) if one.lead_id is None}
        told_now = (row["at"] for row in self._waiting.values() if row["visitor"] in others)
        waiting = [*visitors.when_waiting(self._connection, others), *told_now] if others else []
        recorded = events.read_all(events.of_person(self._connection, person))
        now = (one for one in self._events if one.lead_id == person)
        hers = [one.occurred_at for one in (*recorded, *now) if isinstance(one, on.PageVisited | on.PageLeft)]
        return [away_since(told, [*hers, *waiting]) for told in waited]

    def _taken_back(self, browser: Browser, new: int | None, at: datetime, by: on.Parted) -> list[on.AnyEvent]:
        """What the browser had brought to whom it was known as, taken from whomever that stands with, but for `new`."""
        assert browser.lead_id is not None
        owner = self._people.whose(browser.lead_id) or browser.lead_id
        gone: list[on.AnyEvent] = []
        for lead_id, told in self._brought.of(browser.lead_id, self._events).items():
            parted = parting(lead_id, browser.id, told, at, by)
            if self._people.person(lead_id) != new and (parted.visits or lead_id == owner):
                self._events.append(parted)
                gone += [one for one in told if one.key in parted.visits or is_left_of(one, parted.visits)]
        return sorted(gone, key=lambda one: one.occurred_at)
