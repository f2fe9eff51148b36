"""docs/scenario-reference.md is what the models say, and its examples are what the linter takes."""

import re
from typing import get_args

from funnel.authoring.load import load_files
from funnel.authoring.meanings import MEANINGS
from funnel.authoring.schema import MODELS, described
from funnel.domain.tunnel.expectation import Behaviour
from funnel.domain.tunnel.steps import VERBS
from funnel.domain.tunnel.trigger import EventName
from scripts.reference_examples import EXAMPLES, VERB_EXAMPLES, files
from scripts.reference_page import PAGE, page


def test_the_page_is_what_the_models_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m scripts.reference_page"


def test_every_key_of_every_file_has_a_meaning() -> None:
    for model in MODELS.values():
        schema = described(model)
        for name, part in {**schema.get("$defs", {}), model.__name__: schema}.items():
            for key in part.get("properties", {}):
                assert MEANINGS.get(name, {}).get(key), f"say in funnel/authoring/meanings.py what {name}.{key} means"


def test_every_example_passes_the_linter() -> None:
    loaded = load_files(files())
    assert [str(finding) for finding in loaded.findings] == []
    assert sorted(loaded.bundles) == ["check_up", "quick_check"]
    assert EXAMPLES.keys() == MODELS.keys()
    assert VERB_EXAMPLES.keys() == VERBS.keys()
    scenario = files()["scenarios/check_up.yaml"].decode()
    assert all(example in scenario for example in VERB_EXAMPLES.values())


def test_every_verb_event_and_behaviour_is_on_the_page() -> None:
    text = page()
    for word in (*VERBS, *get_args(EventName), *get_args(Behaviour)):
        assert f"### {word}" in text or f"| `{word}` |" in text, word


def test_every_link_on_the_page_leads_to_one_of_its_headings() -> None:
    text = page()
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9_ -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors
    assert "anything" not in text, "a type without a word"
