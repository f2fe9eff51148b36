"""`funnel new`: a home that is sound in every language, that a rehearsal finds good, and that overwrites nothing."""

import json
import re
import stat
from pathlib import Path

import pytest

from funnel.authoring.load import load_folder
from funnel.cli import main
from funnel.cli.new import LANGUAGES, starter
from tests.support.processes import ROOT


@pytest.mark.parametrize("languages", ["en", "fr", "en,fr", "fr,en"])
def test_a_new_home_has_no_finding_in_any_choice_of_languages(
    languages: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    assert main(["new", str(home), "--language", languages]) == 0
    assert "funnel check" in capsys.readouterr().out
    loaded = load_folder(home)
    assert loaded.findings == ()
    assert loaded.company
    assert loaded.company.company.locales == languages.split(",")
    assert list(loaded.bundles) == ["quick_check"]
    (questionnaire,) = loaded.bundles["quick_check"].questionnaires.values()
    assert len(questionnaire.questions) == 5
    unwanted = {language for language in LANGUAGES if language not in languages}
    assert not [path for path in home.rglob("*") for one in unwanted if f".{one}." in path.name]


def test_in_french_alone_no_page_and_no_part_of_a_mail_is_english(tmp_path: Path) -> None:
    made = starter("Maison Verdure", ["fr"])
    assert "Où passe la journée de travail ?" in made["landing_pages/quick_check/start.html"]
    assert "Vie privée" in made["landing_pages/privacy.html"]
    french = (ROOT / "email_templates" / "house" / "_footer.fr.mjml").read_text(encoding="utf-8")
    assert made["email_templates/house/_footer.mjml"] == french
    assert "\n  en:" not in made["scenarios/quick_check.yaml"]


@pytest.mark.parametrize(
    "languages, said", [("fr", "tunnels de vente"), ("fr,en", "tunnels de vente"), ("en,fr", "sales")]
)
def test_its_readme_is_in_the_usual_language_of_the_company(languages: str, said: str) -> None:
    made = starter("Maison Verdure", languages.split(","))
    assert [path for path in made if "README" in path] == ["README.md"]
    assert said in made["README.md"]
    assert "Ltd" not in made["scenarios/company.yaml"]


def test_it_says_of_how_many_files_as_the_check_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["new", str(tmp_path / "home")])
    said = re.search(r"a home of (\d+) files", capsys.readouterr().out)
    main(["check", str(tmp_path / "home")])
    assert said
    assert f"All {said[1]} files are sound." in capsys.readouterr().out


def test_a_rehearsal_of_it_books_meetings_and_meets_every_expectation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    assert main(["new", str(home)]) == 0
    capsys.readouterr()
    assert main(["rehearse", "quick_check", str(home), "--people", "0", "--json"]) == 0
    story = json.loads(capsys.readouterr().out)
    assert story["totals"]["happened"]["booked"] == 2
    assert len(load_folder(home).bundles["quick_check"].scenario.expect) == 4


def test_the_name_of_the_company_stands_in_it_whatever_its_letters(tmp_path: Path) -> None:
    name = 'O"Neill: Söhne & \\ Cie # {en: x}'
    assert main(["new", str(tmp_path / "home"), "--company", name]) == 0
    loaded = load_folder(tmp_path / "home")
    assert loaded.findings == ()
    assert loaded.company
    assert loaded.company.company.name == name
    assert loaded.company.company.sender.name == name
    assert name in (tmp_path / "home" / "README.md").read_text(encoding="utf-8")
    assert not [text for text in starter(name, ["en"]).values() if "@company@" in text or "@languages@" in text]


def test_what_belongs_to_every_home_is_the_shipped_one_itself() -> None:
    """The starter's house mails and frame are taken from one place, so that they cannot fall behind."""
    made = starter("Anybody", LANGUAGES)
    house = sorted((ROOT / "email_templates" / "house").rglob("*.*"))
    assert house
    for file in [*house, ROOT / "landing_pages" / "_base.html"]:
        assert made[file.relative_to(ROOT).as_posix()] == file.read_text(encoding="utf-8"), file


def test_its_files_can_be_edited_and_what_a_run_keeps_is_not_for_git(tmp_path: Path) -> None:
    assert main(["new", str(tmp_path / "home")]) == 0
    files = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert not [path for path in files if path.is_symlink() or not path.stat().st_mode & stat.S_IWUSR]
    assert (tmp_path / "home" / ".gitignore").read_text() == "/var/\n"
    assert len((tmp_path / "home" / "README.md").read_text().splitlines()) <= 10


def test_an_empty_folder_and_one_with_a_fresh_repository_are_taken(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    assert main(["new", str(tmp_path / "empty")]) == 0
    assert main(["new", str(tmp_path / "repository")]) == 0


def test_a_folder_with_files_in_it_is_refused_and_stays_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in "abcd":
        (tmp_path / name).write_text("mine")
    assert main(["new", str(tmp_path)]) == 1
    assert "is not empty: it holds a, b, c and 1 more. Nothing was written" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c", "d"]
    assert main(["new", str(tmp_path / "a")]) == 1
    assert "is a file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong, told",
    [
        (["--language", "de"], "the starter has no texts in 'de': write en, fr or one of them"),
        (["--language", "en,en"], "names a language twice"),
        (["--language", "en", "--language", "fr"], "give all languages at once, as in --language en,fr"),
        (["--company", "  "], "is no name"),
        (["--company", "a\nb"], "is no name"),
        (["--langauge", "en"], "did you mean '--language'?"),
    ],
)
def test_wrong_options_are_refused_with_what_to_write(
    wrong: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["new", str(tmp_path / "home"), *wrong])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "home").exists()
