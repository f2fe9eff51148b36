"""`funnel score`: why a lead has her points, on any day; what another threshold would have done."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from funnel.cli import main
from funnel.domain import events as on
from funnel.storage import installation
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events
from tests.cli.demonstration import enrolled, house_of

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def now_of(house: House) -> datetime:
    """Business time."""
    with house.database.read() as connection:
        return installation.moment(connection).now


def test_it_tells_each_entry_and_what_is_missing(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with house_of(published) as house:
        lead = enrolled(house)
        record_events(
            house,
            [on.PointsGiven(lead_id=lead, occurred_at=now_of(house), points=30, because="Met at the fair", key="a")],
        )
    assert main(["score", "ana@example.org", "--state", str(published)]) == 0
    heads, *lines = capsys.readouterr().out.splitlines()
    assert heads.startswith("ana@example.org: 35 points (engagement 35, fit 0) at ")
    assert "+30  Met at the fair" in lines[0]
    assert main(["score", str(lead), "--json", "--state", str(published)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["score"], [one["points"] for one in said["entries"]]) == (35, [5, 30])
    assert main(["score", str(lead), "--on", "2020-01-01", "--state", str(published)]) == 0
    assert "0 points" in capsys.readouterr().out


def test_instants_are_told_in_the_companys_zone_as_days_are_counted(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with house_of(published) as house:
        lead = enrolled(house)
        late = datetime(2027, 6, 7, 22, 30, tzinfo=UTC)
        with house.database.write() as connection:
            installation.set_clock(connection, late)
        record_events(house, [on.PointsGiven(lead_id=lead, occurred_at=late, points=30, because="Met", key="a")])
    assert main(["score", str(lead), "--state", str(published)]) == 0
    heads, met, *_ = capsys.readouterr().out.splitlines()
    assert "2027-06-08 00:3" in heads
    assert heads.endswith("(Europe/Paris)")
    assert met.startswith("  2027-06-08 00:3")
    assert main(["score", str(lead), "--on", "2027-06-07", "--state", str(published)]) == 0
    heads, *lines = capsys.readouterr().out.splitlines()
    assert heads.endswith("2027-06-07 23:59 (Europe/Paris)")
    assert "Met" not in str(lines)
    assert main(["score", str(lead), "--json", "--state", str(published)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["at"].startswith("2027-06-07T22:3"), "for programs in UTC"


def test_of_a_day_that_is_still_to_come_nothing_is_known(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with house_of(published) as house:
        lead = enrolled(house)
        late = datetime(2027, 6, 7, 22, 30, tzinfo=UTC)
        with house.database.write() as connection:
            installation.set_clock(connection, late)
    assert main(["score", str(lead), "--on", "2027-06-08", "--state", str(published)]) == 0, "begun in Paris"
    capsys.readouterr()
    assert main(["score", str(lead), "--on", "2027-06-09", "--state", str(published)]) == 1
    said = capsys.readouterr()
    assert "2027-06-09 is still to come" in said.err
    assert said.out == ""


def test_what_if_says_who_would_have_come_to_another_threshold(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with house_of(published) as house:
        lead = enrolled(house)
        given = on.PointsGiven(lead_id=lead, occurred_at=now_of(house), points=30, because="Met at the fair")
        record_events(house, [given])
    assert main(["score", "--what-if", "25", "--json", "--state", str(published)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert ([one["lead"] for one in said["more"]], said["now"]) == ([lead], [])
    assert main(["score", "--what-if", "25", "--state", str(published)]) == 0
    assert "more 1, of whom 0 kept an appointment; fewer 0" in capsys.readouterr().out
    for wrong in ("0", "100001", "nowhere", str(published)):
        assert main(["score", "--what-if", wrong, "--state", str(published)]) == 1, wrong
        assert "neither a number of points from 1 to 100000 nor a folder" in capsys.readouterr().err
    assert main(["score", "--what-if", "25", "--on", "2026-11-01", "--state", str(published)]) == 1
    assert "--on goes with a lead" in capsys.readouterr().err
    assert main(["score", "--what-if", "nowhere", "--state", str(published)]) == 1
    assert "neither a number of points" in capsys.readouterr().err


def test_days_belong_to_what_if_and_their_most_is_told(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with house_of(published) as house:
        lead = enrolled(house)
    assert main(["score", str(lead), "--days", "5", "--state", str(published)]) == 1
    said = capsys.readouterr()
    assert "--days goes with --what-if" in said.err
    assert said.out == ""
    assert main(["score", "--what-if", "25", "--days", "36500", "--json", "--state", str(published)]) == 0
    assert json.loads(capsys.readouterr().out)["days"] == 36_500
    for wrong in ("36501", "999999999", "0", "many"):
        with pytest.raises(SystemExit):
            main(["score", "--what-if", "25", "--days", wrong, "--state", str(published)])
        assert "write one from 1 to 36500" in capsys.readouterr().err


def test_the_folder_of_other_rules_needs_nothing_but_what_points_and_segments_look_at(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "draft"
    shutil.copytree(SCENARIOS, draft / "scenarios")  # neither mails nor pages, of which its rules name some
    asks = ["score", "--what-if", str(draft), "--state", str(published)]
    assert main(asks) == 0
    assert "by the other rules" in capsys.readouterr().out

    shutil.rmtree(draft / "scenarios" / "questionnaires")
    assert main(asks) == 1
    said = capsys.readouterr().err
    assert "put the questionnaires that they look at beside them\nscenarios/company.yaml:" in said
    assert "no name 'answers'" in said

    company = draft / "scenarios" / "company.yaml"
    company.write_text("name: 7\n", encoding="utf-8")
    assert main(asks) == 1
    assert "scenarios/company.yaml:1:" in capsys.readouterr().err
