"""docs/words.md: what stands in its third column is really a word of ours."""

import re
from typing import get_args

from funnel.authoring.schema import MODELS, described
from funnel.cli import COMMANDS
from funnel.domain.email import EmailKind
from funnel.domain.tunnel.reuse import Reuse
from funnel.domain.tunnel.steps import VERBS
from tests.support.processes import ROOT

_ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def _text() -> str:
    return (ROOT / "docs" / "words.md").read_text(encoding="utf-8")


def test_it_has_enough_rows_and_each_is_whole() -> None:
    rows = _ROW.findall(_text())[1:]
    assert len(rows) >= 25
    assert len(rows) == len([line for line in _text().splitlines() if line.startswith("|")]) - 2


def test_every_command_verb_and_key_that_it_names_exists() -> None:
    keys = {*VERBS}
    for schema in (*map(described, MODELS.values()), described(Reuse)):
        for part in (schema, *schema.get("$defs", {}).values()):
            keys |= set(part.get("properties", {}))
    named = set(re.findall(r"`([a-z_]+):(?: [a-z0-9 ]+)?`", _text()))
    assert named
    assert named - keys == set()
    assert set(re.findall(r"`funnel ([a-z]+)`", _text())) <= COMMANDS.keys()
    assert set(re.findall(r"`kind: ([a-z]+)`", _text())) == set(get_args(EmailKind))


def test_the_readme_and_the_tutorial_lead_to_it() -> None:
    assert "docs/words.md" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "docs/tutorial.md" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "words.md" in (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
