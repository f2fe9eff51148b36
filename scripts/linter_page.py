"""docs/linter.md: every code with a wrong and a right example, shown as the linter shows it.

`python -m scripts.linter_page` writes the page; a test holds the page against what this makes.
"""

import sys
import tempfile
from pathlib import Path

from funnel.authoring.codes import CODES, Code
from funnel.authoring.findings import Finding
from funnel.cli.excerpt import Paper, excerpt
from tests.authoring.cases import Case, cases_of

PAGE = Path(__file__).parents[1] / "docs" / "linter.md"

_HEAD = """\
# What the linter tells

<!-- Made by `python -m scripts.linter_page` from tests/authoring/broken/. Change those files, not this page. -->

`funnel check` reads every file of a home and tells every fault at once: a fault in one step hides none elsewhere.

    funnel check                          everything here
    funnel check scenarios/ebook.yaml     one file, held against what it names
    funnel check --rehearse               also what the leads of `expect:` get
    funnel check --explain bad-span       what a code means
    funnel check --format json            for programs
    funnel check --strict                 a warning is an error, as for what is merged
    funnel check --format github          notes on the lines of a pull request

On a terminal each fault is shown with its line, in colour unless `NO_COLOR` is set; elsewhere it is one line,
`file:line:col: level[code]: message; fix: ...`. Lines and columns count from 1. An **error** stops publishing and ends
the command with status 1; a **warning** ends it with 1 only with `--strict`, and never stops publishing.

Editors show many of these while one types: `funnel schema --write .schema` writes JSON Schemas, and a first line like
`# yaml-language-server: $schema=../.schema/scenario.schema.json` has them used (VS Code, Vim, Emacs, JetBrains).

"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD, "Codes: ", " · ".join(f"[{code}](#{code})" for code in CODES), "\n"]
    parts += [_section(code, CODES[code]) for code in CODES]
    return "".join(parts)


def _section(code: Code, meaning: str) -> str:
    case = cases_of(code)[0]
    with tempfile.TemporaryDirectory() as folder:
        told = [finding for finding in case.findings(Path(folder)) if finding.code == code]
    files = case.files()
    shown = "\n\n".join(_shown(finding, files) for finding in told[:2])
    if case.commands:
        shown = "\n".join(f"$ {command}" for command in case.commands if not command.startswith("used")) + f"\n{shown}"
    level = told[0].level
    head = f"\n## {code}\n\n{meaning}\n\n{level.capitalize()}: {case.title}.\n\n"
    return f"{head}```text\n{shown.strip()}\n```\n\n{_right(case)}"


def _shown(finding: Finding, files: dict[str, bytes]) -> str:
    lines = files.get(finding.file, b"").decode("utf-8", "replace").split("\n")
    return "\n".join(line.rstrip() for line in excerpt(finding, lines, Paper(width=110)).splitlines())


def _right(case: Case) -> str:
    """The lines that are right, by file; what is right already is shown as it stands."""
    blocks = []
    for hunk in case.hunks:
        lines = hunk.right or hunk.old
        if lines:
            kind = {"yaml": "yaml", "html": "html", "mjml": "html"}.get(hunk.file.rpartition(".")[2], "text")
            blocks.append(f"Right, in `{hunk.file}`:\n\n```{kind}\n{chr(10).join(lines)}\n```\n")
    return "\n".join(blocks) or "Right: without that file.\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE}\n")
