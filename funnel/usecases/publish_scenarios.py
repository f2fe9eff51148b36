"""Publishing: check, store every byte, switch, in one transaction; people inside keep the version they have."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from funnel.authoring.findings import Finding, has_error
from funnel.authoring.load import load_folder
from funnel.storage import installation
from funnel.usecases.house import House
from funnel.usecases.shelf import COMPANY


@dataclass(frozen=True)
class Publication:
    """What came of it: every finding, the names that got a new version, and those whose file is broken."""

    findings: Sequence[Finding]
    changed: Sequence[str]
    broken: Sequence[str]


def publish_scenarios(house: House, home: Path, *, sound_only: bool = False, who: str = "shell") -> Publication:
    """Publish everything under `home`. An error stops all of it; with `sound_only` (demo mode, at each save) it stops
    only its own scenario, whose last good version runs on and says so."""
    loaded = load_folder(home)
    broken = {name: str(finding) for name, finding in loaded.broken.items()}
    if has_error(loaded.findings) and not sound_only:
        return Publication(loaded.findings, [], sorted(broken))
    wanted = {name: bundle for name, bundle in loaded.bundles.items() if name not in broken}
    with house.database.write() as connection:
        now = installation.moment(connection).now
        before = {row["name"]: row["digest"] for row in installation.published(connection)}
        changed = []
        if loaded.company and COMPANY not in broken and before.get(COMPANY) != loaded.company.digest:
            installation.store_version(connection, COMPANY, loaded.company.digest, loaded.company.files, now)
            installation.publish(connection, COMPANY, loaded.company.digest, now)
            changed.append(COMPANY)
        for name, bundle in wanted.items():
            if before.get(name) != bundle.digest:
                installation.store_version(connection, name, bundle.digest, bundle.files, now)
                installation.publish(connection, name, bundle.digest, now)
                changed.append(name)
        installation.note_trouble(connection, broken)
        installation.bump(connection)
        if changed:
            installation.write_audit(connection, who, "publish", ", ".join(changed), {}, now)
    return Publication(loaded.findings, changed, sorted(broken))


def set_paused(house: House, names: Sequence[str] | None, paused: bool, *, who: str = "shell") -> None:
    """Pause or resume scenarios (`None`: all): what is queued stands still at once, forms still answer."""
    with house.database.write() as connection:
        now = installation.moment(connection).now
        installation.set_paused(connection, names, paused)
        what = "pause" if paused else "resume"
        installation.write_audit(connection, who, what, ", ".join(names) if names else "all", {}, now)
    if not paused:
        house.bell.ring("due")
        house.bell.ring("mail")
