"""A version: everything a scenario, or the company, needs to run, with the bytes of every file and their digest."""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from funnel.authoring.mail_pieces import HOUSE_FOLDER
from funnel.domain.company import Company
from funnel.domain.conditions import Condition
from funnel.domain.email import Email
from funnel.domain.questionnaire import Questionnaire
from funnel.domain.scoring.rules import Rulebook
from funnel.domain.tunnel.program import Program
from funnel.domain.tunnel.scenario import Scenario

COMPANY = "company"
"""The name that the company's version goes by; no scenario may have it."""

COMPANY_FILE = "scenarios/company.yaml"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A sound scenario with all that it names. `files` holds bytes by path; `program.version` is `digest`."""

    name: str
    program: Program
    scenario: Scenario
    questionnaires: Mapping[str, Questionnaire]
    emails: Mapping[str, Email]
    digest: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class CompanyBundle:
    """The company with what all scenarios share: its own (`house`) mails, the base page, articles, privacy pages."""

    company: Company
    rules: Rulebook
    segments: Mapping[str, Condition]
    suggestions: Mapping[str, Condition]
    emails: Mapping[str, Email]
    digest: str
    files: Mapping[str, bytes]

    @property
    def judged(self) -> tuple[Rulebook, Mapping[str, Condition], Mapping[str, Condition]]:
        """What is judged of a lead whenever she changes: points, segments, suggestions."""
        return self.rules, self.segments, self.suggestions


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256, in hexadecimal, over every path and its bytes in order of path, each led by its length."""
    whole = hashlib.sha256()
    for path in sorted(files):
        name = path.encode()
        whole.update(len(name).to_bytes(4, "big") + name)
        whole.update(len(files[path]).to_bytes(8, "big") + files[path])
    return whole.hexdigest()


@dataclass(frozen=True, slots=True)
class Belongings:
    """Which files belong to a version: these, and everything below these folders."""

    files: frozenset[str]
    folders: tuple[str, ...]

    def __contains__(self, path: str) -> bool:
        return path in self.files or path.startswith(self.folders)

    def of(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Those of `files` that belong here."""
        return {path: content for path, content in sorted(files.items()) if path in self}


def scenario_belongings(
    name: str,
    scenario: Scenario,
    emails: Collection[str],
    questionnaires: Collection[str],
    assets: Collection[str],
    files: Collection[str],
    base: str | None = None,
) -> Belongings:
    """A scenario's files: its own, its e-mail folders and the house's mail parts, its pages with their shared parts,
    assets, questionnaires, persona; the scenario that it is made from."""
    parts = (f"email_templates/{name}/_", f"{HOUSE_FOLDER}_")
    named = {f"scenarios/{name}.yaml", *(file for file in files if _is_shared_page(file) or file.startswith(parts))}
    named |= {f"scenarios/questionnaires/{questionnaire}.yaml" for questionnaire in questionnaires}
    named |= {file for asset in assets for file in twins_of(f"assets/{name}/{asset}", files)}
    if base:
        named.add(f"scenarios/{base}.yaml")
    if scenario.persona:
        named.add(f"scenarios/personas/{scenario.persona}.yaml")
    mails = (f"email_templates/{name}/{email}/" for email in sorted(emails))
    folders = (f"landing_pages/{name}/", *mails)
    return Belongings(frozenset(named), folders)


def twins_of(path: str, files: Collection[str]) -> list[str]:
    """A file and what stands in its place in another language: `guide.pdf` and `guide.fr.pdf`."""
    stem, _, ending = path.rpartition(".")
    twin = re.compile(rf"{re.escape(stem)}\.[a-z]{{2}}\.{re.escape(ending)}")
    return sorted(file for file in files if file == path or twin.fullmatch(file))


def company_belongings(files: Collection[str], questionnaires: Collection[str] = ()) -> Belongings:
    """The company's files: `company.yaml`, the questionnaires that its rules of points look at, house mails, the pages
    that belong to no scenario."""
    asked = {f"scenarios/questionnaires/{questionnaire}.yaml" for questionnaire in questionnaires}
    own = {file for file in files if _is_page(file) and file.count("/") == 1}
    return Belongings(frozenset({COMPANY_FILE, *asked, *own}), (HOUSE_FOLDER, "landing_pages/articles/"))


def _is_page(file: str) -> bool:
    return file.startswith("landing_pages/") and file.endswith(".html")


def _is_shared_page(file: str) -> bool:
    return _is_page(file) and file.startswith("landing_pages/_") and file.count("/") == 1
