"""A home as far as it was read: what rules look at that hold between files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from funnel.authoring.codes import Code
from funnel.authoring.document import Document
from funnel.authoring.findings import Finding, Problem
from funnel.domain.company import Company
from funnel.domain.conditions import Condition
from funnel.domain.email import Email
from funnel.domain.questionnaire import Questionnaire
from funnel.domain.scoring.rules import Rulebook
from funnel.domain.tunnel.program import Program
from funnel.domain.tunnel.scenario import Scenario

GUESSED: frozenset[Code] = frozenset(("unreachable-step", "missing-unless", "unfilled-name"))
"""What is only true of a whole sequence: not told of one from which a broken step has been cut out."""


def tree_of(files: Iterable[str]) -> dict[str, list[str]]:
    """What lies directly in each folder (`a/b/`), files and folders by name, in order."""
    found: dict[str, set[str]] = {}
    for file in files:
        parts = file.split("/")
        for depth in range(1, len(parts)):
            found.setdefault("/".join(parts[:depth]) + "/", set()).add(parts[depth])
    return {folder: sorted(names) for folder, names in found.items()}


@dataclass(frozen=True, slots=True)
class Home:
    """The sound parts, by name, with the documents that findings are placed in.

    `company` may lack the sections in `lost`; `names` are all scenarios that have a file, sound or not; `bases` are
    those that others are made from by `use:`, by the name of the other; `findings` is what has been told so far.
    """

    files: Mapping[str, bytes]
    company: Company | None
    lost: frozenset[str]
    scenarios: Mapping[str, Scenario]
    programs: Mapping[str, Program]
    questionnaires: Mapping[str, Questionnaire]
    emails: Mapping[str, Mapping[str, Email]]
    rulebook: Rulebook
    segments: Mapping[str, Condition]
    suggestions: Mapping[str, Condition]
    documents: Mapping[str, Document]
    names: frozenset[str]
    bases: Mapping[str, str]
    findings: tuple[Finding, ...] = field(default=())
    tree: Mapping[str, list[str]] = field(default_factory=dict)
    """The names of what lies in each folder, in order; folders end with `/`."""

    @property
    def whole(self) -> bool:
        """Whether every scenario of the home could be read: only then is it known that nothing does a thing."""
        return self.names <= self.scenarios.keys() and not self.lost and self.company is not None

    def text(self, file: str) -> str:
        """What stands in one of the files, as far as it is text."""
        return self.files[file].decode("utf-8-sig", "replace")

    def place(self, file: str, problem: Problem) -> Finding:
        """The finding of a problem in one of the files."""
        return self.documents[file].place(problem)
