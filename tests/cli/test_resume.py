"""`funnel resume`: what was overdue is told, and leaves at once, spread over time, or never."""

import shutil
from pathlib import Path

import pytest

from funnel.bootstrap import build_house
from funnel.cli import main
from funnel.config import read_settings
from funnel.domain import events as on
from funnel.storage import installation, leads
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events
from funnel.usecases.studio.resume import SKIPPED
from tests.support.databases import sqlite_template

ROOT = Path(__file__).parents[2]
RESUME = ["resume", "self-evaluation"]


@pytest.fixture
def state(shared_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A demonstration whose scenario is paused; a lead's first mail stands ready, and her next step is overdue."""
    folder = tmp_path / "state"
    folder.mkdir()
    shutil.copy(sqlite_template(shared_folder), folder / "funnel.db")
    assert main(["apply", str(ROOT), "--state", str(folder)]) == 0
    house = house_of(folder)
    with house.database.write() as connection:
        now = installation.moment(connection).now
        lead, _new = leads.find_or_create(connection, "ana@example.org", "ana@example.org", "en", now)
    record_events(house, [on.ScenarioStarted(lead_id=lead, occurred_at=now, scenario="self_evaluation", by="test")])
    with house.database.write() as connection:
        connection.exec_driver_sql("UPDATE leads SET consents = '{\"follow_up_email\": true}'")
        connection.exec_driver_sql("UPDATE enrolments SET due_at = began_at, mail = NULL")
    house.close()
    assert main(["pause", "self-evaluation", "--state", str(folder)]) == 0
    capsys.readouterr()
    return folder


def house_of(state: Path) -> House:
    """The parts of a demonstration."""
    return build_house(
        read_settings(
            mode="demo",
            state=state,
            database_url=f"sqlite:///{state / 'funnel.db'}",
            secret_key="k" * 40,
            smtp_url="smtp://127.0.0.1:9",
        )
    )


def reasons(state: Path) -> list[tuple[str, str | None]]:
    """Message and reason of every mail that will not leave."""
    house = house_of(state)
    with house.database.read() as connection:
        found = connection.exec_driver_sql("SELECT message, reason FROM outbox WHERE state = 'skipped'").all()
    house.close()
    return [(row[0], row[1]) for row in found]


def test_it_says_how_many_mails_leave_at_once(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RESUME, "--state", str(state)]) == 0
    told = capsys.readouterr().out
    assert told == "Resumed: self_evaluation; 1 mail at once, and perhaps one by the next step of 1 person, overdue.\n"
    assert reasons(state) == []


def test_what_is_overdue_is_spread(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RESUME, "--spread", "90min", "--state", str(state)]) == 0
    told = capsys.readouterr().out
    assert told == "Resumed: self_evaluation; 0 mails and the next step of 1 person are spread over 1.5 h.\n"


def test_what_is_overdue_is_skipped(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RESUME, "--skip", "--state", str(state)]) == 0
    told = capsys.readouterr().out
    assert told == "Resumed: self_evaluation; 1 mail skipped, 1 mail (asked for, or for staff) at once.\n"
    assert reasons(state) == [("self_evaluation/summary_and_meeting", SKIPPED)]


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


def test_everything_is_paused_with_what_belongs_to_no_scenario(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def running() -> int:
        house = house_of(state)
        with house.database.read() as connection:
            found = connection.exec_driver_sql("SELECT count(*) FROM publications WHERE NOT paused").scalar_one()
        house.close()
        return int(found)

    assert main(["pause", "--all", "--state", str(state)]) == 0
    assert running() == 0
    assert main(["resume", "--all", "--state", str(state)]) == 0
    assert running() == 3
    assert "Resumed: self_evaluation" in capsys.readouterr().out
