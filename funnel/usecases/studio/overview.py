"""How every scenario stands: version, pause, people, findings of its files, and its figures beside its targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from funnel.authoring.bundle import Bundle
from funnel.authoring.findings import Finding
from funnel.storage import enrolments, installation, reached
from funnel.usecases.house import House
from funnel.usecases.publish_scenarios import GONE
from funnel.usecases.shelf import COMPANY, Published
from funnel.usecases.studio.findings import Findings, read_findings

STEPS = (
    *("visitors", "leads", "answered", "opened", "clicked", "downloaded", "qualified", "handed_over", "accepted"),
    *("booked", "held", "missed", "cancelled", "customers"),
)
"""What `targets:` may name, in the order of a lead's way."""
ALWAYS = ("leads", "answered", "qualified", "booked", "held")
"""Shown whether the file names them or not; the others when it does."""
UNCOUNTED = ("visitors",)
"""What nothing counts yet."""
_TOUCHED = frozenset(("opened", "clicked"))


@dataclass(frozen=True, slots=True)
class Figure:
    """How many came as far as `step`; the share (per cent) of the counted step before and of all leads; the target as
    the file says it, and whether it is reached (none: there is none, or nothing to compare it with).

    A target in per cent is one of all leads.
    """

    step: str
    number: int | None
    of_before: float | None = None
    of_leads: float | None = None
    target: str | None = None
    reached: bool | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A published scenario; `sent` counts its mails. `gone`: its file is not there any more, and it runs on."""

    name: str
    bundle: Bundle
    since: datetime
    paused: bool
    inside: int
    parked: int
    sent: int
    findings: Sequence[Finding]
    gone: bool
    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class Studio:
    """The overview. `all_paused`: the company's own mails stand still too."""

    now: datetime
    published: Published
    cards: Sequence[Card]
    findings: Findings
    all_paused: bool


def read_studio(house: House) -> Studio:
    """Everything, as of one instant, in as many queries for one scenario as for a hundred."""
    with house.database.read() as connection:
        moment = installation.moment(connection)
        published = house.shelf.published(connection, moment.revision)
        standing = enrolments.count_by_state(connection)
        far = reached.people_by_step(connection)
        sent = reached.mails_sent(connection)
        aims = (bundle.scenario.targets.keys() for bundle in published.newest.values())
        touched = reached.touched(connection) if any(one & _TOUCHED for one in aims) else {}
    found = read_findings(house.settings.home, published)
    inside: dict[str, int] = {}
    for (scenario, state), number in standing.items():
        if state != "ended":
            inside[scenario] = inside.get(scenario, 0) + number
    cards = [
        Card(
            name,
            bundle,
            published.since[name],
            name in published.paused,
            inside.get(name, 0),
            standing.get((name, "parked"), 0),
            sent.get(name, 0),
            found.by_scenario.get(name, ()),
            published.troubles.get(name) == GONE,
            figures(
                bundle.scenario.targets,
                {**far.get(name, {}), **touched.get(name, {})},
                asks=bundle.scenario.magnet is not None,
            ),
        )
        for name, bundle in sorted(published.newest.items(), key=lambda one: one[1].scenario.form is None)
    ]
    return Studio(moment.now, published, cards, found, COMPANY in published.paused)


def figures(targets: Mapping[str, int | str], far: Mapping[str, int], *, asks: bool) -> list[Figure]:
    """A scenario's figures; `asks`: it has a questionnaire, so answers are a step of its way."""
    found: list[Figure] = []
    before: int | None = None
    leads = far.get("leads", 0)
    for step in STEPS:
        if step not in targets and (step not in ALWAYS or (step == "answered" and not asks)):
            continue
        if step in UNCOUNTED:
            found.append(Figure(step, None, target=str(targets[step])))
            continue
        number = far.get(step, 0)
        of_leads = _share(number, leads) if step != "leads" else None
        found.append(
            Figure(
                step,
                number,
                _share(number, before),
                of_leads,
                str(targets[step]) if step in targets else None,
                _reached(targets.get(step), number, of_leads),
            )
        )
        before = number
    return found


def _share(part: int, whole: int | None) -> float | None:
    return 100 * part / whole if whole else None


def _reached(target: int | str | None, number: int, of_leads: float | None) -> bool | None:
    if isinstance(target, int):
        return number >= target
    if target is None or of_leads is None:
        return None
    return of_leads >= float(target.strip().removesuffix("%").strip())
