"""Whether a rehearsal shows what the scenario's `expect:` says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from funnel.authoring.saying import Saying, say, say_many
from funnel.domain.lead import Lead
from funnel.domain.tunnel.expectation import Expectation
from funnel.usecases.rehearsal.outcome import Rehearsal


@dataclass(frozen=True, slots=True)
class Unmet:
    """An expectation that did not come true: the lead's `place` in `expect:`, the key, what was expected, what came."""

    place: int
    lead: str
    key: str
    expected: Any
    found: Any
    inside: int | None = None
    """After how many days she was still inside, where that is why she has not come to the end that was expected."""

    def __str__(self) -> str:
        return str(self.said())

    def said(self) -> Saying:
        """The whole of it in a sentence."""
        if self.key == "comes":
            return say("%(lead)s does not come in the time that is rehearsed", lead=self.lead)
        if self.key == "handed_over":
            told = say("%(lead)s is handed over", lead=self.lead)
            return told if self.found else say("%(lead)s is not handed over", lead=self.lead)
        if self.inside is not None:
            return say_many(
                "%(lead)s is still inside after %(num)s day, and has not come to %(expected)s yet",
                "%(lead)s is still inside after %(num)s days, and has not come to %(expected)s yet",
                self.inside,
                lead=self.lead,
                expected=str(self.expected),
            )
        values = {"lead": self.lead, "found": _said(self.found), "expected": _said(self.expected)}
        match self.key:
            case "gets":
                return say("%(lead)s gets %(found)s, not %(expected)s", **values)
            case "ends":
                return say("%(lead)s ends with %(found)s, not %(expected)s", **values)
            case "score":
                return say("%(lead)s has the score %(found)s, not %(expected)s", **values)
        return say("%(lead)s has the tags %(found)s, not %(expected)s", **values)


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
    inside = any(e.scenario == name and e.state in ("waiting", "awaiting") for e in lead.enrolments)
    if inside and expected.ends is not None and expected.ends not in ended[-1:]:
        # What else she lacks may come yet.
        yield Unmet(place, expected.lead, "ends", expected.ends, None, (done.ends_at - done.begins_at).days)
        return
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


def _said(value: Any) -> Saying:
    if value is None or value == []:
        return say("nothing")
    return Saying(f"[{', '.join(value)}]" if isinstance(value, list) else str(value))
