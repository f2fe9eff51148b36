"""The real product in a folder of its own: started, worked with, broken on purpose, and stopped."""

import http.client
import http.server
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDERS = ("scenarios", "landing_pages", "email_templates", "assets")
READY_WITHIN = 60
SAVED_WITHIN = 60
SECRET = "whsec_" + "c2NyZWVucw" * 4


class NotWorking(Exception):
    """The product did not do what the pictures need; the message says what was awaited."""


class Product:
    """`funnel up` on a copy of this home, with a receiver for its webhook that takes the first call and no other."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.state = folder / "state"
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Copy the home, start, and wait for the line `ready`."""
        for name in FOLDERS:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, self.home / name)
        hook = f"http://127.0.0.1:{self._receiver.server_port}/hooks/leads"
        self.rewrite("https://crm.verdanne.example/hooks/leads", hook)
        threading.Thread(target=self._receiver.serve_forever, daemon=True).start()
        ours = {name: value for name, value in os.environ.items() if not name.startswith("FUNNEL_")}
        told = {
            "FUNNEL_HOME": str(self.home),
            "FUNNEL_WEBHOOK_SECRETS": json.dumps({"crm": SECRET}),
            "FUNNEL_ALLOW_PRIVATE_HOSTS": '["127.0.0.1"]',
        }
        command = [sys.executable, "-m", "funnel", "up", "--port", str(self.port), "--state", str(self.state)]
        self._process = subprocess.Popen(command, cwd=ROOT, env=ours | told, stdout=subprocess.PIPE, text=True)
        deadline = time.monotonic() + READY_WITHIN
        for line in self._process.stdout or ():
            if line.startswith("ready"):
                return
            if time.monotonic() > deadline:
                break
        raise NotWorking("funnel up never said ready")

    def stop(self) -> None:
        """Ctrl-C, and everything it began is over."""
        self._receiver.shutdown()
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(20)

    # -- as programs ask it -------------------------------------------------------------------------------------------

    def get(self, path: str) -> Any:
        """What a JSON page says."""
        return self._ask("GET", path)

    def move(self, advance: str) -> None:
        """Move business time on, until nothing is left to be done at the new instant."""
        self._ask("POST", "/dev/clock", {"advance": advance})
        self.settle()

    def move_to(self, instant: datetime) -> None:
        """The same, to an instant."""
        self._ask("POST", "/dev/clock", {"to": instant.isoformat()})
        self.settle()

    def settle(self) -> None:
        """Wait until all that is due now is done."""
        for _ in range(300):
            if not self.get("/dev/clock")["pending"]:
                return
            time.sleep(0.1)
        raise NotWorking("something is still pending after 30 s")

    def mails(self, to: str, subject: str = "") -> list[dict[str, Any]]:
        """The mails to an address, newest first."""
        found = [one for one in self.get("/dev/mail.json") if to in one["to"] and subject in one["subject"]]
        return found[::-1]

    def link(self, to: str, purpose: str) -> str:
        """The path of the newest link of a kind (`/r/`, `/book/`, `/u/`) that was mailed to an address."""
        pattern = re.compile(re.escape(self.url) + rf"({re.escape(purpose)}[\w.~-]+(?:/appointment)?)")
        for mail in self.mails(to):
            found = pattern.search(mail["text"]) or pattern.search(mail["html"])
            if found:
                return found[1]
        raise NotWorking(f"no mail to {to} has a link {purpose}")

    def logins(self) -> dict[str, str]:
        """Passwords by address."""
        lines = (self.state / "logins.txt").read_text().splitlines()
        return {email: password for email, password, *_ in (line.split(" ") for line in lines)}

    def password_link(self, email: str) -> str:
        """A one-time link, made by the command line."""
        command = [sys.executable, "-m", "funnel", "user", "link", email, "--state", str(self.state)]
        said = subprocess.run(command, cwd=ROOT, env=self._environment(), capture_output=True, text=True, check=True)
        return said.stdout.strip().removeprefix(self.url)

    def _environment(self) -> dict[str, str]:
        told = {"FUNNEL_MODE": "demo", "FUNNEL_HOME": str(self.home), "FUNNEL_BASE_URL": self.url}
        return {**os.environ, **told}

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status >= 400:
            raise NotWorking(f"{method} {path} answered {answer.status}: {text[:300]}")
        return json.loads(text)

    # -- breaking it --------------------------------------------------------------------------------------------------

    def rewrite(self, old: str, new: str, file: str = "scenarios/company.yaml") -> None:
        """Save a file of the home anew, as an author would."""
        path = self.home / file
        text = path.read_text()
        if old not in text:
            raise NotWorking(f"{file} does not hold {old!r}")
        path.write_text(text.replace(old, new))

    @contextmanager
    def saved(self, file: str, text: str, shows: str, on: str = "/") -> Iterator[None]:
        """A file as it should not be, for as long as it takes; `shows` is what `on` says once it was read."""
        path = self.home / file
        before = path.read_text()
        path.write_text(text)
        try:
            self._until(on, shows, there=True)
            yield
        finally:
            path.write_text(before)
            self._until(on, shows, there=False)

    def _until(self, path: str, shows: str, *, there: bool) -> None:
        deadline = time.monotonic() + SAVED_WITHIN
        while time.monotonic() < deadline:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            connection.request("GET", path)
            said = connection.getresponse().read().decode(errors="replace")
            connection.close()
            if (shows in said) == there:
                return
            time.sleep(0.3)
        raise NotWorking(f"{path} never {'showed' if there else 'stopped showing'} {shows!r}")

    @contextmanager
    def without_leads(self) -> Iterator[None]:
        """The database refuses whatever concerns leads, as one that is away does."""
        with sqlite3.connect(self.state / "funnel.db", timeout=30, isolation_level=None) as connection:
            connection.execute("PRAGMA legacy_alter_table = ON")
            connection.execute("ALTER TABLE leads RENAME TO leads_away")
            try:
                yield
            finally:
                connection.execute("ALTER TABLE leads_away RENAME TO leads")
        connection.close()

    @contextmanager
    def rewritten(self, *changes: tuple[str, str]) -> Iterator[None]:
        """Some rows of these tables are as they should not be: people who are inside, the scenario, two marketing mails
        that were sent."""
        which = {
            "enrolments": "WHERE state IN ('waiting', 'awaiting') AND due_at IS NOT NULL",
            "outbox": "WHERE id IN (SELECT id FROM outbox WHERE kind = 'marketing' AND state = 'sent' LIMIT 2)",
            "publications": "WHERE name = 'self_evaluation'",
        }
        with sqlite3.connect(self.state / "funnel.db", timeout=30, isolation_level=None) as connection:
            for table, _change in changes:
                connection.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table} {which[table]}")  # noqa: S608
            for table, change in reversed(changes):
                connection.execute(f"UPDATE {table} SET {change} {which[table]}")  # noqa: S608
            connection.execute("UPDATE clock SET revision = revision + 1")
            try:
                yield
            finally:
                for table, _change in changes:
                    connection.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM kept_{table}")  # noqa: S608
                    connection.execute(f"DROP TABLE kept_{table}")
                connection.execute("UPDATE clock SET revision = revision + 1")
        connection.close()


class _Receiver(http.server.BaseHTTPRequestHandler):
    """Somebody else's system: takes one call, then says that it is out of order."""

    taken = 0

    def do_POST(self) -> None:
        """A call."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        type(self).taken += 1
        works = type(self).taken == 1
        self.send_response(200 if works else 503)
        self.end_headers()
        self.wfile.write(b"thank you" if works else b"out of order until Monday")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
