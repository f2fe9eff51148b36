"""The files of a home while they are read: what each holds, what is wrong with it, and the versions they make."""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from itertools import chain

from funnel.authoring import layout
from funnel.authoring.bundle import COMPANY, COMPANY_FILE
from funnel.authoring.compile import Compiled, compile_scenario, questionnaires_used, words_of
from funnel.authoring.conditions import parse_condition
from funnel.authoring.document import Document
from funnel.authoring.findings import Finding, Path, Problem, at_most
from funnel.authoring.home import GUESSED, tree_of
from funnel.authoring.link_names import link_names
from funnel.authoring.positions import read_yaml
from funnel.authoring.reuse import bases, faulty_base, unfold
from funnel.authoring.rulebook import compile_rules, compile_segments, compile_suggestions
from funnel.authoring.rules.company import company_problems
from funnel.authoring.rules.email import read_email
from funnel.authoring.rules.questionnaire import questionnaire_problems
from funnel.authoring.rules.scenario import scenario_problems
from funnel.authoring.rules.surroundings import Surroundings
from funnel.authoring.rules.template import template_findings
from funnel.authoring.rules.twins import twin_problems
from funnel.authoring.rules.words import declared
from funnel.authoring.salvage import Salvaged, salvage
from funnel.authoring.saying import say
from funnel.authoring.shape import M, steps_path, validate
from funnel.authoring.steps import verb_problems
from funnel.authoring.tokens import ConditionError
from funnel.authoring.vocabulary import Vocabulary, scenario_vocabulary
from funnel.domain.company import Company
from funnel.domain.conditions import Condition
from funnel.domain.email import Email
from funnel.domain.persona import Persona
from funnel.domain.questionnaire import Questionnaire
from funnel.domain.scoring.rules import Rulebook
from funnel.domain.tunnel.program import Mail, Program
from funnel.domain.tunnel.scenario import Scenario


@dataclass(slots=True)
class Sources:
    """Everything read so far, by name, with the documents that findings are placed in.

    Without `rules` (stored bytes) files are only parsed, held against their models and compiled.
    """

    files: Mapping[str, bytes]
    findings: list[Finding]
    rules: bool = True
    company: Company | None = None
    known: Company | None = None
    """The company as far as it holds, for checking others; what is in `lost` is not known."""
    lost: frozenset[str] = frozenset()
    questionnaires: dict[str, Questionnaire] = field(default_factory=dict)
    rulebook: Rulebook = field(default_factory=Rulebook)
    segments: Mapping[str, Condition] = field(default_factory=dict)
    suggestions: Mapping[str, Condition] = field(default_factory=dict)
    profiles: dict[str, Condition | None] = field(default_factory=dict)
    """By persona, the profile a lead needs."""
    emails: dict[str, dict[str, Email]] = field(default_factory=dict)
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    programs: dict[str, tuple[Program, frozenset[str]]] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    """Files that stand under a caller's name, and where each really is."""
    bases: Mapping[str, str] = field(init=False)
    tree: dict[str, list[str]] = field(init=False)
    _found: dict[re.Pattern[str], list[tuple[str, str]]] = field(init=False, default_factory=dict)
    _vocabulary: Vocabulary | None = field(init=False, default=None)
    _words: Mapping[str, Mapping[str, Path]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.tree = tree_of(self.files)
        self.bases = bases(self.files)

    def read_company(self) -> None:
        """`company.yaml`, which all others are checked against."""
        if COMPANY_FILE not in self.files:
            if not any(finding.file == COMPANY_FILE for finding in self.findings):
                fix = say("create it, or give the folder that holds scenarios/")
                self.findings.append(Finding(COMPANY_FILE, 1, 1, "error", "missing-file", say("no company.yaml"), fix))
            return
        self.company = self.known = self._model(Company, COMPANY_FILE)
        if not self.rules:
            return
        if self.company is not None:
            self.note(COMPANY_FILE, company_problems(self.company))
        elif found := self._salvage(Company, COMPANY_FILE):
            self.known = found.model
            self.lost = found.lost | self._unread(Company, COMPANY_FILE)
            unsure = {"unknown-id", "no-reps", "no-hours", "missing-key"} if self.lost & {"teams", "users"} else set()
            self._note_salvaged(COMPANY_FILE, found, company_problems(found.model), unsure)
        self._words = declared(self.known, self.lost) if self.known else {}

    def read_all(self) -> None:
        """Questionnaires, personas, mails, pages, scenarios; these are compiled, so that conditions are checked."""
        for file, name in self.named(layout.QUESTIONNAIRE):
            self._read_questionnaire(file, name)
        self._read_rules()
        for file, name in self.named(layout.PERSONA):
            self._read_persona(file, name)
        for folder, name in sorted({(m[1], m[2]) for file in self.files if (m := layout.EMAIL.match(file))}):
            self._read_email(folder, name)
        for file in self.files:
            if self.rules and layout.TEMPLATE.match(file) and file not in self.origins:
                self.findings += template_findings(file, self.files[file])
        for file, name in sorted(self.named(layout.SCENARIO), key=lambda one: one[1] in self.bases):
            # Stored bytes hold a base for what is made from it, not to be run.
            if file != COMPANY_FILE and (self.rules or name not in self.bases.values()):
                self._read_scenario(file, name)
        if self.rules:
            self.findings += layout.other_findings(self.files)

    def around(self, name: str) -> Surroundings:
        """What a scenario may name."""
        return Surroundings(
            company=self.known,
            words=self._words,
            lost=self.lost,
            scenarios=[other for _, other in self.named(layout.SCENARIO) if other != COMPANY],
            questionnaires=[other for _, other in self.named(layout.QUESTIONNAIRE)],
            personas=[other for _, other in self.named(layout.PERSONA)],
            emails=self._below(f"email_templates/{name}/"),
            links=link_names(self.files, name),
            pages=[
                layout.LANGUAGE.sub("", page.removesuffix(".html"))
                for page in self._below(f"landing_pages/{name}/")
                if page.endswith(".html")
            ],
            assets=self._below(f"assets/{name}/"),
        )

    def _read_questionnaire(self, file: str, name: str) -> None:
        questionnaire = self._model(Questionnaire, file)
        if questionnaire is not None:
            self._name(file, "questionnaire", questionnaire.questionnaire, name)
            problems = questionnaire_problems(questionnaire) if self.rules else []
            self.note(file, problems)
            if not any(problem.level == "error" for problem in problems):
                self.questionnaires[name] = questionnaire
        elif self.rules and (found := self._salvage(Questionnaire, file)):
            unsure = {"unknown-name", "unknown-value", "type-mismatch", "bad-points"}
            unsure |= {"unknown-id"} if "themes" in found.lost or found.lost & {"pages"} else set()
            self._note_salvaged(file, found, questionnaire_problems(found.model), unsure)

    def _read_rules(self) -> None:
        """The conditions of the company's rules, segments and suggestions, which look at questionnaires too."""
        if self.known is None:
            return
        problems: list[Problem] = []
        names = self._conditions().without("pass") if self.rules else self._conditions()
        if "segments" not in self.lost:
            self.segments, problems = compile_segments(self.known.segments, names)
        if "scoring" not in self.lost:
            self.rulebook, more = compile_rules(self.known.scoring, names, self.segments)
            problems += more
        if "suggestions" not in self.lost:
            self.suggestions, more = compile_suggestions(self.known.suggestions, names)
            problems += more
        self.note(COMPANY_FILE, (one for one in problems if self._declares(_text_at(self.known, one))))

    def _read_persona(self, file: str, name: str) -> None:
        persona = self._model(Persona, file)
        if persona is None:
            return
        self._name(file, "persona", persona.persona, name)
        self.profiles[name] = None
        if self.rules and self.known is not None and "locales" not in self.lost:
            self.note(file, twin_problems(persona, self.known.locales))
        if persona.valid_when is not None:
            try:
                self.profiles[name] = parse_condition(persona.valid_when, self._conditions())
            except ConditionError as error:
                self.note(file, [error.at(("valid_when",))])

    def _conditions(self) -> Vocabulary:
        """The names of scenarios' conditions, once questionnaires are read; those of stored bytes may be compared with
        any value."""
        if self._vocabulary is None:
            whole = scenario_vocabulary(self.questionnaires, self.known, self.lost)
            self._vocabulary = whole if self.rules else whole.without_values()
        return self._vocabulary

    def _read_email(self, folder: str, name: str) -> None:
        path = f"email_templates/{folder}/{name}/"
        file = f"{path}email.yaml"
        if self.rules:
            company = None if self.lost & {"locales", "consents"} else self.known
            email, document, findings = read_email(path, self._below(path), self.files, company)
            self.findings += findings
            if document is not None:
                self.documents[file] = document
        else:
            email = self._model(Email, file) if file in self.files else None
        if email is not None:
            self.emails.setdefault(folder, {})[name] = email

    def _read_scenario(self, file: str, name: str) -> None:
        base = self.bases.get(name)
        if self.rules and base and base not in self.scenarios:
            self.documents[file] = read_yaml(file, self.files[file])
            message, fix = faulty_base(base)
            self.note(file, [Problem(("use",), "missing-file", message, fix)])
            return
        scenario = self._model(Scenario, file)
        if scenario is None:
            if self.rules and not base and (found := self._salvage(Scenario, file)):
                told = scenario_problems(found.model, self.around(name))
                self._note_salvaged(file, found, chain(told, self._compile(name, found.model)[1]), GUESSED)
            return
        self._name(file, "scenario", scenario.scenario, name)
        self.scenarios[name] = scenario
        compiled, problems = self._compile(name, scenario)
        # Without a condition there is no branch to run; all else that compiling tells is a rule.
        self.note(file, [problem for problem in problems if self.rules or problem.path[-1] == "when"])
        self.programs[name] = compiled.program, frozenset(questionnaires_used(scenario, compiled.program))

    def _compile(self, name: str, scenario: Scenario) -> tuple[Compiled, list[Problem]]:
        mails = {email: Mail(email, model.kind, model.purpose) for email, model in self.emails.get(name, {}).items()}
        profile = self.profiles.get(scenario.persona or "")
        words = words_of(scenario, self._conditions())
        compiled = compile_scenario(scenario, "", words, mails, profile)
        asked = set(questionnaires_used(scenario, compiled.program))
        problems = [problem for problem in compiled.problems if self._declares(_text_at(scenario, problem), asked)]
        return compiled, problems

    def _declares(self, text: str, missing: Set[str] = frozenset()) -> bool:
        """Whether a condition names no questionnaire that is broken, or is told to be `missing` elsewhere: such a one
        declares nothing, and what it would have declared is not wrong for that."""
        broken = {other for _, other in self.named(layout.QUESTIONNAIRE)} | missing
        return not any(f"answers.{other}" in text for other in broken - self.questionnaires.keys())

    def _model(self, model: type[M], file: str) -> M | None:
        document = self.documents[file] = read_yaml(file, self.files[file])
        if not self.rules:  # the style of this day is a rule too
            document.findings = [finding for finding in document.findings if finding.code != "uneven-indent"]
        self.findings += document.findings
        if document.data is None and document.findings:
            return None
        if model is Scenario:
            unfolded, problems, readable = unfold(document, self.files)
            self.note(file, problems)
            if not readable:
                return None
            document = self.documents[file] = unfolded
        made, problems = validate(model, document, rules=self.rules)
        self.note(file, problems)
        return made if document.sound else None

    def _salvage(self, model: type[M], file: str) -> Salvaged[M] | None:
        document = self.documents[file]
        if any(finding.file == file and finding.code in ("too-big", "too-many") for finding in self.findings):
            return None
        if model is Scenario and isinstance(document.data, dict) and "use" in document.data:
            return None  # it has no steps of its own
        steps = {steps_path(problem.path) for problem in verb_problems(document.data)} if model is Scenario else set()
        found = salvage(model, document.data, steps)
        stem = file.rpartition("/")[2].removesuffix(".yaml")
        key = model.__name__.lower()
        if found and key not in found.lost and (said := getattr(found.model, key, None)) is not None:
            self._name(file, key, said, stem)
        return found

    def _unread(self, model: type[M], file: str) -> frozenset[str]:
        """The first-level keys that a file whose reading ended early may still have."""
        document = self.documents[file]
        if document.stopped_at is None:
            return frozenset()
        keys = {field.alias or name for name, field in model.model_fields.items()}
        unclosed = {str(path[0]) for path in document.unclosed if path}
        return frozenset(keys - set(document.data or ()) | unclosed)

    def note(self, file: str, problems: Iterable[Problem]) -> None:
        """Put down what is wrong with a file."""
        document = self.documents[file]
        self.findings += (document.place(problem) for problem in at_most(problems) if document.tells(problem))

    def _note_salvaged(self, file: str, found: Salvaged[M], problems: Iterable[Problem], unsure: Iterable[str]) -> None:
        """What the sound parts of a broken file say; not what may only follow from the parts that were cut out."""
        sure = (problem for problem in problems if problem.code not in unsure)
        self.note(file, found.certain(sure, self._unread(type(found.model), file)))

    def _name(self, file: str, key: str, said: str, stem: str) -> None:
        if said != stem and self.rules:
            self.note(file, [layout.wrong_name(key, said, stem)])

    def named(self, pattern: re.Pattern[str]) -> list[tuple[str, str]]:
        """The files of a kind with the name each gives, in order."""
        if pattern not in self._found:
            found = ((file, pattern.match(file)) for file in sorted(self.files))
            self._found[pattern] = [(file, match[1]) for file, match in found if match]
        return self._found[pattern]

    def _below(self, folder: str) -> list[str]:
        """The names directly below a folder."""
        return self.tree.get(folder, [])


def _text_at(model: Scenario | Company, problem: Problem) -> str:
    """The words of the condition that a problem speaks of."""
    here: object = model
    for part in problem.path:
        if isinstance(part, int) and isinstance(here, list):
            here = here[part]
        elif isinstance(here, dict):
            here = here.get(part)
        else:
            here = getattr(here, f"{part}_" if part == "await" else str(part), None)
    return here if isinstance(here, str) else ""
