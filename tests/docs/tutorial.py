"""docs/tutorial.md as a list of things to do, and a place with terminals in which they are done word by word."""

import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from funnel.supervise.ports import free_port
from tests.support.processes import LONG, ROOT, Process, wait_until

FILE = ROOT / "docs" / "tutorial.md"
SHOWN = "127.0.0.1:8000"
"""Where the pages answer in the text; in a test it is a free port."""

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$|^<!-- by hand: (.*?) -->$(.*?)^<!-- end -->$", re.MULTILINE | re.DOTALL)
_SHIM = """\
#!/bin/sh
[ "$1" = up ] && set -- "$@" --port {port}
PYTHONPATH="{root}" exec "{python}" -m funnel "$@"
"""


@dataclass(frozen=True)
class Part:
    """A thing to do: `sh` to type, `text` that is shown then, `diff` to change in a file, `hand` for a browser."""

    kind: str
    name: str
    body: str


def parts(text: str) -> list[Part]:
    """The parts of the tutorial."""
    return [
        Part("hand", found[3], found[4]) if found[3] else Part(found[1], "", found[2])
        for found in _FENCE.finditer(text)
    ]


def matches(shown: str, said: str) -> bool:
    """Whether what was said is what is shown; `...` in a line stands for any words, alone for any lines."""
    pattern = ""
    for line in shown.splitlines():
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += r"[^\n]*".join(re.escape(piece) for piece in line.rstrip().split("...")) + r"[ ]*\n"
    return re.fullmatch(pattern, said.rstrip("\n") + "\n") is not None


class Desk:
    """A folder with two terminals: one for commands, one in which `funnel up` runs."""

    def __init__(self) -> None:
        self.port = free_port()
        self.root = Path(tempfile.mkdtemp(prefix="tut"))  # short: a state folder in it holds a unix socket
        self.folder = self.root
        self.up: Process | None = None
        tools = self.root / ".tools"
        tools.mkdir()
        (tools / "funnel").write_text(_SHIM.format(port=self.port, root=ROOT, python=sys.executable))
        (tools / "funnel").chmod(0o755)
        self._environ = {name: value for name, value in os.environ.items() if not name.startswith("FUNNEL_")}
        self._environ |= {
            "PATH": f"{tools}:{os.environ['PATH']}", "NO_COLOR": "1", "TERM": "xterm", "COLUMNS": "100",
            "LC_ALL": "C.UTF-8", "FUNNEL_WORKERS": "1",
        }  # fmt: skip

    def close(self) -> None:
        """Nothing is left."""
        if self.up is not None:
            self.stop()
        shutil.rmtree(self.root)

    def types(self, lines: str) -> str:
        """Type lines at a terminal; what it shows then. The folder that they change to is kept."""
        kept = self.root / ".tools" / "folder"
        script = f'{lines}\nstatus=$?\npwd > "{kept}"\nexit $status\n'
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            ["sh", "-c", script], cwd=self.folder, env=self._environ,
            stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
        ):  # fmt: skip
            os.close(theirs)
            said = _read_all(ours)
        self.folder = Path(kept.read_text().strip())
        return _seen(said).replace(f"127.0.0.1:{self.port}", SHOWN)

    def starts(self, line: str) -> str:
        """Leave a command running in the second terminal, until it is ready; what it shows."""
        log = self.root / ".tools" / "up.log"
        command = ["sh", "-c", f'cd "$1" && exec {line}', "sh", str(self.folder)]
        self.up = Process(command, log, self._environ | {"FUNNEL_DATABASE_URL": "", "FUNNEL_REDIS_URL": ""})
        wait_until(self._is_ready, LONG, f"ready: {self.up.log()}")
        return self.up.log().replace(f"127.0.0.1:{self.port}", SHOWN)

    def stop(self) -> None:
        """Ctrl-C in the second terminal."""
        assert self.up
        running, self.up = self.up, None
        try:
            running.signal(signal.SIGINT)
            wait_until(lambda: running.poll() is not None, LONG, "it ends")
        finally:
            running.kill()

    def _is_ready(self) -> bool:
        assert self.up
        assert self.up.poll() is None, self.up.log()
        return f"ready http://127.0.0.1:{self.port}" in self.up.log()

    def changes(self, diff: str) -> None:
        """Change lines of a file in an editor: `# its name`, then `-` lines that stand there once and `+` lines."""
        name, *lines = diff.splitlines()
        file = self.folder / name.removeprefix("# ")
        text = file.read_text(encoding="utf-8")
        old, new = (_lines(lines, sign) for sign in "-+")
        assert text.count(old) == 1, f"{file.name} has {text.count(old)} times:\n{old}"
        file.write_text(text.replace(old, new), encoding="utf-8")


def _lines(lines: Sequence[str], sign: str) -> str:
    return "".join(f"{line[1:]}\n" for line in lines if line[0] in (sign, " "))


def _read_all(terminal: int) -> str:
    found = b""
    try:
        while chunk := os.read(terminal, 65536):
            found += chunk
    except OSError:  # a terminal whose last program has gone says so by an error
        pass
    finally:
        os.close(terminal)
    return found.decode()


def _seen(said: str) -> str:
    """What stays on the screen: a line that was drawn over is gone."""
    lines = said.replace("\r\n", "\n").split("\n")
    return "\n".join(re.split(r"\x1b\[K|\r", line)[-1] for line in lines)
