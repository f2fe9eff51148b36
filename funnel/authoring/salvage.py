"""What still holds of a file whose shape is broken: a model of the sound parts, so that the rest is checked too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from funnel.authoring.findings import Path, Problem
from funnel.domain.company import Company
from funnel.domain.email import Email
from funnel.domain.model import Authored
from funnel.domain.questionnaire import Questionnaire
from funnel.domain.tunnel.scenario import Scenario

M = TypeVar("M", bound=Authored)

_ROUNDS = 12
"""How often a part is cut out and the rest tried again; each round ends at least one level further up."""

_CUT = object()

_FILLERS: Mapping[type[Authored], Mapping[str, Any]] = {
    Scenario: {"scenario": "x", "title": "x", "offer": "x", "why": "volume", "sequence": [{"end": "x"}]},
    Questionnaire: {
        "questionnaire": "x",
        "title": "x",
        "pages": [{"title": "x", "questions": [{"id": "x", "kind": "short_text", "text": "x"}]}],
    },
    Email: {"kind": "asked", "preheader": "x"},
    Company: {
        "name": "x",
        "legal_name": "x",
        "postal_address": ["x"],
        "brand": {"primary": "#000000", "accent": "#000000"},
        "zone": "UTC",
        "country": "FR",
        "locales": ["en"],
        "sender": {"name": "x", "email": "x@x.example"},
        "privacy_notice": "x",
        "privacy_contact": "x@x.example",
        "teams": [{"id": "x", "name": "x"}],
        "users": [{"id": "x", "name": "x", "email": "y@x.example", "role": "rep", "team": "x"}],
    },
}
"""What stands for a required key of the first level when nothing sound does; never told, since it is `lost`."""

_FOLLOWS = frozenset(("missing-key", "misplaced-key", "left-out", "bad-value"))
"""What may be said of the rest of a mapping only because something of it is gone."""

_IN_STEPS: Mapping[str, Any] = {
    "within": "14 days",
    "otherwise": [{"end": "x"}],
    "because": "x",
    "when": "score >= 0",
    "do": [],
}
"""What stands for a key that a step lacks, so that the rest of it is judged; nothing of it is told either."""


@dataclass(frozen=True, slots=True)
class Salvaged(Generic[M]):
    """A model made of the sound parts. `lost` are the first-level keys of which something is gone or was filled in."""

    model: M
    lost: frozenset[str]
    _data: Any = None
    _kept: Mapping[int, list[int]] = field(default_factory=dict)
    _filled: frozenset[tuple[int, str]] = frozenset()
    _lacking: frozenset[int] = frozenset()

    def certain(self, problems: Iterable[Problem], unread: frozenset[str]) -> Iterator[Problem]:
        """Those of the sound parts, where they stand in the file: nothing of what was only put there, nor of a key that
        is gone or was not read."""
        gone = self.lost | unread
        for problem in problems:
            path = self._in_file(problem.path)
            if path is None or (problem.code in _FOLLOWS and self._lacks(problem.path)):
                continue
            if not (len(path) == 1 and path[0] in gone):
                yield replace(problem, path=path)

    def _lacks(self, path: Path) -> bool:
        """Whether something of the mapping to which a path leads, or in which it ends, is gone."""
        here, before = self._data, None
        for part in path:
            before = here
            try:
                here = here[part]
            except (KeyError, IndexError, TypeError):
                here = None
        return bool({id(here), id(before)} & self._lacking) and len(path) > 1

    def _in_file(self, path: Path) -> Path | None:
        """Where a path of the salvaged model stands in the file, whose lists have more items; none when it leads into
        what was only put there."""
        found: Path = ()
        here = self._data
        for part in path:
            if (id(here), part) in self._filled:
                return None
            kept = self._kept.get(id(here))
            found = (*found, kept[part] if kept is not None and isinstance(part, int) and part < len(kept) else part)
            try:
                here = here[part]
            except (KeyError, IndexError, TypeError):
                here = None
        return found


def salvage(model: type[M], data: Any, faulty: Iterable[Path] = ()) -> Salvaged[M] | None:
    """Cut out what is `faulty`, and what does not fit until the rest does; none when even that comes to nothing."""
    if not isinstance(data, dict):
        return None
    work = _Work(_copy(data))
    for path in faulty:
        work.cut("faulty", path, {})
    work.sweep()
    for _ in range(_ROUNDS):
        try:
            made = model.model_validate(work.data, extra="forbid")
        except ValidationError as error:
            for fault in error.errors(include_url=False, include_input=False, include_context=False):
                if not work.cut(fault["type"], fault["loc"], _FILLERS[model]):
                    return None
            work.sweep()
        else:
            return Salvaged(
                made, frozenset(work.lost), work.data, work.kept, frozenset(work.filled), frozenset(work.lacking)
            )
    return None


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value


class _Work:
    """A copy of the data from which faulty parts are cut; it remembers which items of each list are left."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.lost: set[str] = set()
        self.kept: dict[int, list[int]] = {}
        self.filled: set[tuple[int, str]] = set()
        self.lacking: set[int] = set()

    def cut(self, kind: str, loc: Sequence[int | str], fillers: Mapping[str, Any]) -> bool:
        path, key = self._path(loc), str(loc[-1])
        if kind == "missing" and not path:
            self.lost.add(key)
            self.data[key] = _copy(fillers.get(key))
            return key in fillers
        if not path:
            return False
        if kind != "extra_forbidden":  # of a key that nobody knows nothing is gone but what it was meant to say
            self.lost.add(str(path[0]))
        if kind == "missing" and path[0] == "sequence" and key in _IN_STEPS:
            return self._fill(path, key)
        holder: Any = self.data
        *above, last = path
        for part in above:
            if holder is _CUT:
                return True
            holder = holder[part]
        if holder is not _CUT:
            holder[last] = _CUT
            self.lacking.add(id(holder))
        return True

    def _fill(self, path: Path, key: str) -> bool:
        """Put something in for a key that a step lacks."""
        step: Any = self.data
        for part in path:
            step = step[part]
        if isinstance(step, dict):
            step[key] = _copy(_IN_STEPS[key])
            self.filled.add((id(step), key))
        return True

    def _path(self, loc: Iterable[int | str]) -> Path:
        """The part of pydantic's location that stands in the data; names of branches and absent keys do not."""
        path: Path = ()
        here: Any = self.data
        for part in loc:
            if here is _CUT:
                break
            if (isinstance(here, dict) and part in here) or (
                isinstance(here, list) and isinstance(part, int) and part < len(here)
            ):
                path, here = (*path, part), here[part]  # type: ignore[index]
        return path

    def sweep(self) -> None:
        """Take out what has been cut."""
        pending: list[Any] = [self.data]
        while pending:
            here = pending.pop()
            if isinstance(here, dict):
                for key in [key for key, value in here.items() if value is _CUT]:
                    del here[key]
                pending += here.values()
            elif isinstance(here, list):
                left = [index for index, value in enumerate(here) if value is not _CUT]
                if len(left) < len(here):
                    before = self.kept.get(id(here)) or list(range(len(here)))
                    self.kept[id(here)] = [before[index] for index in left]
                    here[:] = [here[index] for index in left]
                pending += here
