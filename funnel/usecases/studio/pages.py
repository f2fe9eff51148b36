"""The pages of a scenario that can be shown with a sample lead, in the order in which she meets them."""

from dataclasses import dataclass
from datetime import datetime

from funnel.domain.diagnosis import Answer, pages_to_show
from funnel.domain.lead import AnswerSheet, Lead
from funnel.usecases.errors import NotFound
from funnel.usecases.open_form import OpenForm
from funnel.usecases.read_results import Results
from funnel.usecases.rehearsal.crowd import Person
from funnel.usecases.results import describe_results
from funnel.usecases.studio.samples import Samples

LANDING, DETAILS, THANKS, RESULTS = "landing", "details", "thanks", "results"
QUESTIONS = "questions"


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


def sample_person(samples: Samples, wanted: str | None = None) -> SamplePerson:
    """The one of that id, else the first who came."""
    came = [person for person in samples.people if person.id in samples.leads]
    if not came:
        raise NotFound("nobody comes to this scenario")
    person = next((one for one in came if one.id == wanted), came[0])
    lead = samples.leads[person.id]
    sheet = next((one for one in lead.answers if one.scenario == samples.bundle.name), None)
    return SamplePerson(person, lead, sheet)


def page_names(form: OpenForm, who: SamplePerson) -> list[str]:
    """The pages she goes through: landing, each page of questions behind it (by number), details, thanks, results."""
    names = [LANDING]
    if form.questionnaire:
        shown = pages_to_show(form.questionnaire, who.answers, form.is_asked)
        names += [f"{QUESTIONS}-{index + 1}" for index in shown[1:]]
        names.append(DETAILS)
    names.append(THANKS)
    return [*names, RESULTS] if who.sheet else names


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
