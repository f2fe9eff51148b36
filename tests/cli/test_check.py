"""`funnel check` and `funnel schema` as they are called: what they print and how they end."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from funnel.cli import COMMANDS, main
from tests.authoring.trees import changed, sound_files, write


def test_a_sound_home_ends_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = sound_files()
    assert main(["check", str(write(tmp_path, files))]) == 0
    assert capsys.readouterr().out == f"All {len(files)} files are sound.\n"


def test_errors_are_listed_with_place_and_fix_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = changed("scenarios/check_up.yaml", "why: volume", "why: volumes")
    files["landing_pages/privacy.html"] = b"{% if"
    assert main(["check", str(write(tmp_path, files))]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{tmp_path}/landing_pages/privacy.html:1:1: error[template-syntax]: ")
    assert lines[1] == (
        f"{tmp_path}/scenarios/check_up.yaml:4:6: error[bad-value]: 'volumes' is not allowed for 'why';"
        " fix: did you mean 'volume'?"
    )
    assert lines[2] == "2 errors in 2 files"


def test_a_mail_that_does_not_compile_is_told_as_publishing_would(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = "email_templates/check_up/offer/body.en.mjml"
    files = sound_files()
    nested = files[body].replace(b"<mj-body><mj-section><mj-column>", b"<mj-body><mj-column><mj-section>")
    files[body] = nested.replace(b"</mj-column></mj-section></mj-body>", b"</mj-section></mj-column></mj-body>")
    assert main(["check", str(write(tmp_path, files))]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{tmp_path}/{body}:")
    assert "error[template-syntax]: this mail could not be written: " in lines[0]


def test_a_warning_does_not_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = write(tmp_path, {**sound_files(), "scenarios/mine.yml": b"a: 1"})
    assert main(["check", str(home)]) == 0
    assert capsys.readouterr().out.endswith("1 warning in 1 file; nothing that stops publishing\n")


def test_strictly_a_warning_fails_and_is_told_as_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = write(tmp_path, {**sound_files(), "scenarios/mine.yml": b"a: 1"})
    assert main(["check", "--strict", str(home)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert ": error[unknown-file]: " in told[0]
    assert told[-1].startswith("1 error in 1 file")
    assert main(["check", "--strict", str(write(tmp_path / "sound", sound_files()))]) == 0


def test_programs_get_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = write(tmp_path, changed("scenarios/check_up.yaml", "why: volume", "why: volumes"))
    assert main(["check", "--format", "json", str(home)]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["errors"], said["warnings"], said["files"]) == (1, 0, len(sound_files()))
    assert said["findings"][0] == {
        "file": f"{tmp_path}/scenarios/check_up.yaml",
        "line": 4,
        "col": 6,
        "level": "error",
        "code": "bad-value",
        "message": "'volumes' is not allowed for 'why'",
        "fix": "did you mean 'volume'?",
    }


def test_the_home_is_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write(tmp_path, changed("scenarios/check_up.yaml", "why: volume", "why: volumes")))
    assert main(["check"]) == 1
    assert capsys.readouterr().out.startswith("scenarios/check_up.yaml:4:6: error[bad-value]")


def test_the_home_that_is_set_is_taken_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "elsewhere", changed("scenarios/check_up.yaml", "why: volume", "why: volumes"))
    write(tmp_path / "home", changed("scenarios/check_up.yaml", "offer:", "ofer:"))
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setenv("FUNNEL_HOME", str(tmp_path / "home"))
    assert main(["check"]) == 1
    told = capsys.readouterr().out
    assert "ofer" in told
    assert "volumes" not in told
    assert main(["rehearse", "check_up"]) == 1
    assert "ofer" in capsys.readouterr().err
    assert main(["check", "."]) == 1
    assert "volumes" in capsys.readouterr().out, "a folder that is named comes first"


def test_one_file_is_checked_with_what_it_names_and_only_its_findings_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = changed("scenarios/check_up.yaml", "email: results", "email: reslts")
    files["landing_pages/privacy.html"] = b"{% if"
    file = write(tmp_path, files) / "scenarios/check_up.yaml"
    assert main(["check", str(file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{file}:13:12: error[missing-file]: no e-mail 'reslts'; fix: did you mean 'results'?")
    assert lines[1:] == ["1 error in 1 file"]
    assert main(["check", str(tmp_path / "scenarios/questionnaires/cx.yaml")]) == 0
    assert capsys.readouterr().out == "The file is sound.\n"


@pytest.mark.parametrize(
    "name,content,code",
    [
        ("bad.yaml", "scenario: bad\nwhy: profits\n", "bad-value"),
        ("company.yaml", "nam: x\n", "unknown-key"),
        ("email.yaml", "kind: marketing\npreheader: x\n", "missing-key"),
        ("q.yaml", "questionnaire: q\ntitle: t\npages: []\n", "bad-value"),
        ("page.html", "{% if", "template-syntax"),
        ("list.yaml", "- a\n", "wrong-type"),
        ("no.yaml", "a: [", "syntax"),
    ],
)
def test_a_file_outside_any_home_is_checked_by_itself(
    name: str, content: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text(content)
    assert main(["check", str(tmp_path / name)]) == 1
    assert f"error[{code}]" in capsys.readouterr().out


def test_what_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "nowhere")]) == 1
    assert "there is no" in capsys.readouterr().err


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on standard output is a terminal that takes colour, a hundred columns wide."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")


EXCERPT = """\
error[bad-value]: 'volumes' is not allowed for 'why'
 --> scenarios/check_up.yaml:4:6
  |
3 | offer: {en: Plan}
4 | why: volumes
  |      ^^^^^^^ did you mean 'volume'?

1 error in 1 file
More on one: funnel check --explain bad-value
"""


def test_a_terminal_shows_the_line_and_a_caret_in_colour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    on_a_terminal(monkeypatch)
    monkeypatch.chdir(write(tmp_path, changed("scenarios/check_up.yaml", "why: volume", "why: volumes")))
    main(["check"])
    painted = capsys.readouterr().out
    assert "\x1b[1m\x1b[31merror[bad-value]\x1b[0m\x1b[1m: 'volumes'" in painted
    assert "\x1b[1m\x1b[31m^^^^^^^ did you mean 'volume'?\x1b[0m" in painted
    assert re.sub(r"\x1b\[\d+m", "", painted) == EXCERPT


@pytest.mark.parametrize("name,value", [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_who_wants_no_colour_gets_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    on_a_terminal(monkeypatch)
    monkeypatch.chdir(write(tmp_path, changed("scenarios/check_up.yaml", "why: volume", "why: volumes")))
    monkeypatch.setenv(name, value)
    main(["check"])
    assert capsys.readouterr().out == EXCERPT


def test_elsewhere_than_on_a_terminal_it_is_one_line_a_fault_or_lines_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write(tmp_path, changed("scenarios/check_up.yaml", "why: volume", "why: volumes")))
    main(["check"])
    assert capsys.readouterr().out.splitlines()[0].startswith("scenarios/check_up.yaml:4:6: error[bad-value]: ")
    main(["check", "--format", "full"])
    assert capsys.readouterr().out == EXCERPT


def test_github_gets_its_own_form_with_its_escapes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write(tmp_path, changed("scenarios/check_up.yaml", "leads: 25%", "leads: 25 %%")))
    assert main(["check", "--format", "github"]) == 1
    assert capsys.readouterr().out.splitlines()[0] == (
        "::error file=scenarios/check_up.yaml,line=35,col=33,title=funnel bad-value::"
        "'25 %25%25' is not a target%0AFix: write it like 500 or 20%25"
    )


def test_a_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--explain", "bad-span"]) == 0
    assert capsys.readouterr().out.startswith("bad-span: A span of time is written like `2 days`")
    assert main(["check", "--explain", "bad-spam"]) == 2
    assert "did you mean 'bad-span'?" in capsys.readouterr().err


def test_schemas_are_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "email"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Email"
    assert main(["schema"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"scenario", "company", "questionnaire", "persona", "email"}
    assert main(["schema", "--write", str(tmp_path / "schema")]) == 0
    assert len(list((tmp_path / "schema").glob("*.schema.json"))) == 5


def test_the_help_names_every_command_and_wrong_usage_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert all(f" {name} " in said for name in COMMANDS)
    for wrong in ([], ["chek"], ["check", "--format", "xml"]):
        with pytest.raises(SystemExit) as ended:
            main(wrong)
        assert ended.value.code == 2


def test_python_m_funnel_is_the_same_command(tmp_path: Path) -> None:
    home = write(tmp_path, sound_files())
    done = subprocess.run(
        [sys.executable, "-m", "funnel", "check", str(home)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("files are sound.\n")


def test_who_has_read_enough_of_it_is_told_nothing_more() -> None:
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(
        [sys.executable, "-m", "funnel", "schema"], stdout=writes, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writes)
    assert (done.returncode, done.stderr) == (141, "")
