"""The catalogues are whole: every text of the product has its twin, none is left over, and each fits its original."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from funnel.catalogue import Speech
from scripts.catalogue import KEYWORDS, kept, languages, texts

ROOT = Path(__file__).parents[1]
PLACES = re.compile(r"%\(\w+\)s")
NARROW = re.compile(r"[^\s\u00a0\u202f{%»](?:[;?!](?=\s|$)|»)|«(?=\w)|\w :(?=\s|$)|\w ;|\w [?!»]|« \w")
"""French asks for a space that does not break before `: ; ? ! »` and behind `«`."""


def _strings(text: object) -> list[str]:
    return [text] if isinstance(text, str) else list(text)  # type: ignore[call-overload]


@pytest.mark.parametrize("language", languages())
def test_every_text_has_its_twin_and_none_is_left_over(language: str) -> None:
    wanted = {str(message.id) for message in texts() if message.id}
    catalogue = kept(language)
    found = {str(message.id): message for message in catalogue if message.id}
    assert sorted(wanted - set(found)) == [], "run: python -m scripts.catalogue"
    assert sorted(set(found) - wanted) == [], "run: python -m scripts.catalogue"
    assert [one for one, message in found.items() if not all(_strings(message.string))] == []
    assert [one for one, message in found.items() if message.fuzzy] == []
    assert not catalogue.obsolete


def test_a_lead_has_one_name_in_french() -> None:
    told = [text for one in kept("fr") if one.id for text in _strings(one.string)]
    assert [text for text in told if re.search(r"\bcontacts?\b", text)] == [], "a lead is a prospect"
    assert any("prospect" in text for text in told)


def _translated(module: ast.Module) -> Iterator[str]:
    """What is written out as the text of a call that translates."""
    for call in ast.walk(module):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            for place in (KEYWORDS[name] or (1,)) if name in KEYWORDS else ():
                given = call.args[place - 1] if len(call.args) >= place else None
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield given.value


def test_no_text_is_lost_within_another_call() -> None:
    known = {one for message in texts() if message.id for one in _strings(message.id)}
    for file in sorted((ROOT / "funnel").rglob("*.py")):
        lost = [one for one in _translated(ast.parse(file.read_text())) if one not in known]
        assert lost == [], file


@pytest.mark.parametrize("language", languages())
def test_a_twin_fills_in_what_its_original_fills_in(language: str) -> None:
    for message in kept(language):
        for original, twin in zip(_strings(message.id), _strings(message.string), strict=True):
            assert sorted(PLACES.findall(original)) == sorted(PLACES.findall(twin)), original


def test_french_keeps_its_signs_beside_their_words() -> None:
    for message in kept("fr"):
        for twin in _strings(message.string) if message.id else ():
            assert not NARROW.search(PLACES.sub("x", twin)), twin


def test_the_company_writes_every_text_in_each_of_its_languages() -> None:
    files = [
        ROOT / "scenarios/company.yaml",
        *(ROOT / "scenarios").glob("*.yaml"),
        *(ROOT / "scenarios/questionnaires").glob("*"),
    ]
    locales = set(yaml.safe_load(files[0].read_text())["locales"])

    def walk(value: object, place: str) -> None:
        if isinstance(value, dict):
            if "en" in value:
                assert set(value) == locales, place
                assert not NARROW.search(value["fr"]), value["fr"]
            for key, one in value.items():
                walk(one, f"{place}/{key}")
        elif isinstance(value, list):
            for one in value:
                walk(one, place)

    for file in files:
        walk(yaml.safe_load(file.read_text()), file.name)


def test_pages_and_mails_have_a_file_in_each_language() -> None:
    for kind, ending in (("landing_pages", ".html"), ("email_templates", ".txt"), ("email_templates", ".mjml")):
        for file in (ROOT / kind).rglob(f"*{ending}"):
            if file.name.startswith("_") or ".fr." in file.name:
                continue
            twin = (
                file.name.replace(".en.", ".fr.") if ".en." in file.name else file.name.replace(ending, f".fr{ending}")
            )
            assert file.with_name(twin).is_file(), file


def test_a_language_without_a_catalogue_speaks_english() -> None:
    assert Speech("de").gettext("Thank you") == "Thank you"
    assert Speech("../fr").gettext("Thank you") == "Thank you"
    assert Speech("fr").gettext("Thank you") == "Merci"
    assert Speech("fr").ngettext("%(count)s answer", "%(count)s answers", 0, count=0) == "0 réponse"
