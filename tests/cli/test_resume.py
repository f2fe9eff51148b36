"""`funnel resume`: what was overdue is told, and leaves at once, spread over time, or never."""

from pathlib import Path

import pytest

from funnel.cli import main
from funnel.storage.overdue import SKIPPED
from tests.cli.demonstration import enrolled, house_of

RESUME = ["resume", "self-evaluation"]


@pytest.fixture
def paused(published: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A demonstration whose scenario is paused; a lead's first mail stands ready, and her next step is overdue."""
    with house_of(published) as house:
        enrolled(house)
        with house.database.write() as connection:
            connection.exec_driver_sql("UPDATE leads SET consents = '{\"follow_up_email\": true}'")
            connection.exec_driver_sql("UPDATE enrolments SET due_at = began_at, mail = NULL")
    assert main(["pause", "self-evaluation", "--state", str(published)]) == 0
    capsys.readouterr()
    return published


def reasons(state: Path) -> list[tuple[str, str | None]]:
    """Message and reason of every mail that will not leave."""
    with house_of(state) as house, house.database.read() as connection:
        found = connection.exec_driver_sql("SELECT message, reason FROM outbox WHERE state = 'skipped'").all()
    return [(row[0], row[1]) for row in found]


def test_it_says_how_many_mails_leave_at_once(paused: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RESUME, "--state", str(paused)]) == 0
    told = capsys.readouterr().out
    assert told == "Resumed: self_evaluation; 1 mail at once, and perhaps one by the next step of 1 person, overdue.\n"
    assert reasons(paused) == []


def test_what_is_overdue_is_spread(paused: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RESUME, "--spread", "90min", "--state", str(paused)]) == 0
    told = capsys.readouterr().out
    assert told == "Resumed: self_evaluation; 0 mails and the next step of 1 person are spread over 1.5 h.\n"


def test_what_is_overdue_is_skipped(paused: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RESUME, "--skip", "--state", str(paused)]) == 0
    told = capsys.readouterr().out
    assert told == "Resumed: self_evaluation; 1 mail skipped, 1 mail (asked for, or for staff) at once.\n"
    assert reasons(paused) == [("self_evaluation/summary_and_meeting", SKIPPED)]


@pytest.mark.parametrize("span", ["soon", "0h", "8d", "4", "-4h", "1e3h"])
def test_a_span_that_is_none_is_answered_with_one_that_is(span: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*RESUME, f"--spread={span}"])
    assert ended.value.code == 2
    assert "write it like 4h, 30min or 2d, up to 7d" in capsys.readouterr().err


def test_spreading_and_skipping_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*RESUME, "--spread", "4h", "--skip"])
    assert ended.value.code == 2
    assert "--skip" in capsys.readouterr().err


def test_everything_is_paused_with_what_belongs_to_no_scenario(
    paused: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def running() -> int:
        with house_of(paused) as house, house.database.read() as connection:
            found = connection.exec_driver_sql("SELECT count(*) FROM publications WHERE NOT paused").scalar_one()
        return int(found)

    before = running()  # all but self_evaluation
    assert main(["pause", "--all", "--state", str(paused)]) == 0
    assert running() == 0
    assert main(["resume", "--all", "--state", str(paused)]) == 0
    assert running() == before + 1
    resumed = capsys.readouterr().out.partition("Resumed: ")[2]
    assert "self_evaluation" in resumed.partition(";")[0].split(", ")
