"""Where each kind of file stands in a home, and what is told of files that no kind is read from."""

import re
from collections.abc import Iterator, Mapping

from funnel.authoring.findings import Finding, Problem
from funnel.authoring.positions import read_yaml
from funnel.authoring.saying import say
from funnel.domain.model import ID

SCENARIO = re.compile(r"^scenarios/([^/]+)\.yaml$")
"""Also `company.yaml`, which is none."""
QUESTIONNAIRE = re.compile(r"^scenarios/questionnaires/([^/]+)\.yaml$")
PERSONA = re.compile(r"^scenarios/personas/([^/]+)\.yaml$")
EMAIL = re.compile(r"^email_templates/([^/]+)/([^/_][^/]*)/")
TEMPLATE = re.compile(r"^landing_pages/.+\.html$|^email_templates/(?:[^/]+/)?_[^/]+\.(?:mjml|txt|html)$")
"""Pages, and the parts that mails share."""
LANGUAGE = re.compile(r"\.([a-z]{2})$")
"""At the end of a page's name, before `.html`."""


def other_findings(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Files of `scenarios/` that have no model yet are at least YAML; others are told."""
    for file, content in files.items():
        if not file.startswith("scenarios/") or any(kind.match(file) for kind in (SCENARIO, QUESTIONNAIRE, PERSONA)):
            continue
        if file.endswith(".yaml"):
            yield from read_yaml(file, content).findings
        elif not file.endswith(".md"):
            fix = (
                say("rename it to %(file)s.yaml", file=file.removesuffix(".yml"))
                if file.endswith(".yml")
                else say("move it elsewhere")
            )
            yield Finding(file, 1, 1, "warning", "unknown-file", say("only .yaml files are read here"), fix)


def wrong_name(key: str, said: str, stem: str) -> Problem:
    """Of a file whose name, `stem`, is not that of what it says to hold."""
    values = {"stem": repr(stem), "key": key, "said": repr(said)}
    message = say("this file is %(stem)s, so it cannot hold the %(key)s %(said)s", **values)
    fix = say("rename the file to %(file)s", file=f"{said}.yaml")
    if re.match(ID, stem):
        fix = say("write '%(key)s: %(stem)s', or rename the file", key=key, stem=stem)
    return Problem((key,), "wrong-name", message, fix)
