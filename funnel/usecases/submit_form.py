"""A form arrives: checked whole, stored once however often it is sent, never overwriting what is known."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Connection

from funnel.authoring.branches import branching
from funnel.authoring.bundle import Bundle
from funnel.domain import events as on
from funnel.domain.company import Company
from funnel.domain.contact import clean_text, normal_email
from funnel.domain.countries import COUNTRY_ZONES, country_and_part
from funnel.domain.diagnosis import Answer, diagnose, read_answers
from funnel.domain.model import in_language
from funnel.domain.timing import is_zone, zone_of
from funnel.storage import installation
from funnel.usecases.errors import Invalid, NotFound
from funnel.usecases.find_lead import find_or_make
from funnel.usecases.house import House, new_id
from funnel.usecases.record_events import Recorded, record, ring
from funnel.usecases.waiting_consents import decided_at

PATIENCE = 2.0
"""Seconds that a form waits for a lock; once more, then it is answered 503 with its text kept."""

LIMITS = {"name": 120, "position": 120, "company": 160, "phone": 40}
"""Characters that a field of the details may have."""

_MOST_SOURCE = 200


@dataclass(frozen=True)
class Sent:
    """What a browser sent. `answers` are the raw values by question; `once` makes it count once."""

    scenario: str
    fields: Mapping[str, str]
    consents: frozenset[str] = frozenset()
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    once: str = ""
    page: str = ""
    language: str = "en"
    zone: str | None = None
    source: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Submitted:
    """What the answer page may use: the lead, the pass, the form's id, and the sheet of answers given just now."""

    lead_id: int
    email: str
    scenario: str
    pass_number: int
    submission: str
    sheet_id: str | None
    repeated: bool


def submit_form(house: House, sent: Sent) -> Submitted:
    """Store a form and start its scenario. `Invalid` names every wrong field and stores nothing; `NotFound` when there
    is no such form; `DatabaseAway` after one retry."""
    form = check_form(*find_form(house, sent.scenario), sent)

    def work(connection: Connection) -> tuple[Recorded, int]:
        moment = installation.moment(connection)
        lead_id, created = find_or_make(connection, house, form.email, form.email_key, sent.language, moment.now)
        to_confirm = [purpose for purpose in form.sent.consents if form.company.confirms(purpose)]
        batch = form_events(form, lead_id, moment.now, created, decided_at(connection, lead_id, to_confirm))
        return record(connection, house, batch, moment).insist(), lead_id

    recorded, lead_id = house.database.repeating(work, patience=PATIENCE, tries=2)
    ring(house, recorded)
    lead = recorded.person(lead_id)
    passes = [e.pass_number for e in lead.enrolments if e.scenario == form.bundle.name] if lead else []
    return Submitted(
        lead.id if lead else lead_id,
        form.email,
        form.bundle.name,
        max(passes, default=1),
        form.submission,
        form.submission if form.values is not None else None,
        bool(recorded.repeated),
    )


def _submission(once: str, email_key: str) -> str:
    """The id of a submission: the same for a double click, another for another address from the same page."""
    return hashlib.sha256(f"{once}\n{email_key}".encode()).hexdigest()[:32] if once else new_id()


def find_form(house: House, scenario: str) -> tuple[Bundle, Company]:
    """The newest version of a scenario that has a form (`-` counts as `_` in its name), and the company."""
    with house.database.read() as connection:
        published = house.shelf.published(connection, installation.moment(connection).revision)
    bundle = published.newest.get(scenario.replace("-", "_"))
    if bundle is None or bundle.scenario.form is None:
        raise NotFound(f"there is no form {scenario!r}")
    return bundle, published.company.company


@dataclass(frozen=True)
class CheckedForm:
    """A form that may be stored. `email` is how she is written to, `email_key` how she is known."""

    bundle: Bundle
    company: Company
    sent: Sent
    fields: Mapping[str, str]
    values: Mapping[str, Answer] | None
    submission: str

    @property
    def email(self) -> str:
        """The address as it is written to."""
        return self.fields["email"]

    @property
    def email_key(self) -> str:
        """The address as it is known by."""
        return self.fields["email_key"]


def check_form(bundle: Bundle, company: Company, sent: Sent) -> CheckedForm:
    """Every field and answer, or `Invalid` with a code for each that is wrong."""
    form = bundle.scenario.form
    assert form is not None
    errors: dict[str, str] = {}
    fields: dict[str, str] = {}
    for name in ("name", "position", "company", "phone"):
        need = getattr(form.fields, name)
        raw = sent.fields.get(name, "")
        text = clean_text(raw, LIMITS[name])
        if text is None:
            errors[name] = "too_long" if len(raw) > LIMITS[name] else "unreadable"
        elif text and (need or name == "phone"):
            fields[name] = text
        elif need == "required":
            errors[name] = "required"
    if fields.get("phone"):
        phone = read_phone(fields["phone"], company.country)
        if phone:
            fields["phone"] = phone
        else:
            errors["phone"] = "not_a_number"
    address = sent.fields.get("email", "").strip()
    fields |= read_address(address, errors)
    values: dict[str, Answer] | None = None
    if form.questionnaire:
        questionnaire = bundle.questionnaires[form.questionnaire]
        reading = read_answers(questionnaire.questions, sent.answers, branching(questionnaire))
        errors |= {f"answers.{question}": refusal.code for question, refusal in reading.errors.items()}
        values = reading.values
    if errors:
        raise Invalid(errors)
    return CheckedForm(bundle, company, sent, fields, values, _submission(sent.once, fields["email_key"]))


def read_address(address: str, errors: dict[str, str]) -> dict[str, str]:
    """The address as it is written to (`email`) and as it is known by (`email_key`); else an error code in `errors`."""
    if not address:
        errors["email"] = "required"
        return {}
    key = normal_email(address)
    try:
        valid = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        key = None
    if key is None:
        errors["email"] = "not_an_address"
        return {}
    return {"email": valid.normalized, "email_key": key}


def _zone(browser: str | None, phone: str | None) -> str | None:
    """The browser's zone, else that of the telephone's country; none when neither says (S144)."""
    country = phonenumbers.region_code_for_number(phonenumbers.parse(phone)) if phone else None
    found = zone_of(browser, country, "")
    return found if is_zone(browser) or country in COUNTRY_ZONES else None


def read_phone(text: str, country: str) -> str | None:
    """The number in international form (`+33 4 65 71 20 11`), read as if dialled from `country`, or that of which
    it is a part; none if it is none."""
    clean = clean_text(text)
    try:
        number = phonenumbers.parse(clean or "", country_and_part(country)[0])
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    written: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return written if len(written) <= LIMITS["phone"] else None


def form_events(
    checked: CheckedForm, lead_id: int, now: datetime, created: bool, decided: Mapping[str, datetime] | None = None
) -> list[on.AnyEvent]:
    """The form's event and, where the form is a questionnaire, that of its answers (S127). `decided`: when she has
    decided herself about what she ticks."""
    bundle, company, sent = checked.bundle, checked.company, checked.sent
    fields, values, submission = checked.fields, checked.values, checked.submission
    form = bundle.scenario.form
    assert form is not None
    purposes = [purpose for purpose in form.consents if purpose in company.consents]
    batch: list[on.AnyEvent] = [
        on.FormSubmitted(
            lead_id=lead_id,
            occurred_at=now,
            key=f"form/{submission}",
            scenario=bundle.name,
            submission=submission,
            fields={name: value for name, value in fields.items() if name != "email_key"},
            consents={purpose: purpose in sent.consents for purpose in purposes},
            wordings={purpose: in_language(company.consents[purpose].text, sent.language) for purpose in purposes},
            page=sent.page,
            language=sent.language,
            zone=_zone(sent.zone, fields.get("phone")),
            source={name: text for name, value in sent.source.items() if (text := clean_text(value[:_MOST_SOURCE]))},
            created=created,
            answered=values is not None,
            decided_at=decided or {},
        )
    ]
    if values is not None and form.questionnaire:
        questionnaire = bundle.questionnaires[form.questionnaire]
        result = diagnose(questionnaire, values, branching(questionnaire))
        batch.append(
            on.QuestionnaireCompleted(
                lead_id=lead_id,
                occurred_at=now,
                key=f"answers/{submission}",
                sheet=submission,
                questionnaire=form.questionnaire,
                values=values,
                score=result.score,
                share=result.share,
                themes=result.themes,
                band=result.band,
                scenario=bundle.name,
                submission=submission,
            )
        )
    return batch
