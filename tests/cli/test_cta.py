"""`funnel cta`: the table, the same for programs, and QR codes as files."""

import io
import json
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from funnel.cli import main
from funnel.usecases.follow_link import follow_link
from tests.cli.demonstration import house_of


def test_it_lists_every_link_with_its_figures(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with house_of(published) as house:
        for _ in range(3):
            follow_link(house, "service_forum", counts=True)
    assert main(["cta", "--state", str(published)]) == 0
    heads, *rows = capsys.readouterr().out.splitlines()
    assert " ".join(heads.split()) == "code kind leads to visits leads per visit qualified short link"
    assert [row.split()[0] for row in rows] == [
        "article_3_companies", "linkedin_champions", "service_forum", "december_letter", "helpdesk_post",
    ]  # fmt: skip
    talk = rows[2].split()
    assert (talk[1], talk[-5:]) == ("talk", ["3", "0", "0.0%", "0", "http://127.0.0.1:8000/s/service-forum"])


def test_programs_get_it_as_json_and_qr_codes_are_written(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "deep" / "qr"
    called = [
        "cta",
        "--json",
        "--scenario",
        "conference",
        "--days",
        "7",
        "--qr",
        str(folder),
        "--state",
        str(published),
    ]
    assert main(called) == 0
    said = capsys.readouterr()
    [link] = json.loads(said.out)["links"]
    assert (link["code"], link["url"]) == ("service_forum", "http://127.0.0.1:8000/s/service-forum")
    assert link["source"]["utm_campaign"] == "conference"
    assert (link["visits"], link["retired"], link["leads_nowhere"]) == (0, False, False)
    assert sorted(file.name for file in folder.iterdir()) == ["service_forum.png", "service_forum.svg"]
    assert f"wrote {folder / 'service_forum.svg'}" in said.err
    picture = Image.open(io.BytesIO((folder / "service_forum.png").read_bytes())).convert("L")
    assert [one.text for one in zxingcpp.read_barcodes(picture)] == [link["url"]]
    assert (folder / "service_forum.svg").read_text().startswith("<svg")


def test_an_unknown_scenario_is_told_with_those_that_there_are(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cta", "--scenario", "nothing", "--state", str(published)]) == 1
    assert "there is no scenario 'nothing'; there are: " in capsys.readouterr().err
    for days in ("0", "-1", "x", "1.5"):
        with pytest.raises(SystemExit) as left:
            main(["cta", "--days", days, "--state", str(published)])
        assert left.value.code == 2


def test_a_folder_that_cannot_be_written_is_told(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("a file")
    assert main(["cta", "--qr", str(tmp_path / "taken"), "--state", str(published)]) == 1
    assert "taken" in capsys.readouterr().err


def test_a_home_without_any_is_told_what_to_write(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with house_of(published) as house, house.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM calls_to_action")
    assert main(["cta", "--state", str(published)]) == 0
    assert "calls_to_action:" in capsys.readouterr().out
