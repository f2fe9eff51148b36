"""The rules of an e-mail's folder: `email.yaml`, and a subject and a body in every language of the company."""

import re
from collections.abc import Collection, Mapping

from funnel.authoring.document import Document
from funnel.authoring.findings import Finding, Problem
from funnel.authoring.hints import suggest
from funnel.authoring.mail_pieces import HOUSE_FOLDER
from funnel.authoring.positions import read_yaml
from funnel.authoring.rules.template import include_findings, template_findings
from funnel.authoring.rules.words import NO, unknown
from funnel.authoring.salvage import salvage
from funnel.authoring.saying import say
from funnel.authoring.shape import validate
from funnel.domain.company import Company
from funnel.domain.email import Email

_PART = re.compile(r"^(?:subject\.([a-z]{2})\.txt|body\.([a-z]{2})\.(?:mjml|txt))$")


def read_email(
    folder: str, there: Collection[str], files: Mapping[str, bytes], company: Company | None
) -> tuple[Email | None, Document | None, list[Finding]]:
    """The e-mail of `folder` (with its closing `/`), its `email.yaml`, and everything wrong with its files, whose names
    are `there`."""
    file = f"{folder}email.yaml"
    findings = _parts(folder, there, files, company)
    if file not in files:
        message = say("no email.yaml in %(folder)s", folder=folder)
        missing = Finding(file, 1, 1, "error", "missing-file", message, say("create it with 'kind:' and 'preheader:'"))
        return None, None, [*findings, missing]
    document = read_yaml(file, files[file])
    findings += document.findings
    if document.data is None and document.findings:
        return None, document, findings
    email, problems = validate(Email, document)
    if email is not None:
        problems = [*_kind(email, folder), *email_problems(email, company)]
    elif (found := salvage(Email, document.data)) and "kind" not in found.lost:
        told = [*_kind(found.model, folder), *email_problems(found.model, company)]
        problems += [problem for problem in told if not (problem.code == "missing-key" and "purpose" in found.lost)]
    findings += (document.place(problem) for problem in problems if document.tells(problem))
    return (email if document.sound else None), document, findings


def email_problems(email: Email, company: Company | None) -> list[Problem]:
    """What does not hold together in one `email.yaml`."""
    if email.kind == "marketing" and email.purpose is None:
        message = say("marketing needs the consent it rests on: missing key 'purpose'")
        fix = say("add 'purpose:'")
        if company and company.consents:
            fix = say("add 'purpose:', one of %(words)s", words=", ".join(company.consents))
        return [Problem((), "missing-key", message, fix)]
    if email.purpose is not None and email.kind != "marketing":
        message = say("'purpose' says nothing beside 'kind: %(kind)s'", kind=email.kind)
        return [Problem(("purpose",), "misplaced-key", message, say("leave it out"), at="key")]
    if email.purpose is not None and company is not None:
        return unknown(email.purpose, company.consents, NO["consent"], ("purpose",))
    return []


def _kind(email: Email, folder: str) -> list[Problem]:
    """Staff mails are the house's, and what the house sends was asked for: nothing else tells who gets it."""
    house = folder.startswith(HOUSE_FOLDER)
    if email.kind == "staff" and not house:
        message = say("a scenario's mails go to the lead; 'kind: staff' would show her what is meant for your people")
        return [
            Problem(("kind",), "bad-value", message, say("write 'asked' or 'marketing', or use 'task:' or 'webhook:'"))
        ]
    if email.kind == "marketing" and house:
        message = say("the house's mails rest on no consent, so none of them is marketing")
        return [Problem(("kind",), "bad-value", message, say("write 'asked' or 'staff'"))]
    return []


def _parts(folder: str, there: Collection[str], files: Mapping[str, bytes], company: Company | None) -> list[Finding]:
    findings: list[Finding] = []
    needed = [
        name
        for locale in (company.locales if company else [])
        for name in (f"subject.{locale}.txt", f"body.{locale}.mjml")
    ]
    for name in needed:
        if name not in there:
            message = say("no %(name)s in %(folder)s", name=name, folder=folder)
            findings.append(Finding(f"{folder}email.yaml", 1, 1, "error", "missing-file", message, say("create it")))
    for name in sorted({*there} - {"email.yaml"}):
        part = _PART.match(name)
        if not part:
            missing = {*needed, "email.yaml"} - {*there}
            fix = suggest(name, missing) if missing else say("delete it")
            message = say("%(name)s is no part of an e-mail", name=repr(name))
            findings.append(Finding(folder + name, 1, 1, "warning", "unknown-file", message, fix))
            continue
        language = part[1] or part[2]
        if company and language not in company.locales:
            message = say("%(language)s is not among the company's locales", language=repr(language))
            findings.append(
                Finding(folder + name, 1, 1, "warning", "unknown-file", message, say("delete it, or add it there"))
            )
        findings += template_findings(folder + name, files[folder + name])
        if company:
            findings += include_findings(folder + name, files[folder + name], files, company.locales)
    return findings
