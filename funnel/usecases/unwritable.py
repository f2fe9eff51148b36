"""Mails that no lead could ever be written: MJML that does not compile, an expression where there can be none.

The linter reads templates; only the compiler knows.
"""

from collections.abc import Collection

from funnel.authoring.bundle import Bundle, CompanyBundle
from funnel.authoring.findings import Finding
from funnel.authoring.load import Loaded
from funnel.authoring.mail_pieces import HOUSE
from funnel.authoring.saying import say
from funnel.ports import Writer
from funnel.usecases.shelf import COMPANY


def unwritable(writer: Writer, loaded: Loaded, running: Collection[str] = ()) -> dict[str, list[Finding]]:
    """By scenario (or the company) what is wrong with its mails; versions that are `running` were asked before."""
    made: list[tuple[str, str, CompanyBundle | Bundle]] = [(name, name, one) for name, one in loaded.bundles.items()]
    if loaded.company:
        made.append((COMPANY, HOUSE, loaded.company))
    found: dict[str, list[Finding]] = {}
    for name, folder, version in made:
        if version.digest in running:
            continue
        for email in version.emails:
            for file, line, problem in writer.faults(version.files, version.digest, f"{folder}/{email}"):
                message = say("this mail could not be written: %(problem)s", problem=problem)
                finding = Finding(file, line, 1, "error", "template-syntax", message)
                if finding not in found.setdefault(name, []):
                    found[name].append(finding)
    return found
