"""What the files that were read come to: the versions they make, and what their author is told."""

from dataclasses import replace

from funnel.authoring.bundle import (
    COMPANY,
    COMPANY_FILE,
    Belongings,
    Bundle,
    CompanyBundle,
    company_belongings,
    digest_of,
    scenario_belongings,
)
from funnel.authoring.compile import assets_given, mails_sent
from funnel.authoring.findings import Finding, in_order
from funnel.authoring.layout import SCENARIO
from funnel.authoring.mail_pieces import HOUSE
from funnel.authoring.reuse import faulty_base
from funnel.authoring.rulebook import questionnaires_in
from funnel.authoring.saying import say
from funnel.authoring.sources import Sources


def told(sources: Sources, finding: Finding) -> Finding | None:
    """The finding for its author: of a file that stands under a caller's name, where it really is; of a base's own
    style nothing, and of its errors that they are its own, for both were told there."""
    name = finding.file.removeprefix("scenarios/").removesuffix(".yaml")
    document = sources.documents.get(finding.file)
    base = sources.bases.get(name)
    use = document.keys.get(("use",)) if document is not None else None
    if base and use and finding.line == use.line:
        if finding.level == "warning":
            return None
        if any(_same(finding, one) for one in sources.findings if one.file == f"scenarios/{base}.yaml"):
            message, fix = faulty_base(base)
            return replace(finding, code="missing-file", message=message, fix=fix)
    return replace(finding, file=sources.origins.get(finding.file, finding.file))


def _same(one: Finding, other: Finding) -> bool:
    return (one.level, one.code, one.message) == (other.level, other.code, other.message)


def broken(sources: Sources) -> dict[str, Finding]:
    """The first error of the company, and of each scenario: of its own file or of one that belongs to it."""
    names = [name for file, name in sources.named(SCENARIO) if file != COMPANY_FILE]
    places = {COMPANY: company_belongings(sources.files), **{name: _scenario_files(sources, name) for name in names}}
    errors = [finding for finding in in_order(sources.findings) if finding.level == "error"]
    firsts = {name: next((f for f in errors if f.file in place), None) for name, place in places.items()}
    return {name: told(sources, finding) or finding for name, finding in firsts.items() if finding is not None}


def _scenario_files(sources: Sources, name: str) -> Belongings:
    """What belongs to a scenario; when it cannot be read, its own file."""
    if name not in sources.programs:
        return Belongings(frozenset({f"scenarios/{name}.yaml"}), ())
    scenario, (_, used) = sources.scenarios[name], sources.programs[name]
    base = sources.bases.get(name)
    return scenario_belongings(name, scenario, mails_sent(scenario), used, assets_given(scenario), sources.files, base)


def _has_error(sources: Sources, belongings: Belongings) -> bool:
    return any(finding.level == "error" and finding.file in belongings for finding in sources.findings)


def _files(sources: Sources, belongings: Belongings) -> dict[str, bytes]:
    """A version's files: of a home what belongs to it, of stored bytes all, so that its digest stays."""
    return belongings.of(sources.files) if sources.rules else dict(sources.files)


def company_bundle(sources: Sources) -> CompanyBundle | None:
    """The company's version, when none of its files has an error."""
    if sources.company is None:
        return None
    belongings = company_belongings(sources.files, questionnaires_in(sources.company))
    if _has_error(sources, belongings):
        return None
    files = _files(sources, belongings)
    house = sources.emails.get(HOUSE, {})
    judged = sources.rulebook, sources.segments, sources.suggestions
    return CompanyBundle(sources.company, *judged, house, digest_of(files), files)


def bundle(sources: Sources, name: str) -> Bundle | None:
    """A scenario's version, when none of its files has an error."""
    if name not in sources.programs:
        return None
    scenario, (program, used) = sources.scenarios[name], sources.programs[name]
    sent, belongings = mails_sent(scenario), _scenario_files(sources, name)
    if _has_error(sources, belongings):
        return None
    there = sources.emails.get(name, {}).keys() | sources.questionnaires.keys()
    if lacking := sorted({*sent, *used} - there):
        message = say("this version lacks %(words)s", words=", ".join(lacking))
        sources.findings.append(Finding(f"scenarios/{name}.yaml", 1, 1, "error", "missing-file", message))
        return None
    files = _files(sources, belongings)
    digest = digest_of(files)
    emails = {email: sources.emails[name][email] for email in sorted(sent)}
    questionnaires = {other: sources.questionnaires[other] for other in sorted(used)}
    return Bundle(name, replace(program, version=digest), scenario, questionnaires, emails, digest, files)
