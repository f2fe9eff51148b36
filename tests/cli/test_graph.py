"""`funnel graph`: from a file or as published, into a file or printed, refused in words."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from funnel.cli import main
from tests.authoring.trees import changed, sound_files, write


def test_a_scenario_is_drawn_from_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = write(tmp_path, sound_files())
    assert main(["graph", "check-up", "--home", str(home)]) == 0
    wide = capsys.readouterr().out
    assert main(["graph", "check_up", "--home", str(home), "--narrow"]) == 0
    narrow = capsys.readouterr().out
    for text in (wide, narrow):
        tree = ET.fromstring(text)
        style = next(element.text or "" for element in tree.iter() if element.tag.endswith("style"))
        assert "prefers-color-scheme: dark" in style
        assert "var(" not in style
    assert float(ET.fromstring(narrow).get("width") or 0) <= 360


def test_it_is_written_where_it_is_wanted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = write(tmp_path / "home", sound_files())
    file = tmp_path / "tunnel.mmd"
    assert main(["graph", "check_up", "--home", str(home), "--format", "mermaid", "-o", str(file)]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "Check-up" in told.err
    assert file.read_text().splitlines()[3] == "flowchart TD"


def test_another_name_and_a_broken_file_are_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = write(tmp_path, changed("scenarios/check_up.yaml", "why: volume", "why: volumes"))
    assert main(["graph", "checkup", "--home", str(home)]) == 1
    assert "there is no scenario 'checkup'" in capsys.readouterr().err
    assert main(["graph", "check_up", "--home", str(home)]) == 1
    told = capsys.readouterr().err
    assert "check_up.yaml:4:6" in told
    assert "funnel check" in told


def test_with_counts_it_is_drawn_as_published(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = write(tmp_path / "home", sound_files())
    assert main(["graph", "check_up", "--counts", "--state", str(state)]) == 1
    assert "no company.yaml is published yet" in capsys.readouterr().err
    assert main(["apply", str(home), "--state", str(state)]) == 0
    capsys.readouterr()
    assert main(["graph", "check_up", "--counts", "--state", str(state), "--format", "mermaid"]) == 0
    assert "s_email_results" in capsys.readouterr().out
