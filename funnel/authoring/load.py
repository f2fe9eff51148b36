"""All files of a home read and checked together: every finding of every file, and a version of each sound scenario."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from funnel.authoring.bundle import (
    COMPANY,
    COMPANY_FILE,
    Belongings,
    Bundle,
    CompanyBundle,
    company_belongings,
    digest_of,
    scenario_belongings,
)
from funnel.authoring.compile import compile_scenario, mails_sent, questionnaires_used
from funnel.authoring.findings import Finding, Problem, has_error, in_order
from funnel.authoring.gather import gather
from funnel.authoring.positions import Document, read_yaml
from funnel.authoring.rules.company import company_problems
from funnel.authoring.rules.email import read_email
from funnel.authoring.rules.questionnaire import questionnaire_problems
from funnel.authoring.rules.scenario import Surroundings, scenario_problems
from funnel.authoring.rules.template import template_findings
from funnel.authoring.shape import M, validate
from funnel.authoring.vocabulary import scenario_vocabulary
from funnel.domain.company import Company
from funnel.domain.email import Email
from funnel.domain.questionnaire import Questionnaire
from funnel.domain.tunnel.program import Mail, Program
from funnel.domain.tunnel.scenario import Scenario

_SCENARIO = re.compile(r"^scenarios/([^/]+)\.yaml$")
_QUESTIONNAIRE = re.compile(r"^scenarios/questionnaires/([^/]+)\.yaml$")
_PERSONA = re.compile(r"^scenarios/personas/([^/]+)\.yaml$")
_EMAIL = re.compile(r"^email_templates/([^/]+)/([^/_][^/]*)/")
_PAGE = re.compile(r"^landing_pages/.+\.html$|^email_templates/(?:[^/]+/)?_[^/]+\.(?:mjml|txt|html)$")
_LANGUAGE = re.compile(r"\.[a-z]{2}$")


class BrokenBundle(Exception):
    """Stored files that do not make a version; `findings` say why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = in_order(findings)
        super().__init__("; ".join(str(finding) for finding in self.findings if finding.level == "error"))


@dataclass(frozen=True, slots=True)
class Loaded:
    """A home: what is wrong, the company when it is sound, and each sound scenario by its name."""

    findings: tuple[Finding, ...]
    company: CompanyBundle | None
    bundles: Mapping[str, Bundle]
    files: Mapping[str, bytes]
    broken: Mapping[str, Finding]
    """The first error of each scenario that is not sound, by its name; of the company under `company`."""

    @property
    def sound(self) -> bool:
        """Whether nothing stops publishing all of it."""
        return not has_error(self.findings)


def load_folder(home: Path) -> Loaded:
    """Read and check everything under `home`. Never raises for what files say."""
    files, unread = gather(home)
    return load_files(files, unread)


def load_files(files: Mapping[str, bytes], unread: Iterable[Finding] = ()) -> Loaded:
    """The same from bytes by path. `unread` are findings of files that could not be read."""
    sources = _Sources(files, list(unread))
    sources.read_company()
    sources.read_all()
    sources.check_all()
    # Without the company a scenario's words are unchecked, so nothing may run on them.
    names = sources.scenarios if sources.company is not None else {}
    bundles = {name: bundle for name in names if (bundle := sources.bundle(name)) is not None}
    company = sources.company_bundle()
    return Loaded(in_order(sources.findings), company, bundles, files, sources.broken())


def load_bundle(files: Mapping[str, bytes]) -> Bundle:
    """A version from its stored bytes alone, as `Bundle.files` held them; `BrokenBundle` when they make none.

    What was sound when it was published runs for ever: no rule of this day is asked, only whether it can be run.
    """
    sources = _Sources(files, [], rules=False)
    sources.read_all()
    names = list(sources.scenarios)
    bundle = sources.bundle(names[0]) if len(names) == 1 else None
    if bundle is None:
        raise BrokenBundle(sources.findings)
    return bundle


def load_company(files: Mapping[str, bytes]) -> CompanyBundle:
    """The company from its stored bytes alone, by no rule of this day; `BrokenBundle` when they make none."""
    sources = _Sources(files, [], rules=False)
    sources.read_company()
    sources.read_all()
    bundle = sources.company_bundle()
    if bundle is None:
        raise BrokenBundle(sources.findings)
    return bundle


@dataclass(slots=True)
class _Sources:
    """Everything read so far, by name, with the documents that findings are placed in.

    Without `rules` (stored bytes) files are only parsed, held against their models and compiled.
    """

    files: Mapping[str, bytes]
    findings: list[Finding]
    rules: bool = True
    company: Company | None = None
    questionnaires: dict[str, Questionnaire] = field(default_factory=dict)
    emails: dict[str, dict[str, Email]] = field(default_factory=dict)
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    programs: dict[str, tuple[Program, frozenset[str]]] = field(default_factory=dict)

    def read_company(self) -> None:
        """`company.yaml`, which all others are checked against."""
        if COMPANY_FILE not in self.files:
            if not any(finding.file == COMPANY_FILE for finding in self.findings):
                fix = "create it, or give the folder that holds scenarios/"
                self.findings.append(Finding(COMPANY_FILE, 1, 1, "error", "missing-file", "no company.yaml", fix))
            return
        self.company = self._model(Company, COMPANY_FILE)
        if self.company is not None and self.rules:
            self._note(COMPANY_FILE, company_problems(self.company))

    def read_all(self) -> None:
        """Questionnaires, mails, pages and scenarios; scenarios are compiled, so that conditions are checked."""
        for file, name in self._named(_QUESTIONNAIRE):
            questionnaire = self._model(Questionnaire, file)
            if questionnaire is not None:
                self._name(file, "questionnaire", questionnaire.questionnaire, name)
                problems = questionnaire_problems(questionnaire) if self.rules else []
                self._note(file, problems)
                if not any(problem.level == "error" for problem in problems):
                    self.questionnaires[name] = questionnaire
        for folder, name in sorted({(m[1], m[2]) for file in self.files if (m := _EMAIL.match(file))}):
            self._read_email(folder, name)
        for file in self.files:
            if self.rules and _PAGE.match(file):
                self.findings += template_findings(file, self.files[file])
        for file, name in self._named(_SCENARIO):
            if file != COMPANY_FILE:
                self._read_scenario(file, name)
        if self.rules:
            self._other_files()

    def check_all(self) -> None:
        """What scenarios name, against what is there."""
        for name, scenario in self.scenarios.items():
            around = Surroundings(
                company=self.company,
                scenarios=[other for _, other in self._named(_SCENARIO)],
                questionnaires=[other for _, other in self._named(_QUESTIONNAIRE)],
                personas=[other for _, other in self._named(_PERSONA)],
                emails=self._below(f"email_templates/{name}/"),
                pages=[
                    _LANGUAGE.sub("", page.removesuffix(".html"))
                    for page in self._below(f"landing_pages/{name}/")
                    if page.endswith(".html")
                ],
            )
            self._note(f"scenarios/{name}.yaml", scenario_problems(scenario, around))

    def broken(self) -> dict[str, Finding]:
        """The first error of the company, and of each scenario: of its own file or of one that belongs to it."""
        names = [name for file, name in self._named(_SCENARIO) if file != COMPANY_FILE]
        places = {COMPANY: self._company_files(), **{name: self._scenario_files(name) for name in names}}
        errors = [finding for finding in in_order(self.findings) if finding.level == "error"]
        firsts = {name: next((f for f in errors if f.file in place), None) for name, place in places.items()}
        return {name: finding for name, finding in firsts.items() if finding is not None}

    def _company_files(self) -> Belongings:
        return company_belongings(self.files)

    def _scenario_files(self, name: str) -> Belongings:
        """What belongs to a scenario; when it cannot be read, its own file."""
        if name not in self.programs:
            return Belongings(frozenset({f"scenarios/{name}.yaml"}), ())
        scenario, (_, used) = self.scenarios[name], self.programs[name]
        return scenario_belongings(name, scenario, mails_sent(scenario), used, self.files)

    def _has_error(self, belongings: Belongings) -> bool:
        return any(finding.level == "error" and finding.file in belongings for finding in self.findings)

    def _files(self, belongings: Belongings) -> dict[str, bytes]:
        """A version's files: of a home what belongs to it, of stored bytes all, so that its digest stays."""
        return belongings.of(self.files) if self.rules else dict(self.files)

    def company_bundle(self) -> CompanyBundle | None:
        """The company's version, when none of its files has an error."""
        belongings = self._company_files()
        if self.company is None or self._has_error(belongings):
            return None
        files = self._files(belongings)
        return CompanyBundle(self.company, self.emails.get("house", {}), digest_of(files), files)

    def bundle(self, name: str) -> Bundle | None:
        """A scenario's version, when none of its files has an error."""
        if name not in self.programs:
            return None
        scenario, (program, used) = self.scenarios[name], self.programs[name]
        sent, belongings = mails_sent(scenario), self._scenario_files(name)
        if self._has_error(belongings):
            return None
        there = self.emails.get(name, {}).keys() | self.questionnaires.keys()
        if lacking := sorted({*sent, *used} - there):
            message = f"this version lacks {', '.join(lacking)}"
            self.findings.append(Finding(f"scenarios/{name}.yaml", 1, 1, "error", "missing-file", message))
            return None
        files = self._files(belongings)
        digest = digest_of(files)
        emails = {email: self.emails[name][email] for email in sorted(sent)}
        questionnaires = {other: self.questionnaires[other] for other in sorted(used)}
        return Bundle(name, replace(program, version=digest), scenario, questionnaires, emails, digest, files)

    def _read_email(self, folder: str, name: str) -> None:
        path = f"email_templates/{folder}/{name}/"
        if self.rules:
            email, findings = read_email(path, self.files, self.company)
            self.findings += findings
        else:
            file = f"{path}email.yaml"
            email = self._model(Email, file) if file in self.files else None
        if email is not None:
            self.emails.setdefault(folder, {})[name] = email

    def _read_scenario(self, file: str, name: str) -> None:
        scenario = self._model(Scenario, file)
        if scenario is None:
            return
        self._name(file, "scenario", scenario.scenario, name)
        self.scenarios[name] = scenario
        mails = {email: Mail(email, model.kind, model.purpose) for email, model in self.emails.get(name, {}).items()}
        vocabulary = scenario_vocabulary(self.questionnaires, self.company)
        if not self.rules:
            vocabulary = vocabulary.without_values()
        compiled = compile_scenario(scenario, "", vocabulary, mails)
        broken = [other for _, other in self._named(_QUESTIONNAIRE) if other not in self.questionnaires]
        document = self.documents[file]
        problems = [
            problem
            for problem in compiled.problems
            # A broken questionnaire declares nothing; what it would have declared is not wrong for that.
            if not any(f"answers.{other}" in str(document.value(problem.path)) for other in broken)
            # Without a condition there is no branch to run; all else that compiling tells is a rule.
            and (self.rules or problem.path[-1] == "when")
        ]
        self._note(file, problems)
        self.programs[name] = compiled.program, frozenset(questionnaires_used(scenario, compiled.program))

    def _model(self, model: type[M], file: str) -> M | None:
        document = self.documents[file] = read_yaml(file, self.files[file])
        if document.findings:
            self.findings += document.findings
            return None
        made, problems = validate(model, document, rules=self.rules)
        self._note(file, problems)
        return made

    def _note(self, file: str, problems: Iterable[Problem]) -> None:
        self.findings += (self.documents[file].place(problem) for problem in problems)

    def _name(self, file: str, key: str, said: str, stem: str) -> None:
        if said != stem and self.rules:
            message = f"this file is {stem!r}, so it cannot hold the {key} {said!r}"
            self._note(file, [Problem((key,), "wrong-name", message, f"write '{key}: {stem}', or rename the file")])

    def _named(self, pattern: re.Pattern[str]) -> list[tuple[str, str]]:
        found = ((file, pattern.match(file)) for file in sorted(self.files))
        return [(file, match[1]) for file, match in found if match]

    def _below(self, folder: str) -> list[str]:
        """The names directly below a folder."""
        return sorted({file.removeprefix(folder).split("/")[0] for file in self.files if file.startswith(folder)})

    def _other_files(self) -> None:
        """Files of `scenarios/` that have no model yet are at least YAML; others are told."""
        for file in self.files:
            if not file.startswith("scenarios/") or _SCENARIO.match(file) or _QUESTIONNAIRE.match(file):
                continue
            if file.endswith(".yaml"):
                self.findings += read_yaml(file, self.files[file]).findings
            elif not file.endswith(".md"):
                fix = f"rename it to {file.removesuffix('.yml')}.yaml" if file.endswith(".yml") else "move it elsewhere"
                message = "only .yaml files are read here"
                self.findings.append(Finding(file, 1, 1, "warning", "unknown-file", message, fix))
