"""`rehearse`: the crowd meets the scenario day by day, and everything that happens to everybody is written down."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, Protocol

from funnel.authoring.bundle import Bundle, CompanyBundle
from funnel.authoring.hints import listed
from funnel.authoring.refusals import refusal_words
from funnel.authoring.saying import say
from funnel.domain import events as on
from funnel.domain.engine import Book
from funnel.domain.lead import Lead
from funnel.domain.timing import resolve
from funnel.domain.webinar import ends_at as webinar_ends_at
from funnel.storage.holds import Hold
from funnel.usecases.errors import Invalid, NotFound
from funnel.usecases.fold import Fold
from funnel.usecases.rehearsal.bookings import Bookings
from funnel.usecases.rehearsal.crowd import NEW_ZONE, Person, crowd
from funnel.usecases.rehearsal.habits import Act, Deed, Trigger, started_by_touch
from funnel.usecases.rehearsal.log import Entry
from funnel.usecases.rehearsal.outcome import Fault, Rehearsal, Unwritten
from funnel.usecases.rehearsal.replies import Replies
from funnel.usecases.rehearsal.span import days_of, first_day
from funnel.usecases.rehearsal.tell import entries_of, entry_of_row
from funnel.usecases.rehearsal.touches import Touches
from funnel.usecases.rehearsal.world import World
from funnel.usecases.shelf import holidays_of, own_holidays
from funnel.usecases.submit_form import Sent, check_form, form_events
from funnel.usecases.webinars import webinar_of

PEOPLE = 20
SEED = 1

_SPREAD = timedelta(hours=2)


class FormRefused(Invalid):
    """The form of somebody of the crowd would come back to her: `fields` holds a code for each field that is wrong."""

    def __init__(self, person: str, fields: Mapping[str, str]) -> None:
        self.person, self.fields = person, dict(fields)
        each = (say("%(field)s: %(why)s", field=field, why=refusal_words(code)) for field, code in fields.items())
        self.said = listed(each)
        super().__init__({person: say("the form of %(name)s is refused (%(why)s)", name=person, why=self.said)})


class Post(Protocol):
    """Writes the mails of a rehearsal as they leave."""

    def write(self, person: Person, lead: Lead, row: Mapping[str, Any], at: datetime, kept: Sequence[Hold]) -> Fault:
        """A mail is about to leave; in which file it cannot be written, and why. `kept` are the times kept for it."""

    def folded(self, lead: Lead, fold: Fold, at: datetime) -> None:
        """Events of a lead were folded."""

    def left(self, person: Person, lead: Lead, row: Mapping[str, Any], at: datetime, kept: Sequence[Hold] = ()) -> None:
        """A mail left, was skipped, or could not be written; `kept` are the times kept for it."""


def rehearse(
    bundles: Mapping[str, Bundle],
    company: CompanyBundle,
    scenario: str,
    *,
    people: int = PEOPLE,
    days: int | None = None,
    seed: int = SEED,
    begins_on: date | None = None,
    post: Post | None = None,
    progress: Callable[[float], None] | None = None,
) -> Rehearsal:
    """Run a scenario for `days` with the leads of its `expect:` and `people` more. The same files, seed and day give
    the same story. Where there is no form, everybody has an appointment that is marked as the scenario begins on, or is
    held before the scenario is started for her; after a webinar, a list tells who was there. `NotFound` when there is
    no such scenario, `FormRefused` when its form would not take what somebody sends."""
    bundle = bundles.get(scenario)
    if bundle is None:
        raise NotFound(f"there is no scenario {scenario!r} here")
    zone = company.company.zone
    span = timedelta(days=days or days_of(bundle))
    begins_at = resolve(datetime.combine(begins_on or first_day(bundle, zone, span), time(9)), zone)
    done = Rehearsal(bundle, company, begins_at, begins_at + span, seed)
    _Stage(done, bundles, post).run(people, progress)
    return done


class _Stage:
    """Leads the crowd through the world and writes down what happens."""

    def __init__(self, done: Rehearsal, bundles: Mapping[str, Bundle], post: Post | None) -> None:
        self.done = done
        self.company = done.company.company
        programs = {(name, bundle.digest): bundle.program for name, bundle in bundles.items()}
        current = {name: bundle.digest for name, bundle in bundles.items()}
        judged = done.company.judged
        own = own_holidays(self.company.users)
        done.book = Book(self.company, programs, current, holidays_of(self.company.country), *judged, own)
        self.world = World(done.book, done.begins_at, self)
        self.post = post
        self.bookings = Bookings(self.world, self.company, done.bundle.program, self._react)
        self.replies = Replies(self.world, done.bundle)
        self.touches = Touches(self.world, self.company, done.bundle, bundles)
        self.asked: set[str] = set()
        self.person: dict[int, Person] = {}
        self.lead: dict[str, int] = {}
        self.proposed: dict[str, set[tuple[str, int]]] = defaultdict(set)

    def run(self, people: int, progress: Callable[[float], None] | None) -> None:
        """The whole story."""
        for person in crowd(self.done.bundle, self.company, self.done.begins_at, people, self.done.seed):
            self.done.people.append(person)
            comes = self._fill_in if self.done.bundle.scenario.form else self._is_met
            if person.begins_at >= self.done.begins_at:
                self.world.at(person.begins_at, partial(comes, person))
        if (webinar := webinar_of(self.done.bundle)) is not None:
            over = webinar_ends_at(webinar, self.company.zone)
            self.world.at(max(over + _SPREAD, self.done.begins_at), self._list_comes)
        span = self.done.ends_at - self.done.begins_at
        for part in range(1, 101):
            self.world.run(self.done.begins_at + span * part / 100)
            if progress:
                progress(part / 100)
        self.done.happened = self.world.happened
        self.done.leads = {person: self.world.leads[number] for person, number in self.lead.items()}

    # -- what people do -----------------------------------------------------------------------------------------------

    def _fill_in(self, person: Person, again: str = "") -> None:
        """Her form arrives, by the same rules as in a browser."""
        sent = Sent(
            self.done.bundle.name,
            person.fields,
            person.consents,
            person.answers,
            once=f"{person.id}{again}",
            page=f"/l/{self.done.bundle.name.replace('_', '-')}",
            language=person.language,
            zone=person.zone,
            source={"utm_source": "rehearsal"},
        )
        try:
            form = check_form(self.done.bundle, self.company, sent)
        except Invalid as refused:
            raise FormRefused(person.id, refused.errors) from refused
        lead = self.world.meet(form.email, person.language)
        self.person[lead.id] = person
        created = person.id not in self.lead
        self.lead[person.id] = lead.id
        self.world.record(form_events(form, lead.id, self.world.now, created))
        if created:
            self._react(person, "form")
        if form.values is not None:
            self._react(person, "results")

    def _is_met(self, person: Person) -> None:
        """Where no form leads in, a rep has met her and makes an appointment; or she has agreed to be told of, where a
        mail opened, a link followed or a page visited leads in."""
        now = self.world.now
        lead = self.world.meet(person.fields["email"], person.language)
        self.person[lead.id] = person
        self.lead[person.id] = lead.id
        fields = {key: text for key, text in person.fields.items() if key != "email" and text} | {"zone": person.zone}
        rep = next(user.id for user in self.company.reps)
        batch: list[on.AnyEvent] = [on.DetailsChanged(lead_id=lead.id, occurred_at=now, fields=fields, by=rep)]
        batch += [on.TagGiven(lead_id=lead.id, occurred_at=now, tag=tag, by=rep) for tag in person.tags]
        starts = self.done.bundle.scenario.starts_on
        if starts is None or not started_by_touch(self.done.bundle):
            self.world.record(batch)
            self.bookings.begin(person, self.world.leads[lead.id])
            return
        batch += [
            on.ConsentChanged(lead_id=lead.id, occurred_at=now, purpose=one, given=True, wording=one, page="/")
            for one in sorted(person.consents)
        ]
        self.world.record(batch)
        self._react(person, "form")
        self.touches.begin(person, self.world.leads[lead.id], starts)

    def _list_comes(self) -> None:
        """The webinar's list says of everybody who had registered whether she was there."""
        name, now = self.done.bundle.name, self.world.now
        for number, person in self.person.items():
            if any(one.scenario == name for one in self.world.leads[number].enrolments):
                told = on.WebinarAttended if person.joins else on.WebinarMissed
                self.world.record([told(lead_id=number, occurred_at=now, scenario=name, by="rehearsal")])

    def _react(self, person: Person, trigger: Trigger) -> None:
        for act in [act for act in person.acts if act.after == trigger]:
            if not act.each:
                person.acts.remove(act)
            self.world.at(self.world.now + self._delay(person, act), partial(self._act, person, act.do))

    def _delay(self, person: Person, act: Act) -> timedelta:
        return act.delay + person.shift * min(act.delay, _SPREAD)

    def _act(self, person: Person, deed: Deed) -> None:
        lead = self.world.leads[self.lead[person.id]]
        now = self.world.now
        match deed:
            case "prove":
                if not lead.email_proven:
                    self.world.record([on.EmailProven(lead_id=lead.id, occurred_at=now)])
            case "confirm":
                self.replies.confirm(person, lead)
            case "book":
                self.bookings.book(person, lead)
            case "cancel":
                self.bookings.cancel(lead)
            case "reschedule":
                self.bookings.reschedule(person, lead)
            case "correct":
                self.bookings.correct(lead)
            case "answer":
                if self.replies.answer(person, lead):
                    self._react(person, "results")
            case "download":
                self.replies.download(lead)
            case "open":
                self.touches.open(lead)
            case "click":
                self.touches.click(person, lead)
            case "scan":
                self.touches.scan(lead)
            case "visit":
                self.touches.visit(person, lead)
            case "unsubscribe":
                self.world.record([on.Unsubscribed(lead_id=lead.id, occurred_at=now, page="/u")])
            case "fill_in_again":
                self._fill_in(person, "/again")
            case "move":
                person.zone = NEW_ZONE
                self.world.record([on.DetailsChanged(lead_id=lead.id, occurred_at=now, fields={"zone": NEW_ZONE})])

    # -- what is heard of the world -----------------------------------------------------------------------------------

    def folded(self, lead: Lead, fold: Fold) -> None:
        """Write down what the decision did; a time that a scenario has blocked is met by its rep."""
        self.done.note(entries_of(self.person[lead.id].id, fold, self.world.now))
        for event in fold.results:
            if isinstance(event, on.AppointmentBooked) and event.by == "scenario":
                self.bookings.blocked(self.person[lead.id], event)
        if self.post:
            self.post.folded(lead, fold, self.world.now)

    def held_back(self, lead: Lead, row: dict[str, Any], until: datetime) -> None:
        """Write down that the cap makes a mail wait."""
        detail = {"to": row["recipient"], "step": row["step"], "pass": row["pass_number"], "until": until}
        self.done.note([Entry(self.world.now, self.person[lead.id].id, "capped", row["message"], detail)])

    def leaving(self, lead: Lead, row: dict[str, Any], at: datetime) -> str | None:
        """Have a mail written; a house where nobody writes takes it as written."""
        person = self.person[lead.id]
        fault = self.post.write(person, lead, row, at, self._kept(lead, row, at)) if self.post else None
        if fault is None:
            return None
        self.done.unwritten.append(Unwritten(person.id, row["message"], *fault))
        return fault[1]

    def _kept(self, lead: Lead, row: Mapping[str, Any], at: datetime) -> Sequence[Hold]:
        """The times that are kept for a mail."""
        return self.world.diary.held_for(lead.id, row["cause"], at) if "slots" in row["data"] else ()

    def left(self, lead: Lead, row: dict[str, Any], at: datetime) -> None:
        """Write a mail down, and let her react to it."""
        person = self.person[lead.id]
        self.done.note([entry_of_row(person.id, row, at)])
        if self.post:
            self.post.left(person, lead, row, at, self._kept(lead, row, at))
        if row["state"] != "sent" or row["channel"] != "mail":
            return
        if row["recipient"] == "lead":
            if person.touches:
                self.touches.left(person, lead, row["message"], row["pass_number"])
            self._react(person, "mail")
            if self.replies.asks_to_confirm(row):
                self._react(person, "to_confirm")
            if row["kind"] == "marketing":
                self._react(person, "marketing")
            if self.replies.gives(row):
                self._react(person, "gift")
            if self.replies.asks(row):
                self._react(person, "asked_again" if person.id in self.asked else "asked")
                self.asked.add(person.id)
            if row["scenario"] and "propose" in row["data"]:
                self._proposed(person, row)

    def _proposed(self, person: Person, row: Mapping[str, Any]) -> None:
        """Times for a first appointment, or in place of a missed one."""
        self.bookings.offered(person, row)
        enrolment = self.world.leads[row["lead_id"]].enrolment(row["scenario"], row["pass_number"])
        if enrolment is None or enrolment.appointment is None:
            self._react(person, "proposal")
            return
        own = (row["scenario"], row["pass_number"])
        again = own in self.proposed[person.id]
        self.proposed[person.id].add(own)
        self._react(person, "new_times_again" if again else "new_times")
