"""`funnel check --rehearse`: expectations that do not come true, mails that cannot be written with somebody's data, and
who is parked, told like every other fault, at their place."""

from collections.abc import Iterator

from funnel.authoring.document import Document
from funnel.authoring.findings import Finding, Path, Problem
from funnel.authoring.load import Loaded
from funnel.authoring.positions import read_yaml
from funnel.authoring.reuse import unfold, with_base_files
from funnel.authoring.saying import say
from funnel.domain.tunnel.scenario import Scenario
from funnel.usecases.house import Stationery
from funnel.usecases.rehearsal.expectations import unmet
from funnel.usecases.rehearsal.outcome import Parked, Unwritten, faults, parked
from funnel.usecases.rehearsal.post import PostOffice
from funnel.usecases.rehearsal.run import FormRefused, rehearse


def unmet_findings(loaded: Loaded, stationery: Stationery | None = None) -> Iterator[Finding]:
    """Rehearse every sound scenario that expects something, with its own leads only; a finding for each mail that
    cannot be written to them, for each of them who is parked, for each key of `expect:` that came out otherwise to who
    got all mails and was not, or for the first lead whose form would be refused. Without `stationery` no mail is
    written."""
    if (company := loaded.company) is None:
        return
    told: set[tuple[str, str]] = set()
    for name, bundle in loaded.bundles.items():
        if bundle.scenario.expect:
            document = _document(loaded, name)
            try:
                post = PostOffice(stationery, loaded.bundles, company, origins=loaded.origins) if stationery else None
                done = rehearse(loaded.bundles, company, name, people=0, post=post)
            except FormRefused as refused:
                yield document.place(_refused(bundle.scenario, refused))
                continue
            for fault, _ in faults(done):
                if (fault.file, fault.why) not in told:
                    told.add((fault.file, fault.why))
                    yield _unwritten(fault)
            spoilt = {one.person for one in done.unwritten}
            for stuck in parked(done):
                spoilt.add(stuck.person)
                yield document.place(_parked(bundle.scenario, stuck))
            for one in [one for one in unmet(done) if one.lead not in spoilt]:
                path: Path = ("expect", one.place, one.key)
                fix = say(
                    "change the scenario, or what is expected; `funnel rehearse %(name)s` shows the whole story",
                    name=name,
                )
                yield document.place(Problem(path, "unmet-expectation", one.said(), fix))


def _unwritten(one: Unwritten) -> Finding:
    """At the file's beginning, with the first whom the fault keeps from her mail."""
    message = say("%(lead)s's mail cannot be written: %(why)s", lead=one.person, why=one.why)
    fix = say("ask `{% if ... %}` whether it is there before it is used, or write it for everybody")
    return Finding(one.file, 1, 1, "error", "template-syntax", message, fix)


def _parked(scenario: Scenario, stuck: Parked) -> Problem:
    """At the lead."""
    place = next(place for place, one in enumerate(scenario.expect) if one.lead == stuck.person)
    message = say("%(name)s is parked: %(why)s", name=stuck.person, why=stuck.reason)
    fix = say("mend what it names; `funnel rehearse %(name)s` shows the whole story", name=scenario.scenario)
    return Problem(("expect", place, "lead"), "unmet-expectation", message, fix)


def _refused(scenario: Scenario, refused: FormRefused) -> Problem:
    """At the first field that is wrong, where the file says it, else at the lead."""
    place = next(place for place, one in enumerate(scenario.expect) if one.lead == refused.person)
    path: Path = ("expect", place, next(iter(refused.fields)))
    message = say("%(name)s's form is refused: %(why)s", name=refused.person, why=refused.said)
    return Problem(path, "unmet-expectation", message, say("change what she gives"))


def _document(loaded: Loaded, name: str) -> Document:
    file = f"scenarios/{name}.yaml"
    files, _ = with_base_files(loaded.files)
    return unfold(read_yaml(file, files[file]), files)[0]
