"""`funnel rehearse` as it is called: what it prints and writes, and what it refuses in words."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from funnel.cli import main
from funnel.usecases import fold
from tests.authoring.trees import changed, sound_files, write
from tests.support.home import write_home
from tests.support.processes import ROOT


def test_the_story_is_printed_and_the_mails_lie_in_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, out = write(tmp_path / "home", sound_files()), tmp_path / "out"
    assert main(["rehearse", "check-up", str(home), "--people", "3", "--days", "20", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("check up: 3 people, 15 Mar 2027 to ")
    assert f"mails: {out / 'index.html'}" in told
    assert {"index.html", "timeline.svg"} <= {file.name for file in out.iterdir()}


@pytest.mark.parametrize("json", [False, True])
def test_a_mail_that_cannot_be_written_is_said_and_ends_with_1(
    json: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = "email_templates/check_up/results/subject.en.txt"
    files = {**sound_files(), file: b"{{ 60 // (lead.score - lead.score) }} minutes\n"}
    home, out = write(tmp_path / "home", files), tmp_path / "out"
    asked = ["--json"] if json else ["--out", str(out)]
    assert main(["rehearse", "check-up", str(home), "--people", "3", "--days", "20", *asked]) == 1
    told = capsys.readouterr()
    assert f"cannot be written: {file}: ZeroDivisionError: integer division or modulo by zero" in told.err
    assert json or "skipped  failed" in told.out
    assert json or (out / "index.html").exists()


@pytest.mark.parametrize("json", [False, True])
def test_who_is_parked_is_said_and_ends_with_1(
    json: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fold, "MOST_ROUNDS", 0)  # what goes round for ever is refused by the linter
    home = write_home(tmp_path / "home")
    asked = ["--json"] if json else ["--out", str(tmp_path / "out")]
    assert main(["rehearse", "tunnel", str(home), "--people", "3", *asked]) == 1
    told = capsys.readouterr()
    assert "3 parked: it went round more than 0 times at one instant" in told.err
    assert json or "3 parked" in told.out


def test_whom_a_short_rehearsal_leaves_inside_is_said_to_be_there_still(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "out")]
    assert main(["rehearse", "ebook", str(ROOT), "--people", "0", "--days", "20", *out]) == 1
    told = capsys.readouterr().err.splitlines()
    assert "expected otherwise: ana is still inside after 20 days, and has not come to no_answer yet" in told
    assert not [line for line in told if "ends with nothing" in line]
    assert len({line.split()[2] for line in told}) == len(told), "one line for each who has not come to her end"


def test_points_that_fade_are_told_together_and_kept_times_as_the_company_s_clocks_show_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rehearse", "ebook", str(ROOT), "--people", "0", "--out", str(tmp_path / "out")]) == 0
    told = capsys.readouterr().out
    lines = told.splitlines()
    fading = [number for number, line in enumerate(lines) if "(faded" in line]
    assert fading
    assert not any(after - before == 1 for before, after in pairwise(fading))
    assert any(re.search(r"score +-\d+  \(faded · since \w{3} \d\d \w{3}\)", lines[one]) for one in fading)
    assert " UTC" not in told
    assert re.search(r"proposed .*\(with \w+ · \w{3} \d\d Mar \d\d:\d\d", told)
    page = (tmp_path / "out" / "index.html").read_text()
    assert page.count("faded") == len(fading)


def test_two_mails_of_one_name_are_told_apart_and_one_person_is_no_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["rehearse", "self_evaluation", str(ROOT), "--people", "40", "--out", str(tmp_path / "out")])
    rows = [line.strip().split("  ")[0] for line in capsys.readouterr().out.split("\n\n")[1].splitlines()[1:]]
    assert len(rows) == len(set(rows))
    assert {"self evaluation: reminder", "no show: reminder"} <= set(rows)
    home = write(tmp_path / "home", sound_files())
    main(["rehearse", "check-up", str(home), "--people", "1", "--out", str(tmp_path / "one")])
    assert capsys.readouterr().out.startswith("check up: 1 person, ")
    assert "1 person, from" in (tmp_path / "one" / "index.html").read_text()


def test_a_name_that_is_none_is_answered_with_the_one_that_was_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = write(tmp_path, sound_files())
    assert main(["rehearse", "checkup", str(home)]) == 1
    told = capsys.readouterr().err
    assert told.startswith("funnel rehearse: there is no scenario 'checkup' in ")
    assert "did you mean 'check_up'?" in told


@pytest.mark.parametrize("file", ["check_up", "company"])
def test_a_broken_file_is_told_with_every_fault(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = changed("scenarios/check_up.yaml", "why: volume", "why: volumes")
    if file == "company":
        files = {**sound_files(), "scenarios/company.yaml": b"nam: x\n"}
    assert main(["rehearse", "check_up", str(write(tmp_path, files))]) == 1
    told = capsys.readouterr().err
    assert f"scenarios/{file}.yaml:" in told
    assert f"Mend it first: funnel check {tmp_path}" in told


@pytest.mark.parametrize(
    "option, value, told",
    [
        ("--people", "100000000", "100000000 is too many; give 100000 or fewer"),
        ("--days", "0", "0 is too few; give 1 or more"),
        ("--days", "9999", "9999 is too many; give 3660 or fewer"),
    ],
)
def test_a_crowd_that_nobody_would_wait_for_is_refused(
    option: str, value: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["rehearse", "check_up", option, value])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err
