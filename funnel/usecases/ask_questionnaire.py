"""A questionnaire that a mail asks for, by its lead's own link: opened, answered once, with what is to follow."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from funnel.authoring.branches import branching
from funnel.domain import events as on
from funnel.domain.company import Company
from funnel.domain.diagnosis import Answer, IsAsked, diagnose, read_answers
from funnel.domain.lead import AnswerSheet, Enrolment, Lead
from funnel.domain.model import Text
from funnel.domain.questionnaire import Questionnaire
from funnel.domain.tunnel.steps import AwaitStep, FollowUp
from funnel.links import Purpose
from funnel.storage import installation, snapshot
from funnel.storage.installation import Moment
from funnel.usecases.addresses import enrolment_by_place, results_link, revoked
from funnel.usecases.errors import Invalid, NotFound
from funnel.usecases.house import House
from funnel.usecases.read_published import read_published
from funnel.usecases.record_events import record_events
from funnel.usecases.submit_form import PATIENCE, read_phone
from funnel.usecases.waiting_consents import address_proven


@dataclass(frozen=True)
class Choice:
    """What may follow her answers: `text` is its author's, none for the language's own `summary` and `call`."""

    id: str
    text: Text | None
    phone: bool


@dataclass(frozen=True)
class Asked:
    """A questionnaire in one enrolment: the choices at its end, and the answers where it was answered before."""

    lead: Lead
    company: Company
    enrolment: Enrolment
    questionnaire: Questionnaire
    is_asked: IsAsked
    choices: Sequence[Choice]
    answered: AnswerSheet | None
    results_url: str | None
    now: datetime

    @property
    def must_choose(self) -> bool:
        """Several are an alternative; a single one is a wish that she may have or not."""
        return len(self.choices) > 1

    @property
    def phone_known(self) -> bool:
        """Whether we could call her."""
        return bool(self.lead.phone)


def landing_of(house: House, questionnaire: str) -> str:
    """The scenario whose landing page asks a questionnaire; `NotFound` when none does."""
    name = questionnaire.replace("-", "_")
    newest = read_published(house).newest
    found = (one.name for one in newest.values() if one.scenario.form and one.scenario.form.questionnaire == name)
    if (scenario := next(found, None)) is None:
        raise NotFound("there is no such questionnaire here")
    return scenario


def open_questionnaire(house: House, questionnaire: str, text: str) -> Asked:
    """What a link opens; it changes nothing. `BadToken` or `NotFound` when it opens nothing."""
    return _open(house, questionnaire, text)[0]


def _open(house: House, questionnaire: str, text: str) -> tuple[Asked, on.EmailProven]:
    token = house.links.read(text, Purpose.QUESTIONNAIRE)
    name = questionnaire.replace("-", "_")
    with house.database.read() as connection:
        moment = installation.moment(connection)
        lead = snapshot.load(connection, [token.subject], lock=False).get(token.subject)
        enrolment = enrolment_by_place(lead, token.number) if lead else None
        if lead is None or enrolment is None or revoked(lead, token):
            raise NotFound("this link opens nothing any more")
        asked = _asked(connection, house, moment, lead, enrolment, name)
        return asked, address_proven(connection, asked.company, lead, moment.now)


def _asked(connection: Connection, house: House, moment: Moment, lead: Lead, enrolment: Enrolment, name: str) -> Asked:
    bundle = house.shelf.bundle(connection, enrolment.version)
    waiting = bundle.program.awaiting(name, enrolment.step)
    if waiting is None or name not in bundle.questionnaires:
        raise NotFound("there is no such questionnaire here")
    questionnaire = bundle.questionnaires[name]
    own = (enrolment.scenario, enrolment.pass_number)
    sheets = [one for one in lead.answers if (one.scenario, one.pass_number, one.questionnaire) == (*own, name)]
    return Asked(
        lead,
        house.shelf.published(connection, moment.revision).company.company,
        enrolment,
        questionnaire,
        branching(questionnaire),
        choices_of(waiting),
        sheets[-1] if sheets else None,
        results_link(house, lead, sheets[-1]) if sheets else None,
        moment.now,
    )


def choices_of(step: AwaitStep) -> list[Choice]:
    """What a step offers at the end of its questionnaire."""
    if isinstance(step.follow_up, list):
        return [Choice(one, None, one in step.calls) for one in step.follow_up]
    own: Mapping[str, FollowUp] = step.follow_up
    return [Choice(name, one.text, one.phone) for name, one in own.items()]


def complete_questionnaire(
    house: House, questionnaire: str, text: str, answers: Mapping[str, Sequence[str]], follow_up: str, phone: str
) -> str:
    """Store the answers, and what she wants to follow; the address of her results. Sent again, or by another of her
    browsers, the first answers stand. `Invalid` names what is wrong: `answers.<question>`, `follow_up`, `phone`."""
    asked, proven = _open(house, questionnaire, text)
    if asked.results_url:
        return asked.results_url
    reading = read_answers(asked.questionnaire.questions, answers, asked.is_asked)
    errors = {f"answers.{question}": refusal.code for question, refusal in reading.errors.items()}
    chosen = next((one for one in asked.choices if one.id == follow_up), None)
    if chosen is None and (asked.must_choose or follow_up):
        errors["follow_up"] = "required"
    number = read_phone(phone, asked.company.country) if phone else None
    if phone and number is None:
        errors["phone"] = "not_a_number"
    elif chosen and chosen.phone and not number and not asked.phone_known:
        errors["phone"] = "required"
    if errors:
        raise Invalid(errors)
    lead = asked.lead
    batch: list[on.AnyEvent] = [proven]
    if number and number != lead.phone:
        batch.append(on.DetailsChanged(lead_id=lead.id, occurred_at=asked.now, fields={"phone": number}))
    chose = chosen.id if chosen else None
    batch.append(answered(lead, asked.enrolment, asked.questionnaire, reading.values, chose, asked.now))
    record_events(house, batch, patience=PATIENCE)
    done = open_questionnaire(house, questionnaire, text).results_url
    if done is None:
        raise NotFound("these results are not here any more")
    return done


def answered(
    lead: Lead,
    enrolment: Enrolment,
    questionnaire: Questionnaire,
    values: Mapping[str, Answer],
    follow_up: str | None,
    now: datetime,
) -> on.QuestionnaireCompleted:
    """The answers of an enrolment as an event: it counts once, however often it is sent."""
    name = questionnaire.questionnaire
    identity = f"{lead.id}/{enrolment.scenario}/{enrolment.pass_number}/{name}"
    result = diagnose(questionnaire, values, branching(questionnaire))
    return on.QuestionnaireCompleted(
        lead_id=lead.id,
        occurred_at=now,
        key=f"asked/{identity}",
        sheet=hashlib.sha256(identity.encode()).hexdigest()[:32],
        questionnaire=name,
        values=values,
        score=result.score,
        share=result.share,
        themes=result.themes,
        band=result.band,
        follow_up=follow_up,
        scenario=enrolment.scenario,
        pass_number=enrolment.pass_number,
    )
