"""All files of a home read and checked together: every finding of every file, and a version of each sound scenario."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from funnel.authoring.bundle import COMPANY_FILE, Bundle, CompanyBundle
from funnel.authoring.checking import check_all
from funnel.authoring.findings import Finding, has_error, in_order
from funnel.authoring.gather import gather
from funnel.authoring.layout import QUESTIONNAIRE
from funnel.authoring.reuse import with_base_files
from funnel.authoring.sources import Sources
from funnel.authoring.versions import broken, bundle, company_bundle, told


class BrokenBundle(Exception):
    """Stored files that do not make a version; `findings` say why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = in_order(findings)
        super().__init__("; ".join(str(finding) for finding in self.findings if finding.level == "error"))


@dataclass(frozen=True, slots=True)
class Loaded:
    """A home: what is wrong, the company when it is sound, and each sound scenario by its name."""

    findings: tuple[Finding, ...]
    company: CompanyBundle | None
    bundles: Mapping[str, Bundle]
    files: Mapping[str, bytes]
    broken: Mapping[str, Finding]
    """The first error of each scenario that is not sound, by its name; of the company under `company`."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where files really stand that a base lends, by the paths at which its callers have them."""

    @property
    def sound(self) -> bool:
        """Whether nothing stops publishing all of it."""
        return not has_error(self.findings)


def load_folder(home: Path) -> Loaded:
    """Read and check everything under `home`. Never raises for what files say."""
    files, unread = gather(home)
    return load_files(files, unread)


def load_files(files: Mapping[str, bytes], unread: Iterable[Finding] = ()) -> Loaded:
    """The same from bytes by path. `unread` are findings of files that could not be read."""
    whole, origins = with_base_files(files)
    sources = Sources(whole, list(unread), origins=origins)
    sources.read_company()
    sources.read_all()
    check_all(sources)
    # Without the company a scenario's words are unchecked, so nothing may run on them.
    names = sources.scenarios if sources.company is not None else {}
    bundles = {name: made for name in names if (made := bundle(sources, name)) is not None}
    company = company_bundle(sources)
    findings = dict.fromkeys(one for finding in sources.findings if (one := told(sources, finding)) is not None)
    return Loaded(in_order(findings), company, bundles, files, broken(sources), origins)


def load_points(home: Path) -> tuple[CompanyBundle | None, tuple[Finding, ...]]:
    """The company as far as points and segments go, when that is sound, and the errors that stand in the way: what its
    file names of mails, pages and scenarios need not be there."""
    files, unread = gather(home)
    judged = {file: content for file, content in files.items() if _is_judged(file)}
    sources = Sources(judged, [finding for finding in unread if _is_judged(finding.file)])
    sources.read_company()
    sources.read_all()
    made = company_bundle(sources)
    return made, tuple(one for one in in_order(sources.findings) if one.level == "error")


def _is_judged(file: str) -> bool:
    return file == COMPANY_FILE or QUESTIONNAIRE.match(file) is not None


def load_bundle(files: Mapping[str, bytes]) -> Bundle:
    """A version from its stored bytes alone, as `Bundle.files` held them; `BrokenBundle` when they make none.

    What was sound when it was published runs for ever: no rule of this day is asked, only whether it can be run.
    """
    sources = Sources(files, [], rules=False)
    sources.read_all()
    names = [name for name in sources.scenarios if name not in sources.bases.values()]
    made = bundle(sources, names[0]) if len(names) == 1 else None
    if made is None:
        raise BrokenBundle(sources.findings)
    return made


def load_company(files: Mapping[str, bytes]) -> CompanyBundle:
    """The company from its stored bytes alone, by no rule of this day; `BrokenBundle` when they make none."""
    sources = Sources(files, [], rules=False)
    sources.read_company()
    sources.read_all()
    made = company_bundle(sources)
    if made is None:
        raise BrokenBundle(sources.findings)
    return made
