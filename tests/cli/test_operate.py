"""What an operator types: publish, pause, resume, passwords, ledger, doctor; told in words, judged by status."""

import io
import json
from argparse import Namespace
from pathlib import Path

import pytest

from funnel.cli import main
from funnel.cli.doors import told
from funnel.storage import events, installation
from funnel.storage.database import Database
from funnel.supervise.state_folder import StateFolder
from tests.cli.demonstration import enrolled, house_of
from tests.support.homes import copy_home
from tests.support.processes import ROOT

EMAIL = "camille@verdanne.example"


def test_apply_publishes_once_and_says_what_changed(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["apply", str(ROOT), "--state", str(state)]) == 0
    names = {file.stem for file in (ROOT / "scenarios").glob("*.yaml")}
    said = capsys.readouterr().out.partition(".")[0]
    assert set(said.removeprefix("Published: ").split(", ")) == names
    assert main(["apply", str(ROOT), "--state", str(state)]) == 0
    assert capsys.readouterr().out == "Nothing has changed since the last publication.\n"


def test_apply_publishes_nothing_when_a_file_is_broken(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = copy_home(tmp_path / "home")
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
    names = sorted(file.stem for file in (ROOT / "scenarios").glob("*.yaml") if file.stem != "company")
    assert capsys.readouterr().out == f"Resumed: {', '.join(names)}; nothing was waiting.\n"


def test_pausing_what_is_not_there_names_what_is(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pause", "nothing", "--state", str(published)]) == 1
    assert "there are: after_appointment, " in capsys.readouterr().err
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


def test_the_doctor_asks_for_no_worker_where_there_is_no_queue(
    published: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`funnel worker` would say that the tick does the work, and end."""
    live = {
        "MODE": "live",
        "DATABASE_URL": f"sqlite:///{published / 'funnel.db'}",
        "SMTP_URL": "smtp://127.0.0.1:9",
        "BASE_URL": "http://127.0.0.1:8000",
        "SECRET_KEY": StateFolder(published).secret_key(),
        "STATE": str(published),
    }
    for name, value in live.items():
        monkeypatch.setenv(f"FUNNEL_{name}", value)
    main(["doctor"])
    told = capsys.readouterr().out
    assert "Run: funnel tick" in told
    assert "ok    queue: none, for FUNNEL_REDIS_URL is not set: the tick does the work, and needs no worker" in told
    assert "funnel worker" not in told


def test_the_doctor_knows_a_database_without_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "funnel.db").touch()
    assert main(["doctor", "--state", str(tmp_path)]) == 1
    assert "Run: funnel db upgrade" in capsys.readouterr().out
    assert main(["ledger", "--state", str(tmp_path)]) == 1
    assert "funnel db upgrade" in capsys.readouterr().err


def test_whoever_stands_still_is_listed_and_goes_on(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = ["--state", str(published)]
    assert main(["retry", *state]) == 0
    assert capsys.readouterr().out == "Nobody stands still.\n"
    lead = _parked(published)
    assert main(["retry", *state]) == 0
    assert f"  {lead}  ana@example.org, in self_evaluation at" in capsys.readouterr().out
    assert main(["doctor", *state]) == 1
    assert f"funnel retry {lead}" in capsys.readouterr().out
    assert main(["retry", "999", *state]) == 1
    assert "not standing still: 999" in capsys.readouterr().err
    assert main(["retry", str(lead), *state]) == 0
    assert capsys.readouterr().out == "1 goes on.\n"
    assert main(["retry", "--all", *state]) == 0
    assert capsys.readouterr().out == "0 go on.\n"


def _parked(state: Path) -> int:
    """A lead who is parked at the first step of the shipped scenario."""
    with house_of(state) as house:
        lead = enrolled(house)
        with house.database.write() as connection:
            connection.exec_driver_sql("UPDATE enrolments SET state = 'parked', due_at = NULL, reason = 'a reason'")
    return lead


def test_a_mail_that_is_not_in_doubt_is_not_settled(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = ["--state", str(published)]
    assert main(["settle", *state]) == 0
    assert capsys.readouterr().out == "No mail is in doubt.\n"
    assert main(["settle", "7", *state]) == 1
    assert "say --sent" in capsys.readouterr().err
    assert main(["settle", "7", "--sent", *state]) == 1
    assert "there is no mail 7" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words, told",
    [
        (["chek"], "funnel: there is no command 'chek'; did you mean 'check'?"),
        (["ledger", "--fromat", "json"], "funnel ledger: there is no option --fromat; did you mean '--format'?"),
        (["ledger", "--format", "jsn"], "there is no choice 'jsn'; did you mean 'json'?"),
        (["user", "lnk", "a@b.example"], "funnel user: there is no command 'lnk'; did you mean 'link'?"),
        (["doctor", "please"], "funnel doctor: 'please' is one word too many"),
        (["up", "--port", "abc"], "'abc' is no port: write a number from 1 to 65535, as --port 8000"),
        (["web", "--processes", "0"], "'0' is no number of processes: write one from 1 to 64"),
        (["dance"], "funnel: there is no command 'dance'; there are: apply, check,"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_one(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert told in said
    assert "--help" in said
    assert "usage:" not in said


def test_ctrl_c_ends_a_command_as_shells_expect(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("funnel.cli.schema.json_schema", interrupted)
    assert main(["schema"]) == 130


def test_a_full_disk_is_told_with_what_mends_it(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = Database(f"sqlite:///{state / 'funnel.db'}")

    def fill() -> int:
        with database.write() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")
            connection.exec_driver_sql("INSERT INTO blobs VALUES ('x', zeroblob(10000000))")
        return 0

    assert told(lambda _: fill())(Namespace(command="apply")) == 1
    database.close()
    said = capsys.readouterr().err
    assert "database or disk is full" in said
    assert "make room" in said


def test_apply_takes_the_home_that_is_set_and_not_the_folder_one_stands_in(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = copy_home(tmp_path / "other")
    (other / "scenarios" / "webinar.yaml").unlink()
    monkeypatch.chdir(other)
    monkeypatch.setenv("FUNNEL_HOME", str(ROOT))
    assert main(["apply", "--state", str(state)]) == 0
    assert "webinar" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["apply"], ["ledger"], ["pause", "ebook"]])
def test_a_demonstration_on_another_database_is_asked_for_its_folder(
    command: list[str], sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNNEL_MODE", "demo")
    monkeypatch.setenv("FUNNEL_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("FUNNEL_HOME", str(ROOT))
    with pytest.raises(SystemExit, match=r"without FUNNEL_BASE_URL, FUNNEL_SECRET_KEY.*--state DIR"):
        main(command)


def test_a_demonstration_on_another_database_needs_no_relay(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"MODE": "demo", "DATABASE_URL": sqlite_url, "HOME": str(ROOT)}.items():
        monkeypatch.setenv(f"FUNNEL_{name}", value)
    monkeypatch.setenv("FUNNEL_BASE_URL", "http://127.0.0.1:8000")
    monkeypatch.setenv("FUNNEL_SECRET_KEY", "k" * 64)
    assert main(["apply"]) == 0
    assert "Published: " in capsys.readouterr().out


def test_a_folder_without_a_demonstration_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="start one: funnel up --state"):
        main(["ledger", "--state", str(tmp_path)])


def test_outcomes_from_a_file_are_counted_and_bad_lines_told(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "march.csv"
    file.write_text("appointment,outcome\n7,held\n")
    assert main(["outcomes", str(file), "--state", str(published)]) == 1
    said = capsys.readouterr()
    assert said.out == "0 marked, 0 known already, 1 not taken.\n"
    assert said.err == f"{file}: line 2: there is no appointment 7\n"
    file.write_text("who\nana\n")
    assert main(["outcomes", str(file), "--state", str(published)]) == 1
    assert "its first line must name 'outcome'" in capsys.readouterr().err


def test_what_was_missed_is_told_to_people_and_to_programs(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = ["--state", str(published)]
    assert main(["missed", *state]) == 0
    assert "No appointment of the last 4 weeks is marked yet" in capsys.readouterr().out
    with house_of(published) as house:
        lead = enrolled(house)
        with house.database.write() as connection:
            now = installation.moment(connection).now
            kinds = ("appointment_held/1", "appointment_missed/2", "put_back_by_mail/2")
            rows = [
                {
                    "key": f"appointment/{kind[-1]}/{kind[:-2]}",
                    "kind": kind[:-2],
                    "occurred_at": now,
                    "recorded_at": now,
                    "rep": "camille",
                    "lead_id": lead,
                }
                for kind in kinds
            ]
            events.add_facts(connection, rows)
    assert main(["missed", *state]) == 0
    told = capsys.readouterr().out
    assert "1 of 2 appointments missed in 4 weeks: 50%" in told
    assert "saved: 1 x 6 min = 0.1 h" in told
    assert "0.1 h x 45.00 = 4.50 EUR" in told
    assert main(["missed", "--format", "json", "--weeks", "13", *state]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["missed"], said["by_mail"], said["weeks"], said["money_saved"]) == (1, 1, 13, "4.50")
    assert main(["missed", "--from", f"{now:%Y-%m-%d}", *state]) == 0
    assert f"1 of 2 appointments missed from {now:%Y-%m-%d} to" in capsys.readouterr().out
    assert main(["missed", "--from", "2020-01-01", "--to", "2020-01-31", *state]) == 0
    assert "No appointment from 2020-01-01 to 2020-01-31 is marked yet" in capsys.readouterr().out
    assert main(["missed", "--from", "2020-01-31", "--to", "2020-01-01", *state]) == 1
    assert capsys.readouterr().err == "funnel missed: the last day lies before the first one.\n"
    assert main(["missed", "--format", "csv", *state]) == 0
    assert "camille,1,1,1,0,0,0,0" in capsys.readouterr().out
