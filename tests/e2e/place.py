"""The product as its users start it: `funnel up` with all its processes, seen from outside only."""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays

from funnel.supervise.ports import free_port
from tests.e2e.browser import Browser
from tests.support.processes import ROOT, Process, wait_until

PARIS = ZoneInfo("Europe/Paris")

Mail = dict[str, Any]
Lead = dict[str, Any]

on_both = pytest.mark.parametrize("place", ["sqlite", "pg18"], indirect=True)
"""The test runs on PostgreSQL in `make test` too: storage has its own suite there, so that of the ways through a tunnel
one is enough; the others are run by `make faults`."""

_START_WITHIN = 60
_LOG_IN = re.compile(r"^ +(rep|marketer|manager|admin) +(\S+@\S+) +(\S+)$", re.MULTILINE)
_JSON = {"Accept": "application/json"}


class Place:
    """A running product: its pages, mails, leads and clock."""

    def __init__(self, environ: Mapping[str, str] | None = None, begun: Path | None = None) -> None:
        """From nothing, or from a copy of a state folder in which a demonstration has `begun`."""
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.state = Path(tempfile.mkdtemp(prefix="e2e"))  # short: it holds a unix socket
        self.environ = {name: "" for name in os.environ if name.startswith("FUNNEL_")} | dict(environ or {})
        if begun:
            shutil.copytree(begun, self.state, dirs_exist_ok=True)
        command = [sys.executable, "-m", "funnel", "up", "--port", str(self.port), "--state", str(self.state)]
        self.process = Process(command, self.state / "up.log", {"FUNNEL_WORKERS": "1", **self.environ})
        wait_until(self._is_ready, _START_WITHIN, f"ready\n{self.process.log()}")
        self._outside = Browser(self.base)
        self._passwords: dict[str, str] = {}

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.process.log()
        return f"ready {self.base}" in self.process.log()

    def stop(self) -> None:
        """Ctrl-C, and everything is gone."""
        self.process.signal(signal.SIGINT)
        try:
            wait_until(lambda: self.process.poll() is not None, 10, "it ends")
        finally:
            self.process.kill()
        shutil.rmtree(self.state)

    def browser(self) -> Browser:
        """Somebody's browser, without a cookie."""
        return Browser(self.base)

    def log_in(self, role: str) -> tuple[str, str]:
        """Address and password that `up` printed for a role."""
        found = {role: (email, password) for role, email, password in _LOG_IN.findall(self.process.log())}
        email, password = found[role]
        return email, self._passwords.get(email, password)  # another test may have given this colleague a new one

    def give_password(self, email: str) -> tuple[str, str]:
        """Give a colleague a password by the command line, as an administrator does; address and password.

        One for each, as long as the place runs: a program's start is most of what it takes.
        """
        if email in self._passwords:
            return email, self._passwords[email]
        password = self._passwords[email] = secrets.token_urlsafe(12)
        command = [sys.executable, "-m", "funnel", "user", "password", email, "--state", str(self.state)]
        subprocess.run(
            command, input=password + "\n", text=True, check=True, cwd=ROOT, env=os.environ | self.environ, timeout=60,
            capture_output=True,
        )  # fmt: skip
        return email, password

    def logs(self) -> str:
        """What each process wrote last."""
        return "\n".join(f"--- {log.name}\n{log.read_text()[-3000:]}" for log in sorted(self.state.glob("logs/*.log")))

    # -- what programs read ------------------------------------------------------------------------------------------

    def get(self, path: str) -> Any:
        """JSON of an address."""
        answer = self._outside.request("GET", path, headers=_JSON)
        assert answer.status == 200, f"{path}: {answer.status} {answer.text}\n{self.logs()}"
        return answer.json

    def all_mails(self) -> list[Mail]:
        """Every mail that left, oldest first."""
        found: list[Mail] = self.get("/dev/mail.json")
        return found

    def mails(self, to: str) -> list[Mail]:
        """Mails to an address, oldest first."""
        return [mail for mail in self.all_mails() if to in mail["to"]]

    def wait_for_mails(self, to: str, number: int, seconds: float = 15) -> list[Mail]:
        """The mails to an address, once there are so many; fails when there are more, or not in time."""
        wait_until(lambda: len(self.mails(to)) >= number, seconds, f"{number} mails to {to}\n{self.logs()}")
        found = self.mails(to)
        assert len(found) == number, [mail["subject"] for mail in found]
        return found

    def content(self, url: str) -> bytes:
        """An attachment or a raw mail."""
        answer = self._outside.request("GET", url)
        assert answer.status == 200, url
        return answer.body

    def leads(self) -> list[Lead]:
        """Every lead."""
        found: list[Lead] = self.get("/dev/leads.json")
        return found

    def lead(self, email: str) -> Lead:
        """The one lead of an address."""
        found = [lead for lead in self.leads() if lead["email"] == email]
        assert len(found) == 1, f"{len(found)} leads with {email}"
        return found[0]

    def known(self) -> dict[int, str]:
        """Every lead's address, by number: who is there, whatever the leads of other tests do meanwhile."""
        return {lead["id"]: lead["email"] for lead in self.leads()}

    # -- time --------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """Business time."""
        return instant(self.get("/dev/clock")["now"])

    def move(self, **change: str) -> dict[str, Any]:
        """Move the clock on (`advance="2 days"`, `to="..."`) and have everything due carried out; the answer."""
        body = json.dumps(change).encode()
        answer = self._outside.request("POST", "/dev/clock", body, _JSON | {"Content-Type": "application/json"})
        assert answer.status == 200, f"{answer.status} {answer.text}\n{self.logs()}"
        found: dict[str, Any] = answer.json
        return found

    def settle(self) -> None:
        """Have everything carried out that is due now."""
        self.move(advance="1 minute")

    def to_next(self, weekday: int, hour: int = 10, *, quiet: bool = True) -> datetime:
        """Move to the next such weekday (0: Monday) and hour in Paris; the new business time.

        `quiet`: followed by days without a public holiday or a change of clocks, which are tested elsewhere: the day on
        which these tests run must not matter.
        """
        day = self.now.astimezone(PARIS)
        while day.weekday() != weekday or day <= self.now or (quiet and not _is_quiet(day)):
            day = (day + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
        self.move(to=day.astimezone(UTC).isoformat())
        return day


QUIET_DAYS = 18
"""The longest sequence that these tests wait out ends two days and two weeks after its form."""


def _is_quiet(day: datetime) -> bool:
    days = [day + timedelta(days=number) for number in range(QUIET_DAYS)]
    off = country_holidays("FR", years={one.year for one in days})
    return not any(one.date() in off or one.utcoffset() != day.utcoffset() for one in days)


def instant(text: str) -> datetime:
    """An instant as the product's JSON writes it."""
    assert text.endswith("Z"), text
    return datetime.fromisoformat(text)
