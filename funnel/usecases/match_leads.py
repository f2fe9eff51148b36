"""Who would meet a condition now: how many, and the people; a marketer tries it before she writes it into a file."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from funnel.authoring.conditions import parse_condition
from funnel.authoring.tokens import ConditionError
from funnel.authoring.vocabulary import scenario_vocabulary
from funnel.domain.conditions import Condition
from funnel.domain.questionnaire import Questionnaire
from funnel.storage import installation
from funnel.storage.conditions import meeting, page
from funnel.usecases.errors import Refused
from funnel.usecases.house import House
from funnel.usecases.shelf import Published


class BadCondition(Refused):
    """A condition that cannot stand: where (`column` counts characters from 1), what is wrong, what would mend it."""

    def __init__(self, error: ConditionError) -> None:
        self.code, self.message, self.fix = error.code, error.message, error.fix
        self.column = error.offset + 1
        super().__init__("column %(column)s: %(message)s", column=self.column, message=error.message)


@dataclass(frozen=True, slots=True)
class Match:
    """Someone who meets it; `pass_number` where a scenario was asked about."""

    lead: int
    name: str
    email: str
    pass_number: int | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """How many meet it, and the first of them by id."""

    count: int
    people: tuple[Match, ...]


def match_leads(house: House, text: str, *, scenario: str | None = None, most: int = 50) -> Matching:
    """All leads who meet the condition by their latest answers; with a scenario, those running in it, each with the
    answers and the appointment of that enrolment. One statement picks them. `BadCondition` for what cannot stand."""
    with house.database.read() as connection:
        condition = _read(house, connection, text)
        wanted = meeting(condition, connection.dialect.name, scenario=scenario, running=True)
        count, rows = page(connection, wanted, most)
    return Matching(count, tuple(Match(row.id, row.name, row.email, row.pass_number) for row in rows))


def _read(house: House, connection: Connection, text: str) -> Condition:
    published = house.shelf.published(connection, installation.moment(connection).revision)
    try:
        return parse_condition(text, scenario_vocabulary(_questionnaires(published), published.company.company))
    except ConditionError as error:
        raise BadCondition(error) from None


def _questionnaires(published: Published) -> Mapping[str, Questionnaire]:
    return {name: one for bundle in published.newest.values() for name, one in bundle.questionnaires.items()}
