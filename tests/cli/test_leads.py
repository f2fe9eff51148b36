"""Giving somebody what is kept of her, and erasing her, from the command line."""

import csv
import io
import json
from pathlib import Path

import pytest

from funnel.cli import main
from funnel.storage import leads
from tests.cli.demonstration import enrolled, house_of


@pytest.fixture
def ana(published: Path) -> Path:
    """A state folder with Ana inside a scenario."""
    with house_of(published) as house:
        enrolled(house)
    return published


def test_what_is_kept_comes_as_json_and_as_a_table(ana: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["leads", "export", "ANA@example.org", "--state", str(ana)]) == 0
    kept = json.loads(capsys.readouterr().out)
    assert kept["details"]["email"] == "ana@example.org"
    assert [one["scenario"] for one in kept["scenarios"]] == ["self_evaluation"]
    assert main(["leads", "export", "1", "--format", "csv", "--state", str(ana)]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert ["details", "1", "email", "ana@example.org"] in rows


def test_erasing_asks_first(ana: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    assert main(["leads", "erase", "ana@example.org", "--state", str(ana)]) == 1
    assert capsys.readouterr().out == "Nothing was erased.\n"
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert main(["leads", "erase", "ana@example.org", "--state", str(ana)]) == 0
    assert capsys.readouterr().out == "Erased.\n"
    assert main(["leads", "erase", "1", "--yes", "--state", str(ana)]) == 0
    assert capsys.readouterr().out == "She was erased before.\n"
    assert main(["leads", "export", "ana@example.org", "--state", str(ana)]) == 1
    assert "there is no lead 'ana@example.org'" in capsys.readouterr().err


def test_whoever_comes_back_with_a_back_up_is_erased_again(ana: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["leads", "erase", "--again", "--state", str(ana)]) == 0
    assert capsys.readouterr().out == "Nobody had come back.\n"
    main(["leads", "erase", "1", "--yes", "--state", str(ana)])
    with house_of(ana) as house:
        back = enrolled(house)
    capsys.readouterr()
    assert main(["leads", "erase", "--again", "--state", str(ana)]) == 0
    assert capsys.readouterr().out == "Erased again: 1.\n"
    with house_of(ana) as house, house.database.read() as connection:
        (row,) = leads.rows(connection, [back])
    assert row["email"].endswith("@erased.invalid")


def test_two_leads_are_joined_and_parted_and_erasing_names_every_address(
    ana: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with house_of(ana) as house:
        enrolled(house, "ana@home.example")
    assert main(["leads", "merge", "ana@example.org", "ana@home.example", "--state", str(ana)]) == 0
    assert capsys.readouterr().out == (
        "Lead 1 stands for lead 2 too. To part them again: funnel leads part 2\n"
        "Lead 2 stands still in self_evaluation until then, or until she books an appointment there.\n"
    )
    assert main(["leads", "merge", "2", "1", "--state", str(ana)]) == 1
    assert "These two are joined already." in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    assert main(["leads", "erase", "ana@home.example", "--state", str(ana)]) == 1
    assert "goes by all of them: ana@example.org, ana@home.example." in capsys.readouterr().err
    assert main(["leads", "part", "ana@home.example", "--state", str(ana)]) == 0
    assert capsys.readouterr().out == "Lead 2 and lead 1 are two people again.\n"
