"""The crowd of a rehearsal: who comes, when, and how each one behaves; the same seed makes the same people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from phonenumbers import PhoneNumberFormat, example_number, format_number

from funnel.authoring.branches import branching
from funnel.authoring.bundle import Bundle
from funnel.domain.company import Company
from funnel.domain.countries import country_and_part
from funnel.domain.diagnosis import Answer, read_answers
from funnel.domain.questionnaire import Question, Questionnaire
from funnel.domain.timing import local_time, resolve
from funnel.domain.tunnel.expectation import Behaviour, Expectation
from funnel.domain.tunnel.form import Fields
from funnel.usecases.naming import plain
from funnel.usecases.rehearsal.habits import (
    TOUCHES,
    Act,
    acts_of,
    as_expected,
    behaviours_of,
    listens,
    started_by_touch,
)

NEW_ZONE = "America/Montreal"
"""Where who `moves` is from then on."""

_FIRST = ("Ana", "Bruno", "Chloé", "Dimitri", "Élise", "Farid", "Greta", "Hugo", "Inès", "Jonas", "Karin", "Léa")
_LAST = ("Amiel", "Brandt", "Cazenave", "Dubois", "Eriksen", "Fontaine", "García", "Haddad", "Ivanov", "O'Neill")
_FIRMS = ("Atelier Nord", "Bois & Fils", "Clairval", "Delmas", "Estuaire", "Fabrica")
_ZONES = ("Europe/London", "America/New_York", "Asia/Tokyo", "Australia/Adelaide")
_ARRIVING = timedelta(days=10)


@dataclass(slots=True)
class Person:
    """One of the crowd: what her browser sends (`fields`, `answers`), what a rep marked her with (`tags`), and what she
    has not done yet (`acts`)."""

    id: str
    behaves: Behaviour
    begins_at: datetime
    fields: Mapping[str, str]
    consents: frozenset[str]
    answers: Mapping[str, Sequence[str]]
    language: str
    zone: str
    shift: float
    pick: float
    expected: Expectation | None = None
    given: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tags: Sequence[str] = ()
    acts: list[Act] = field(default_factory=list)

    @property
    def touches(self) -> bool:
        """Whether something that she opens, follows or looks at is still to come."""
        return any(act.do in TOUCHES for act in self.acts)

    @property
    def joins(self) -> bool:
        """Whether she comes to the webinar that she has registered for: who answers or books does."""
        return any(act.do in ("answer", "book") for act in acts_of(self.behaves))

    def attends(self, number: int) -> bool:
        """Whether she is there when the rep calls, at her appointment of that number."""
        if self.behaves in ("misses", "misses_again"):
            return False
        return number > 1 or self.behaves not in ("rebooks", "rebooks_late", "mark_corrected")


def crowd(bundle: Bundle, company: Company, begins_at: datetime, people: int, seed: int) -> Iterator[Person]:
    """Who is named in the scenario's `expect:`, then `people` more of other names, behaviour after behaviour, with the
    tags of those named, one after the other."""
    named = {expected.lead for expected in bundle.scenario.expect}
    for expected in bundle.scenario.expect:
        yield _named(bundle, company, begins_at, expected, seed)
    behaviours = behaviours_of(bundle, company)
    for number in range(people):
        chance = Random(f"{seed}/{number}")
        person = _anybody(bundle, company, begins_at, number, behaviours[number % len(behaviours)], chance)
        while person.id in named:
            person.id += "_b"
        if bundle.scenario.expect:
            person.tags = bundle.scenario.expect[number % len(bundle.scenario.expect)].tagged
        yield person


def _named(bundle: Bundle, company: Company, begins_at: datetime, expected: Expectation, seed: int) -> Person:
    form = bundle.scenario.form
    chance = Random(f"{seed}/{expected.lead}")
    made = _anybody(bundle, company, begins_at, 0, expected.behaves, chance)
    needs_phone = form is None or form.fields.phone == "required"
    fields = {
        **made.fields,
        "name": f"{plain(expected.lead).capitalize()} {made.fields['name'].partition(' ')[2]}",
        "email": f"{expected.lead}@rehearsal.example",
        "phone": expected.phone or (made.fields.get("phone", "") if needs_phone else ""),
        **{name: text for name in ("name", "company", "position") if (text := getattr(expected, name))},
    }
    given = {
        question: [str(one) for one in answer] if isinstance(answer, list) else [str(answer)]
        for question, answer in expected.answers.items()
    }
    made.id = expected.lead
    made.begins_at = begins_at
    if expected.comes is not None:
        made.begins_at = resolve(datetime.fromisoformat(expected.comes), company.zone)
    made.fields = fields
    made.shift = 0.0
    made.zone = expected.zone or company.zone
    made.language = expected.language or company.locales[0]
    made.answers = _answers(bundle, chance, given)
    made.expected, made.given, made.tags = expected, given, expected.tagged
    made.acts = as_expected(made.acts, expected)
    if expected.consents is not None:
        made.consents = frozenset(expected.consents)
    elif expected.behaves != "declines":
        made.consents = _boxes(bundle, company)
    return made


def _anybody(
    bundle: Bundle, company: Company, begins_at: datetime, number: int, behaves: Behaviour, chance: Random
) -> Person:
    form = bundle.scenario.form
    boxes = _boxes(bundle, company)
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    wanted = form.fields if form else Fields(position="optional", company="optional", phone="required")
    details = {"company": chance.choice(_FIRMS), "position": chance.choice(("Director", "Head of service"))}
    fields = {"name": f"{first} {last}", "email": f"lead-{number + 1}@rehearsal.example"}
    fields |= {name: text for name, text in details.items() if getattr(wanted, name) and chance.random() < 0.7}
    fields |= {name: text for name, text in details.items() if getattr(wanted, name) == "required"}
    if wanted.phone == "required" or (wanted.phone and chance.random() < 0.5):
        fields["phone"] = _phone(company, chance)
    return Person(
        id=f"lead_{number + 1}",
        behaves=behaves,
        begins_at=_office_hours(begins_at + chance.random() * _ARRIVING, company.zone, chance),
        fields=fields,
        consents=frozenset() if behaves == "declines" else boxes,
        answers=_answers(bundle, chance, {}),
        language=company.locales[number % len(company.locales)],
        zone=company.zone if chance.random() < 0.75 else chance.choice(_ZONES),
        shift=chance.random(),
        pick=chance.random(),
        acts=acts_of(behaves, listens=listens(bundle, company)),
    )


def _boxes(bundle: Bundle, company: Company) -> frozenset[str]:
    """What may be agreed to: the boxes of the form; all there are, where opens, clicks or visits start the scenario."""
    form = bundle.scenario.form
    if form is None:
        return frozenset(company.consents if started_by_touch(bundle) else ())
    return frozenset(form.consents)


def _office_hours(at: datetime, zone: str, chance: Random) -> datetime:
    """The same local day between eight and nineteen o'clock: people read articles by day."""
    local = local_time(at, zone)
    minute = 8 * 60 + chance.randrange(11 * 60)
    return resolve(local.replace(hour=minute // 60, minute=minute % 60, second=0, microsecond=0, tzinfo=None), zone)


def _phone(company: Company, chance: Random) -> str:
    """A possible number of the company's country, in the form of its example; none where there is no example."""
    number = example_number(country_and_part(company.country)[0])
    if number is None:
        return ""
    written = format_number(number, PhoneNumberFormat.E164)
    return f"{written[:-4]}{chance.randrange(10_000):04d}"


def _answers(bundle: Bundle, chance: Random, given: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What the form's questionnaire is answered with: as given, the rest by chance, only questions that are asked."""
    form = bundle.scenario.form
    if form is None or form.questionnaire is None:
        return {}
    return draw_answers(bundle.questionnaires[form.questionnaire], chance, given)


def draw_answers(
    questionnaire: Questionnaire, chance: Random, given: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Answers to every question that is asked, question by question, as a browser sends them."""
    asked = branching(questionnaire)
    raw: dict[str, list[str]] = {}
    known: dict[str, Answer] = {}
    for question in questionnaire.questions:
        drawn = list(given.get(question.id, ())) or _draw(question, chance)
        reading = read_answers([question], {question.id: drawn}, asked, known)
        if reading.values:
            raw[question.id] = drawn
            known |= reading.values
    return raw


def _draw(question: Question, chance: Random) -> list[str]:
    match question.kind:
        case "single":
            return [chance.choice(question.choices).id]
        case "multiple":
            return [one.id for one in question.choices if chance.random() < 0.4] or [question.choices[0].id]
        case "scale":
            scale = question.scale
            return [str(chance.randint(scale.low, scale.high) if scale else 1)]
        case "number":
            low = question.minimum or 0
            return [str(chance.randint(low, question.maximum if question.maximum is not None else low + 200))]
    return ["We answer by hand and lose track."] if question.required or chance.random() < 0.5 else []
