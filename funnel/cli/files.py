"""A scenario from its files, for commands that publish nothing: sound, or refused with what stands in the way."""

from pathlib import Path

from funnel.authoring.bundle import CompanyBundle
from funnel.authoring.hints import suggest
from funnel.authoring.load import Loaded, load_folder
from funnel.usecases.errors import NotFound, Refused


def load_scenario(home: Path, name: str) -> tuple[Loaded, CompanyBundle]:
    """A home in which this scenario can be run, and its company. `NotFound` with the name that was probably meant,
    `Refused` with every fault when it or the company is broken."""
    loaded = load_folder(home)
    if loaded.company is not None and name in loaded.bundles:
        return loaded, loaded.company
    if loaded.company is not None and name not in loaded.broken:
        raise NotFound(f"there is no scenario {name!r} in {home / 'scenarios'}; {suggest(name, loaded.bundles)}")
    faults = "\n".join(map(str, loaded.findings))
    raise Refused(f"{name} is broken. Mend it first: funnel check {home}\n{faults}")
