"""A form as a browser fills it in: its fields, its questionnaire and branches, the bytes of its pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from funnel.authoring.branches import branching
from funnel.authoring.bundle import Bundle
from funnel.domain.company import Company
from funnel.domain.diagnosis import IsAsked
from funnel.domain.questionnaire import Questionnaire
from funnel.domain.tunnel.form import Form
from funnel.domain.tunnel.scenario import Scenario
from funnel.usecases.errors import NotFound
from funnel.usecases.house import House
from funnel.usecases.read_published import last_published, read_published
from funnel.usecases.shelf import Published


@dataclass(frozen=True)
class OpenForm:
    """The newest version of a scenario's form. `files` holds its landing pages by path, `digest` names the version."""

    name: str
    scenario: Scenario
    form: Form
    company: Company
    questionnaire: Questionnaire | None
    is_asked: IsAsked
    digest: str
    files: Mapping[str, bytes]


def open_form(house: House, scenario: str) -> OpenForm:
    """The form of a scenario (`-` counts as `_` in its name); `NotFound` when there is none."""
    return _opened(read_published(house), scenario)


def remembered_form(house: House, scenario: str) -> OpenForm | None:
    """The form as this process saw it last, without asking the database; none when it never did."""
    known = last_published(house)
    if known is None:
        return None
    try:
        return _opened(known, scenario)
    except NotFound:
        return None


def _opened(published: Published, scenario: str) -> OpenForm:
    bundle: Bundle | None = published.newest.get(scenario.replace("-", "_"))
    if bundle is None or bundle.scenario.form is None:
        raise NotFound(f"there is no form {scenario!r}")
    form = bundle.scenario.form
    questionnaire = bundle.questionnaires[form.questionnaire] if form.questionnaire else None
    return OpenForm(
        bundle.name,
        bundle.scenario,
        form,
        published.company.company,
        questionnaire,
        branching(questionnaire) if questionnaire else lambda question, values: True,
        bundle.digest,
        bundle.files,
    )
