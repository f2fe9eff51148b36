"""One decision in the making: the lead as she is by now, and the effects so far."""

from datetime import datetime

from funnel.domain.conditions import Value
from funnel.domain.effects import Effect
from funnel.domain.engine.book import Book
from funnel.domain.engine.evolve import evolve
from funnel.domain.lead import AnswerSheet, Enrolment, Lead
from funnel.domain.timing import zone_of
from funnel.domain.tunnel.program import Program


class Turn:
    """Gathers effects and folds each into the lead at once, so that the next rule sees it. Lives for one `decide`."""

    def __init__(self, book: Book, lead: Lead, now: datetime) -> None:
        self.book = book
        self.lead = lead
        self.now = now
        self.effects: list[Effect] = []
        self.starts = 0

    def do(self, effect: Effect) -> None:
        """Add an effect."""
        self.effects.append(effect)
        self.lead = evolve(self.lead, effect)

    @property
    def zone(self) -> str:
        """The lead's time zone, else the company's (S144)."""
        return zone_of(self.lead.zone, None, self.book.company.zone)

    def program(self, enrolment: Enrolment) -> Program:
        """What the enrolment is pinned to."""
        return self.book.program(enrolment.scenario, enrolment.version)

    def sheet(self, questionnaire: str, enrolment: Enrolment | None) -> AnswerSheet | None:
        """This enrolment's answers to a questionnaire, else her latest."""
        sheets = [s for s in self.lead.answers if s.questionnaire == questionnaire]
        if enrolment:
            own = [s for s in sheets if (s.scenario, s.pass_number) == (enrolment.scenario, enrolment.pass_number)]
            sheets = own or sheets
        return sheets[-1] if sheets else None


def values(turn: Turn, enrolment: Enrolment) -> dict[str, Value]:
    """Every name a condition may use, with its value for this lead in this enrolment; what is missing is absent."""
    lead = turn.lead
    found: dict[str, Value] = {
        "lead.name": lead.name or None,
        "lead.email": lead.email,
        "lead.phone": lead.phone,
        "lead.company": lead.company,
        "lead.position": lead.position,
        "lead.language": lead.language,
        "lead.zone": lead.zone,
        "score": lead.score,
        "stage": lead.stage,
        "status": lead.status,
        "tags": sorted(lead.tags),
        "pass": enrolment.pass_number,
    }
    found.update({f"source.{key}": value for key, value in lead.source.items()})
    for questionnaire in {sheet.questionnaire for sheet in lead.answers}:
        sheet = turn.sheet(questionnaire, enrolment)
        if sheet:
            found.update(_answers(sheet))
    appointment = next(
        (
            a
            for a in reversed(lead.appointments)
            if (a.scenario, a.pass_number) == (enrolment.scenario, enrolment.pass_number)
        ),
        lead.appointments[-1] if lead.appointments else None,
    )
    if appointment:
        found["appointment.type"] = appointment.type
        found["appointment.state"] = appointment.state
        found["appointment.starts_at"] = appointment.starts_at
    return found


def _answers(sheet: AnswerSheet) -> dict[str, Value]:
    prefix = f"answers.{sheet.questionnaire}"
    found: dict[str, Value] = {f"{prefix}.{question}": value for question, value in sheet.values.items()}
    found.update({f"{prefix}.score.{theme}": share for theme, share in sheet.themes.items()})
    found[f"{prefix}.score"] = sheet.score
    found[f"{prefix}.share"] = sheet.share
    found[f"{prefix}.band"] = sheet.band
    found[f"{prefix}.follow_up"] = sheet.follow_up
    return found
