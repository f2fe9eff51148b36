"""Editors complete words and show errors by the JSON Schemas: yaml-language-server is asked, where it is found."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from funnel.cli import main
from tests.authoring.language_server import LanguageServer, command
from tests.authoring.trees import COMPANY, QUESTIONNAIRE, SCENARIO

START = command()
pytestmark = pytest.mark.skipif(
    START is None, reason="yaml-language-server is not here (it needs node; .ci/run installs it): editors are not tried"
)
PATTERNS = {
    "scenario": "/scenarios/*.yaml",
    "company": "/company/*.yaml",
    "questionnaire": "/questionnaires/*.yaml",
    "email": "/mails/*.yaml",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    folder = tmp_path_factory.mktemp("editor")
    assert main(["schema", "--write", str(folder / ".schema")]) == 0
    schemas = {(folder / f".schema/{kind}.schema.json").as_uri(): pattern for kind, pattern in PATTERNS.items()}
    assert START is not None
    running = LanguageServer(START, folder, schemas)
    yield running
    running.close()


def uri(kind: str, name: str) -> str:
    return f"file:///home/{Path(PATTERNS[kind]).parent.name}/{name}.yaml"


@pytest.mark.parametrize("kind,text", [("scenario", SCENARIO), ("company", COMPANY), ("questionnaire", QUESTIONNAIRE)])
def test_a_sound_file_has_no_error_in_the_editor(server: LanguageServer, kind: str, text: str) -> None:
    assert server.diagnostics(uri(kind, "sound"), text) == []


@pytest.mark.parametrize(
    "kind,text,old,new",
    [
        ("scenario", SCENARIO, "why: volume", "why: volumes"),
        ("scenario", SCENARIO, "  page: questions", "  pag: questions"),
        ("scenario", SCENARIO, "- wait: 2 days", "- wiat: 2 days"),
        ("scenario", SCENARIO, "{score: 10}", "{score: ten}"),
        ("company", COMPANY, "country: FR", "country: France"),
        ("company", COMPANY, "    role: rep", "    role: sales"),
        ("questionnaire", QUESTIONNAIRE, "kind: number", "kind: numbre"),
    ],
)
def test_an_error_is_shown_on_its_line(server: LanguageServer, kind: str, text: str, old: str, new: str) -> None:
    assert old in text
    line = text[: text.index(old)].count("\n")
    found = server.diagnostics(uri(kind, "broken_" + "".join(filter(str.isalpha, new))), text.replace(old, new, 1))
    assert line in {one["range"]["start"]["line"] for one in found}, found


def test_a_step_is_completed_by_the_verbs(server: LanguageServer) -> None:
    text = SCENARIO.replace("  - webhook: crm", "  - ")
    place = uri("scenario", "half")
    server.diagnostics(place, text)
    line = text[: text.index("  - \n")].count("\n")
    assert {"email", "wait", "await", "choose", "hand_off", "end"} <= server.completions(place, line, 4)


def test_values_and_keys_are_offered(server: LanguageServer) -> None:
    text = SCENARIO.replace("why: volume", "why: ")
    place = uri("scenario", "values")
    server.diagnostics(place, text)
    assert {"profit", "volume", "new_offer"} <= server.completions(place, 3, 5)
    text = SCENARIO.replace("  consents: [follow_up_email]", "  ")
    place = uri("scenario", "keys")
    server.diagnostics(place, text)
    assert "consents" in server.completions(place, 9, 2)
