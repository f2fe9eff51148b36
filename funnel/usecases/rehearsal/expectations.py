"""Whether a rehearsal shows what the scenario's `expect:` says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from funnel.domain.lead import Lead
from funnel.domain.tunnel.expectation import Expectation
from funnel.usecases.rehearsal.run import Rehearsal


@dataclass(frozen=True, slots=True)
class Unmet:
    """An expectation that did not come true: the lead's `place` in `expect:`, the key, what was expected, what came."""

    place: int
    lead: str
    key: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        if self.key == "comes":
            return f"{self.lead} does not come in the time that is rehearsed"
        if self.key == "gets":
            return f"{self.lead} gets {_list(self.found)}, not {_list(self.expected)}"
        if self.key == "handed_over":
            return f"{self.lead} is {'' if self.found else 'not '}handed over"
        said = {"ends": "ends with", "score": "has the score", "tags": "has the tags"}[self.key]
        return f"{self.lead} {said} {_said(self.found)}, not {_said(self.expected)}"


def unmet(done: Rehearsal) -> list[Unmet]:
    """Every expectation that did not come true, in the order of the file."""
    found: list[Unmet] = []
    for place, expected in enumerate(done.bundle.scenario.expect):
        lead = done.leads.get(expected.lead)
        if lead is not None:
            found += _of(done, place, expected, lead)
        else:
            found.append(Unmet(place, expected.lead, "comes", expected.comes, None))
    return found


def _of(done: Rehearsal, place: int, expected: Expectation, lead: Lead) -> Iterator[Unmet]:
    name = done.bundle.name
    entries = done.of(expected.lead)
    own = [e for e in entries if e.kind == "mail" and e.detail["to"] == "lead" and e.what.startswith(f"{name}/")]
    ended = [e.what for e in entries if e.kind == "ended" and e.detail["scenario"] == name]
    shown = {
        "gets": [entry.what.partition("/")[2] for entry in own],
        "ends": ended[-1] if ended else None,
        "handed_over": any(entry.kind == "handed_over" for entry in entries),
        "score": lead.score,
        "tags": sorted(lead.tags),
    }
    for key, value in shown.items():
        wanted = getattr(expected, key)
        if wanted is not None and (sorted(wanted) if key == "tags" else wanted) != value:
            yield Unmet(place, expected.lead, key, wanted, value)


def _list(names: list[str]) -> str:
    return f"[{', '.join(names)}]" if names else "nothing"


def _said(value: Any) -> str:
    return "nothing" if value is None else _list(value) if isinstance(value, list) else str(value)
