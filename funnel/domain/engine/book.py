"""What a decision may look up: the company's rules and the scenario versions that leads are pinned to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from funnel.domain.company import Company
from funnel.domain.conditions import Condition
from funnel.domain.scoring.rules import Rulebook
from funnel.domain.timing import Holidays, no_holidays
from funnel.domain.tunnel.program import Program
from funnel.domain.tunnel.steps import AwaitStep


@dataclass(frozen=True)
class Book:
    """The rules at one moment. `programs` by (scenario, version); `current` names the version new people get;
    `own_holidays` are those of the reps with a country of their own, by id."""

    company: Company
    programs: Mapping[tuple[str, str], Program]
    current: Mapping[str, str]
    holidays: Holidays = field(default=no_holidays)
    rules: Rulebook = field(default=Rulebook())
    segments: Mapping[str, Condition] = field(default_factory=dict)
    suggestions: Mapping[str, Condition] = field(default_factory=dict)
    own_holidays: Mapping[str, Holidays] = field(default_factory=dict)

    @cached_property
    def scores_to_tell(self) -> frozenset[int]:
        """The numbers of points on which a scenario starts or for which one waits."""
        found = {one.score for one in self.company.thresholds if one.start}
        for program in self.programs.values():
            starts = program.scenario.starts_on
            if starts and starts.event == "score.reached" and starts.subject:
                found.add(int(starts.subject))
            found |= {
                one.step.score for one in program.steps.values() if isinstance(one.step, AwaitStep) and one.step.score
            }
        return frozenset(found)

    def program(self, scenario: str, version: str) -> Program:
        """The version someone is pinned to; `KeyError` when it is not in the book."""
        return self.programs[scenario, version]

    def newest(self, scenario: str) -> Program | None:
        """The version that new people get, if the scenario is published."""
        version = self.current.get(scenario)
        return self.programs[scenario, version] if version else None
