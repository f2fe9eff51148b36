"""What a decision may look up: the company's rules and the scenario versions that leads are pinned to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from funnel.domain.company import Company
from funnel.domain.scoring.rules import Rulebook
from funnel.domain.timing import Holidays, no_holidays
from funnel.domain.tunnel.program import Program


@dataclass(frozen=True)
class Book:
    """The rules at one moment. `programs` by (scenario, version); `current` names the version new people get."""

    company: Company
    programs: Mapping[tuple[str, str], Program]
    current: Mapping[str, str]
    holidays: Holidays = field(default=no_holidays)
    rules: Rulebook = field(default=Rulebook())

    def program(self, scenario: str, version: str) -> Program:
        """The version someone is pinned to; `KeyError` when it is not in the book."""
        return self.programs[scenario, version]

    def newest(self, scenario: str) -> Program | None:
        """The version that new people get, if the scenario is published."""
        version = self.current.get(scenario)
        return self.programs[scenario, version] if version else None
