"""What an operator types: publish, pause, resume, passwords, ledger, doctor; told in words, judged by status."""

import io
import json
import shutil
from pathlib import Path

import pytest

from funnel.cli import main
from tests.support.databases import sqlite_template

ROOT = Path(__file__).parents[2]
EMAIL = "camille@verdanne.example"


@pytest.fixture
def state(shared_folder: Path, tmp_path: Path) -> Path:
    """The folder of a demonstration in which nothing is published yet."""
    folder = tmp_path / "state"
    folder.mkdir()
    shutil.copy(sqlite_template(shared_folder), folder / "funnel.db")
    return folder


@pytest.fixture
def published(state: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The folder of a demonstration with the shipped files."""
    assert main(["apply", str(ROOT), "--state", str(state)]) == 0
    capsys.readouterr()
    return state


def test_apply_publishes_once_and_says_what_changed(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["apply", str(ROOT), "--state", str(state)]) == 0
    assert capsys.readouterr().out.startswith("Published: company, self_evaluation.")
    assert main(["apply", str(ROOT), "--state", str(state)]) == 0
    assert capsys.readouterr().out == "Nothing has changed since the last publication.\n"


def test_apply_publishes_nothing_when_a_file_is_broken(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    for folder in ("scenarios", "landing_pages", "email_templates"):
        shutil.copytree(ROOT / folder, home / folder)
    file = home / "scenarios" / "self_evaluation.yaml"
    file.write_text(file.read_text().replace("why:", "whyever:"))
    assert main(["apply", str(home), "--state", str(published)]) == 1
    told = capsys.readouterr().err
    assert "self_evaluation.yaml:" in told
    assert "Nothing was published" in told


def test_apply_asks_for_the_home_where_there_is_none(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["apply", str(state), "--state", str(state)]) == 1
    assert "funnel apply PATH" in capsys.readouterr().err


def test_a_scenario_is_paused_and_resumed_by_the_name_that_addresses_show(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pause", "self-evaluation", "--state", str(published)]) == 0
    assert capsys.readouterr().out.startswith("Paused: self_evaluation.")
    main(["doctor", "--state", str(published)])
    assert "paused: self_evaluation" in capsys.readouterr().out
    assert main(["resume", "--all", "--state", str(published)]) == 0
    assert capsys.readouterr().out == "Resumed: self_evaluation; nothing was waiting.\n"


def test_pausing_what_is_not_there_names_what_is(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pause", "nothing", "--state", str(published)]) == 1
    assert "there are: self_evaluation" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["pause", "--state", str(published)])


def test_a_password_is_read_from_standard_input_and_must_be_long(
    published: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["user", "password", EMAIL, "--state", str(published)]) == 1
    assert "12 characters or more" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("a sentence to keep in mind\n"))
    assert main(["user", "password", EMAIL, "--state", str(published)]) == 0
    assert capsys.readouterr().out.startswith("Camille Arnoux (rep) logs in with it at http://127.0.0.1:8000/login")


def test_a_link_is_printed_alone_for_pipes(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["user", "link", EMAIL, "--state", str(published)]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("http://127.0.0.1:8000/login/")
    assert told.out.count("\n") == 1
    assert main(["user", "link", "nobody@verdanne.example", "--state", str(published)]) == 1
    assert "not among the users" in capsys.readouterr().err


def test_the_ledger_of_a_new_house_is_empty_and_balances(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "--state", str(published)]) == 0
    assert "Nothing has been written yet" in capsys.readouterr().out
    assert main(["ledger", "--format", "json", "--state", str(published)]) == 0
    assert json.loads(capsys.readouterr().out) == {"lines": [], "accepted": 0, "balances": True}


def test_the_doctor_says_what_is_missing_and_how_to_mend_it(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--state", str(state)]) == 1
    told = capsys.readouterr().out
    assert "nothing is published" in told
    assert "Run: funnel apply" in told


def test_the_doctor_knows_a_database_without_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "funnel.db").touch()
    assert main(["doctor", "--state", str(tmp_path)]) == 1
    assert "Run: funnel db upgrade" in capsys.readouterr().out
    assert main(["ledger", "--state", str(tmp_path)]) == 1
    assert "funnel db upgrade" in capsys.readouterr().err


def test_a_folder_without_a_demonstration_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="start one: funnel up --state"):
        main(["ledger", "--state", str(tmp_path)])
