"""Publishing: check, store every byte, switch, in one transaction; people inside keep the version they have."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from funnel.authoring.bundle import COMPANY_FILE, CompanyBundle
from funnel.authoring.findings import Finding, has_error, in_order
from funnel.authoring.load import load_folder
from funnel.authoring.rules.still_in_use import OPEN, Section, removed, still_in_use
from funnel.authoring.saying import Saying, say
from funnel.storage import calls_to_action, former_users, in_use, installation, leads
from funnel.usecases.house import House
from funnel.usecases.reassign import left_behind
from funnel.usecases.shelf import COMPANY
from funnel.usecases.unwritable import unwritable

GONE = "gone"
"""The trouble of a scenario that runs on although its file has been deleted."""


@dataclass(frozen=True)
class Publication:
    """What came of it: every finding, the names that got a new version, those whose file is broken, and those whose
    file was broken and says again what is published."""

    findings: Sequence[Finding]
    changed: Sequence[str]
    broken: Sequence[str]
    mended: Sequence[str] = ()


def publish_scenarios(house: House, home: Path, *, sound_only: bool = False, who: str = "shell") -> Publication:
    """Publish everything under `home`; each mail of a new version is compiled first. An error stops all of it; with
    `sound_only` (demo mode, at each save) it stops only its own scenario, whose last good version runs on and says so.
    Open work counts as an error: what it names cannot be removed from the company. People can: what they leave behind
    is told as a warning."""
    loaded = load_folder(home)
    findings = loaded.findings
    broken = {name: str(finding) for name, finding in loaded.broken.items()}
    if has_error(loaded.findings) and not sound_only:
        return Publication(loaded.findings, [], sorted(broken))
    with house.database.read() as connection:
        running = {row["digest"] for row in installation.published(connection)}
    if lost := unwritable(house.writer, loaded, running):
        findings = in_order([*findings, *(finding for found in lost.values() for finding in found)])
        broken |= {name: str(found[0]) for name, found in lost.items() if name not in broken}
        if not sound_only:
            return Publication(findings, [], sorted(broken))
    wanted = {name: bundle for name, bundle in loaded.bundles.items() if name not in broken}
    with house.database.write() as connection:
        now = installation.moment(connection).now
        rows = installation.published(connection)
        before = {row["name"]: row["digest"] for row in rows}
        troubled = {row["name"] for row in rows if row["trouble"]}
        if (
            loaded.company
            and COMPANY not in broken
            and (needed := _still_in_use(house, connection, before, loaded.company))
        ):
            findings = in_order([*findings, *needed])
            broken[COMPANY] = str(needed[0])
            if not sound_only:
                return Publication(findings, [], sorted(broken))
        changed = []
        if loaded.company and COMPANY not in broken and before.get(COMPANY) != loaded.company.digest:
            _publish_company(house, connection, before.get(COMPANY), loaded.company, now)
            changed.append(COMPANY)
        for name, bundle in wanted.items():
            if before.get(name) != bundle.digest:
                installation.store_version(connection, name, bundle.digest, bundle.files, now)
                installation.publish(connection, name, bundle.digest, now)
                changed.append(name)
        if loaded.company and COMPANY not in broken:
            findings = in_order([*findings, *_left_behind(connection, loaded.company, now)])
        gone = {name: GONE for name in before if name not in {COMPANY, *loaded.bundles, *broken}}
        installation.note_trouble(connection, broken | gone)
        installation.bump(connection)
        if changed:
            installation.write_audit(connection, who, "publish", ", ".join(changed), {}, now)
    mended = sorted(troubled - {*changed, *broken, *gone})
    return Publication(findings, changed, sorted(broken), mended)


def _publish_company(
    house: House, connection: Connection, before: str | None, company: CompanyBundle, now: datetime
) -> None:
    """Store it and switch; `before`: the digest of the one until now, whose people may have left."""
    installation.store_version(connection, COMPANY, company.digest, company.files, now)
    installation.publish(connection, COMPANY, company.digest, now)
    calls_to_action.publish(connection, [one.model_dump() for one in company.company.calls_to_action], now)
    if before:
        was = house.shelf.company(connection, before)
        here = {one.id for one in company.company.users}
        former_users.publish(connection, {one.id: one.name for one in was.company.users}, here, now)
        if _judges_otherwise(was, company):
            leads.plan_reviews(connection, now)  # what is judged of her may be other now


def _judges_otherwise(before: CompanyBundle, after: CompanyBundle) -> bool:
    own = (before.company.suggestions, after.company.suggestions)
    return before.judged != after.judged or own[0] != own[1]


def _still_in_use(
    house: House, connection: Connection, before: Mapping[str, str], wanted: CompanyBundle
) -> list[Finding]:
    """What has gone from the company although open work names it."""
    if before.get(COMPANY) in (None, wanted.digest):
        return []
    gone = removed(house.shelf.company(connection, before[COMPANY]).company, wanted.company)
    used: dict[Section, dict[str, list[str]]] = {
        "appointment_types": in_use.appointment_types(connection, gone["appointment_types"]),
        "webhooks": in_use.webhooks(connection, gone["webhooks"]),
    }
    return still_in_use(wanted.files[COMPANY_FILE], used)


def _left_behind(connection: Connection, company: CompanyBundle, now: datetime) -> list[Finding]:
    """Who has left with open work, or is away during appointments, by how much of it: others can take it over. Only
    appointments ahead count: what is over waits for its mark on the manager's desk, and nobody can take it over."""
    left = in_use.others(connection, [one.id for one in company.company.reps], ("handoffs", "tasks"))
    for name, number in Counter(row["rep"] for row in left_behind(connection, company.company, now)).items():
        left[name] = {**left.get(name, {}), "appointments": number}
    used = {name: [_counted(what, one[what]) for what in in_use.WORK if what in one] for name, one in left.items()}
    return still_in_use(company.files[COMPANY_FILE], {"users": used})


def _counted(what: str, number: int) -> Saying:
    return say("%(what)s (%(number)s)", what=OPEN[what], number=number)


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
