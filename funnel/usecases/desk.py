"""The desk: what waits for a rep, the page of a lead, tasks ticked off (S145)."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from funnel.domain import events as on
from funnel.domain.company import Company, User
from funnel.domain.lead import Appointment, Lead
from funnel.domain.timing import local_time, midnight
from funnel.storage import (
    appointments,
    consents,
    events,
    handoffs,
    in_use,
    installation,
    leads,
    outbox_lists,
    snapshot,
    suggestions,
)
from funnel.usecases.call_list import teams_of
from funnel.usecases.errors import NotFound
from funnel.usecases.find_lead import known_lead
from funnel.usecases.happening import Happening
from funnel.usecases.history import retell
from funnel.usecases.house import House
from funnel.usecases.merge_leads import Joined, joined_leads
from funnel.usecases.naming import Names
from funnel.usecases.people import is_for, may_change, may_see, out_of_sight, require_change
from funnel.usecases.promised_calls import asked_calls
from funnel.usecases.read_calendars import Feed, feed_of
from funnel.usecases.reassign import count_left_behind, may_give_away, still_to_choose, unchosen, waiting_for_choice
from funnel.usecases.record_events import record_events
from funnel.usecases.results import describe_answers, describe_results
from funnel.usecases.score.read_score import ScoreSheet, score_sheet
from funnel.usecases.start_scenario import Startable, startable
from funnel.usecases.suggestions import Suggested, suggested_of
from funnel.usecases.what_is_proposed import Outlook, read_outlook

MOST = 200
_TOLD_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Desk:
    """A rep's work, what needs doing first. Rows carry their lead under `lead`."""

    user: User
    company: Company
    now: datetime
    handoffs: Sequence[Mapping[str, Any]]
    """With what came of her last appointment (`met`), and the next one ahead (`meets`)."""
    tasks: Sequence[Mapping[str, Any]]
    """With whether it is a call that she has `asked` for."""
    appointments: Sequence[Mapping[str, Any]]
    covered: Sequence[Mapping[str, Any]]
    """A rep's appointments ahead that her own calendar covers: they stand until she moves them."""
    to_call: int
    """How many stand on the call list, `MOST` at most."""
    calendar: Feed | None
    """How it stands with a rep's own calendar, while that is to be told: it fails, or is back since a day at most."""
    suggested: Sequence[Suggested]
    """What waits for an answer about the leads of those whose work this is."""
    left_behind: int
    """How many appointments ahead need another rep; told to who can give them to one."""


@dataclass(frozen=True)
class LeadPage:
    """Everything about one person: the lead, and the leads for whom she stands too (`joined`)."""

    lead: Lead
    joined: Sequence[Joined]
    company: Company
    now: datetime
    history: Sequence[Happening]
    results: Sequence[Mapping[str, Any]]
    tasks: Sequence[Mapping[str, Any]]
    consents: Sequence[Mapping[str, Any]]
    score: ScoreSheet
    outlook: Outlook
    suggested: Sequence[Suggested]
    startable: Sequence[Startable]
    """What who looks may begin for her."""
    changeable: bool
    """Whether who looks may set appointments and tags, and answer what is suggested."""
    unchosen: AbstractSet[int]
    """The appointments for which another time was asked for and not chosen yet, by number: nobody missed them."""
    to_choose: AbstractSet[int]
    """Those of them in whose place it is still to be chosen."""
    opened_on: date | None
    """The day, the company's, on which she opened a mail last, where that is all that is kept."""

    @property
    def everybody(self) -> list[Lead]:
        """Herself first."""
        return [self.lead, *(one.lead for one in self.joined)]


def read_desk(house: House, user: User) -> Desk:
    """A rep sees her own work, what is offered to her team, and leads of who has left, which stand as offered to
    everybody; the other roles see everybody's, and of who has left."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        bundle = house.shelf.published(connection, moment.revision).company
        company = bundle.company
        reps = company.reps
        team = [u.id for u in reps if user.role != "rep" or u.team == user.team]
        work = ["handoffs"] if user.role == "rep" else in_use.WORK
        left = list(in_use.others(connection, [u.id for u in reps], work))  # it waits for others to take it over
        own = [user.id] if user.role == "rep" else [*team, *left]
        offered = handoffs.listed(connection, [*team, *left], ["offered"], MOST)
        if user.role == "rep":
            kept = handoffs.listed(connection, left, ["accepted"], MOST)
            offered += [{**row, "state": "offered"} for row in kept]
        given = handoffs.listed(connection, own, ["accepted"], MOST)
        teams = teams_of(company, user)
        todo = handoffs.open_tasks(connection, own, teams, MOST)
        to_call = len(handoffs.call_list(connection, own, teams, MOST))
        zone = user.zone or company.zone
        week = midnight(local_time(moment.now, zone).date() + timedelta(days=8), zone)
        unmarked = appointments.unmarked(connection, own, moment.now, MOST)
        waits = [row["id"] for row in unchosen(connection, unmarked)]
        unmarked = [row for row in unmarked if row["id"] not in waits]
        ahead = appointments.between(connection, own, moment.now, week)
        meetings = [*unmarked, *(a for a in ahead if a["state"] in appointments.OPEN)]
        covered = appointments.covered(connection, [user.id], moment.now, MOST) if user.role == "rep" else []
        promised = asked_calls(house, connection, [row for row in todo if row["call"]])
        rows = [*offered, *given, *todo, *meetings, *covered]
        people = {row["id"]: row for row in leads.rows(connection, [row["lead_id"] for row in rows])}
        feed = feed_of(connection, user) if user.role == "rep" else None
        behind = count_left_behind(connection, company, moment.now) if may_give_away(user) else 0
        asked = [row["lead_id"] for row in suggestions.of_reps(connection, own, MOST)]
        about = snapshot.load(connection, asked, lock=False)
        handed = [row["lead_id"] for row in (*offered, *given)]
        booked = appointments.of_leads(connection, handed) if handed else []
    met = {lead_id: one.state for lead_id, one in booked}
    meets = {lead_id: one for lead_id, one in _latest_first(booked) if one.open and one.starts_at > moment.now}
    tells = feed and (feed.fault or (feed.back_at and moment.now - feed.back_at < _TOLD_FOR))
    return Desk(
        user,
        company,
        moment.now,
        [
            {**row, "lead": people[row["lead_id"]], "met": met.get(row["lead_id"]), "meets": meets.get(row["lead_id"])}
            for row in _once([*offered, *given], people)
        ],
        [{**row, "lead": people[row["lead_id"]], "asked": row["id"] in promised} for row in todo],
        [{**row, "lead": people[row["lead_id"]]} for row in meetings],
        [{**row, "lead": people[row["lead_id"]]} for row in covered],
        to_call,
        feed if tells else None,
        [one for lead_id in asked for one in suggested_of(bundle, about[lead_id])],
        behind,
    )


def _latest_first(booked: Sequence[tuple[int, Appointment]]) -> list[tuple[int, Appointment]]:
    return sorted(booked, key=lambda one: one[1].starts_at, reverse=True)


def _once(rows: Sequence[Mapping[str, Any]], people: Mapping[int, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Hand-overs without those of a lead who is joined with another whom the same rep has too."""
    have = {(row["lead_id"], row["rep"]) for row in rows}
    return [row for row in rows if (people[row["lead_id"]]["merged_into"], row["rep"]) not in have]


def read_lead(house: House, user: User, lead_id: int, language: str) -> LeadPage:
    """A lead's page, told in a language; where another lead stands for her, that one's, for they are one person.
    `NotFound`; `Forbidden` for a rep who has none of their leads."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision)
        lead = known_lead(connection, lead_id, erased=True)
        if lead.merged_into is not None:
            lead = known_lead(connection, lead.merged_into, erased=True)
        company = published.company.company
        happened = events.of_person(connection, lead.id)
        joined = joined_leads(connection, lead, happened)
        everybody = [lead, *(one.lead for one in joined)]
        tasks = [row for one in everybody for row in handoffs.tasks_of(connection, one.id)]
        if not any(may_see(user, one, company, tasks) for one in everybody):
            raise out_of_sight(user, lead, company)
        results = []
        sheets = [(one, sheet) for one in everybody if not one.erased for sheet in one.answers]
        for who, sheet in sorted(sheets, key=lambda one: one[1].completed_at, reverse=True):
            enrolment = who.enrolment(sheet.scenario or "", sheet.pass_number or 0)
            bundle = house.shelf.bundle(connection, enrolment.version) if enrolment else None
            bundle = bundle or published.newest.get(sheet.scenario or "")
            questionnaire = bundle.questionnaires.get(sheet.questionnaire) if bundle else None
            if questionnaire:
                results.append(
                    {
                        **describe_results(questionnaire, sheet, language),
                        "answers": describe_answers(questionnaire, sheet, language),
                        "at": sheet.completed_at,
                    }
                )
        mails = outbox_lists.of_person(connection, lead.id)
        # After an erasure no event says who or what any more.
        names = Names(published, language, user.zone)
        told: list[Happening] = []
        if not lead.erased:
            told = [*retell(connection, names, lead, happened, mails), *_answered(names, tasks)]
        own = [row for row in tasks if row["lead_id"] == lead.id]
        changeable = not lead.erased and may_change(user, lead, company, own)
        meetings = [(one, meeting) for one in everybody for meeting in one.appointments]
        waits = waiting_for_choice(connection, meetings)
        return LeadPage(
            lead,
            joined,
            company,
            moment.now,
            sorted(told, key=lambda one: one.at),
            results,
            tasks,
            [row for one in everybody for row in consents.of_lead(connection, one.id)],
            score_sheet(connection, published, lead, moment.now, told, language),
            read_outlook(house, connection, names, everybody, mails, moment.now),
            suggested_of(published.company, lead),
            startable(published, lead) if changeable else [],
            changeable,
            waits,
            still_to_choose(connection, [(one, meeting) for one, meeting in meetings if meeting.id in waits]),
            _opened_on(company, mails),
        )


def _opened_on(company: Company, mails: Sequence[Mapping[str, Any]]) -> date | None:
    """The last day, while only that is kept: what was written of it before says nothing of the days that followed."""
    if company.tracking.of("opens") != "hygiene":
        return None
    last = max((row["opened_at"] for row in mails if row["opened_at"]), default=None)
    return local_time(last, company.zone).date() if last else None


def _answered(names: Names, tasks: Sequence[Mapping[str, Any]]) -> list[Happening]:
    """The calls that nobody had to make, because she has booked."""
    say = names.speech.gettext
    return [
        Happening(
            row["done_at"],
            say("Done by the booking: %(task)s", task=names.told(row["text"]) or names.appointment_type(row["call"])),
            "lead" if row["done_by"] == "lead" else "staff",
            "task",
        )
        for row in tasks
        if row["outcome"] == handoffs.BOOKED
    ]


def finish_task(house: House, user: User, task_id: str) -> int:
    """Tick a task off; twice changes nothing. The lead's id."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        company = house.shelf.published(connection, moment.revision).company.company
        row = handoffs.task(connection, task_id)
        if row is None:
            raise NotFound("There is no such task.")
        lead = known_lead(connection, row["lead_id"], erased=True)
    if not is_for(user, row):
        require_change(user, lead, company)
    if row["done_at"] is None:
        record_events(house, [on.TaskDone(lead_id=lead.id, occurred_at=moment.now, task=task_id, by=user.id)])
    return lead.id
