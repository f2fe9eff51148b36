"""What the linter says of the files as they lie on disk, by the scenario that they belong to; what runs is what was
published."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from funnel.authoring.findings import Finding
from funnel.authoring.load import load_folder
from funnel.usecases.publish_on_save import Look, look
from funnel.usecases.shelf import Published

_KEPT: dict[Path, tuple[Look, Sequence[Finding]]] = {}
_LOCK = threading.Lock()


@dataclass(frozen=True)
class Findings:
    """Findings by scenario; `shared` are those of files that belong to none, or to several; `there` says whether this
    machine has the files at all: a live installation may be published from elsewhere."""

    there: bool
    by_scenario: Mapping[str, Sequence[Finding]] = field(default_factory=dict)
    shared: Sequence[Finding] = ()

    def noted(self, trouble: str) -> Finding | None:
        """The one that publishing noted as a scenario's trouble, if its file still has it."""
        return next((one for one in chain(self.shared, *self.by_scenario.values()) if str(one) == trouble), None)


def read_findings(home: Path, published: Published) -> Findings:
    """Check the files, once for each time that one of them was saved."""
    if not (home / "scenarios").is_dir():
        return Findings(False)
    seen = look(home)
    with _LOCK:
        kept = _KEPT.get(home)
    if kept is None or kept[0] != seen:
        kept = (seen, load_folder(home).findings)
        with _LOCK:
            _KEPT[home] = kept
    by_scenario: dict[str, list[Finding]] = {}
    shared: list[Finding] = []
    for finding in kept[1]:
        owners = _owners(finding.file, published)
        for name in owners:
            by_scenario.setdefault(name, []).append(finding)
        if not owners:
            shared.append(finding)
    return Findings(True, by_scenario, shared)


def _owners(file: str, published: Published) -> list[str]:
    """The scenarios that a file belongs to: its own, or whoever has it in the version that runs."""
    named = [
        name
        for name in published.newest
        if file == f"scenarios/{name}.yaml" or file.startswith((f"email_templates/{name}/", f"landing_pages/{name}/"))
    ]
    return named or [
        name
        for name, bundle in published.newest.items()
        if file in bundle.files and file.startswith(("scenarios/questionnaires/", "scenarios/personas/"))
    ]
