"""One file checked by itself, outside any home: its syntax, its shape and what it says of itself, not what it names."""

from pathlib import Path
from typing import Any

from funnel.authoring.document import Document
from funnel.authoring.findings import Finding, in_order
from funnel.authoring.positions import MAX_BYTES, read_yaml
from funnel.authoring.rules.company import company_problems
from funnel.authoring.rules.email import email_problems
from funnel.authoring.rules.questionnaire import questionnaire_problems
from funnel.authoring.rules.template import template_findings
from funnel.authoring.saying import say
from funnel.authoring.shape import validate
from funnel.domain.company import Company
from funnel.domain.email import Email
from funnel.domain.persona import Persona
from funnel.domain.questionnaire import Questionnaire
from funnel.domain.tunnel.reuse import Reuse
from funnel.domain.tunnel.scenario import Scenario


def check_file(name: str, path: Path) -> tuple[bytes, tuple[Finding, ...]]:
    """A file's bytes and its findings, told under `name`. Its kind shows from its name, else from its first words."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        told = Finding(
            name,
            1,
            1,
            "error",
            "unreadable",
            say("the file cannot be read: %(error)s", error=error),
            say("check its rights"),
        )
        return b"", (told,)
    if path.suffix in (".html", ".mjml", ".txt"):
        return content, in_order(template_findings(name, content))
    document = read_yaml(name, content)
    return content, in_order([*document.findings, *_check(path.name, document)])


def _check(name: str, document: Document) -> list[Finding]:
    data: Any = document.data
    if data is None and document.findings:
        return []
    keys = set(data) if isinstance(data, dict) else set()
    if name == "company.yaml":
        company, problems = validate(Company, document)
        problems += company_problems(company) if company else []
    elif name == "email.yaml" or "preheader" in keys:
        email, problems = validate(Email, document)
        problems += email_problems(email, None) if email else []
    elif "questionnaire" in keys and "scenario" not in keys:
        questionnaire, problems = validate(Questionnaire, document)
        problems += questionnaire_problems(questionnaire) if questionnaire else []
    elif "use" in keys:
        _, problems = validate(Reuse, document)
    elif "persona" in keys and "scenario" not in keys:
        _, problems = validate(Persona, document)
    else:
        _, problems = validate(Scenario, document)
    return [document.place(problem) for problem in problems if document.tells(problem)]
