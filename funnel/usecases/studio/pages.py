"""The pages of a scenario that can be shown with a sample lead, in the order in which she meets them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from funnel.authoring.branches import branching
from funnel.domain.company import Company
from funnel.domain.diagnosis import Answer, IsAsked, pages_to_show
from funnel.domain.lead import AnswerSheet, Lead
from funnel.domain.questionnaire import Questionnaire
from funnel.usecases.ask_questionnaire import Choice, choices_of
from funnel.usecases.errors import NotFound
from funnel.usecases.open_form import OpenForm
from funnel.usecases.read_results import Results
from funnel.usecases.rehearsal.crowd import Person
from funnel.usecases.results import describe_results
from funnel.usecases.studio.samples import Samples

LANDING, DETAILS, THANKS, RESULTS = "landing", "details", "thanks", "results"
QUESTIONS = "questions"
ASKED, FOLLOWS = "asked", "follows"
"""Of a questionnaire that a mail asks for: `asked-<questionnaire>-<number>` its pages, `follows-<questionnaire>` the
choice at its end."""


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """Whose answers a page shows: one of the crowd, the lead she has become, and her sheet where there is one."""

    person: Person
    lead: Lead
    sheet: AnswerSheet | None

    @property
    def answers(self) -> dict[str, Answer]:
        """Her answers by question."""
        return dict(self.sheet.values) if self.sheet else {}


@dataclass(frozen=True, slots=True)
class SampleAsked:
    """A questionnaire that a mail asks for, as a sample lead answers it, and the choices at its end."""

    company: Company
    questionnaire: Questionnaire
    is_asked: IsAsked
    choices: Sequence[Choice]
    answers: Mapping[str, Answer]
    phone_known: bool

    @property
    def must_choose(self) -> bool:
        """As of who has really been asked."""
        return len(self.choices) > 1


def sample_people(samples: Samples, page: str = LANDING) -> list[SamplePerson]:
    """To whom a page can be shown: everybody who came; results, and what a mail asks for, only to who has answered, as
    long as anybody has."""
    came = [_sample(samples, person) for person in samples.people if person.id in samples.leads]
    if not came:
        raise NotFound("nobody comes to this scenario")
    answered = [one for one in came if one.sheet]
    return answered or came if page == RESULTS or page.startswith((f"{ASKED}-", f"{FOLLOWS}-")) else came


def sample_person(samples: Samples, wanted: str | None = None, page: str = LANDING) -> SamplePerson:
    """The one of that id, else the first to whom the page can be shown."""
    people = sample_people(samples, page)
    return next((one for one in people if one.person.id == wanted), people[0])


def _sample(samples: Samples, person: Person) -> SamplePerson:
    lead = samples.leads[person.id]
    return SamplePerson(person, lead, next((one for one in lead.answers if one.scenario == samples.bundle.name), None))


def page_names(samples: Samples, form: OpenForm | None) -> list[str]:
    """The pages of a scenario as they are met: landing, each page of questions behind it (by number), details, thanks;
    what a mail asks for, and the choice at its end; results."""
    names = [*_form_pages(form, sample_person(samples))] if form else []
    for step in samples.bundle.program.asks:
        names += _asked_pages(samples, str(step.questionnaire))
    names = list(dict.fromkeys(names))
    return [*names, RESULTS] if names and sample_person(samples, page=RESULTS).sheet else names


def _form_pages(form: OpenForm, who: SamplePerson) -> Iterator[str]:
    yield LANDING
    if form.questionnaire:
        shown = pages_to_show(form.questionnaire, who.answers, form.is_asked)
        yield from (f"{QUESTIONS}-{index + 1}" for index in shown[1:])
        yield DETAILS
    yield THANKS


def _asked_pages(samples: Samples, questionnaire: str) -> Iterator[str]:
    asked = sample_asked(samples, sample_person(samples, page=f"{ASKED}-"), questionnaire)
    for index in pages_to_show(asked.questionnaire, asked.answers, asked.is_asked):
        yield f"{ASKED}-{questionnaire}-{index + 1}"
    if asked.choices:
        yield f"{FOLLOWS}-{questionnaire}"


def sample_asked(samples: Samples, who: SamplePerson, questionnaire: str) -> SampleAsked:
    """What her own link to a questionnaire would open; `NotFound` when no mail of the scenario asks for it."""
    bundle = samples.bundle
    step = bundle.program.awaiting(questionnaire, None)
    if step is None or questionnaire not in bundle.questionnaires:
        raise NotFound("there is no such page")
    found = bundle.questionnaires[questionnaire]
    sheet = who.sheet if who.sheet and who.sheet.questionnaire == questionnaire else None
    return SampleAsked(
        samples.published.company.company,
        found,
        branching(found),
        choices_of(step),
        dict(sheet.values) if sheet else {},
        phone_known=bool(who.lead.phone),
    )


def sample_results(samples: Samples, who: SamplePerson, language: str) -> Results:
    """Her results as her private link shows them; `NotFound` where there is no questionnaire."""
    sheet = who.sheet
    questionnaire = samples.bundle.questionnaires.get(sheet.questionnaire) if sheet else None
    if sheet is None or questionnaire is None:
        raise NotFound("this scenario has no results")
    company = samples.published.company.company
    kind = next(iter(sorted(samples.bundle.program.proposes)), None)
    offer = company.appointment_type(kind)
    taken_at: datetime = sheet.completed_at
    return Results(
        who.lead,
        company,
        samples.bundle.name,
        describe_results(questionnaire, sheet, language),
        taken_at,
        "/book/" if offer else None,
        offer,
        None,
        None,
        False,
    )
