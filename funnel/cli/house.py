"""The house for a command that does one thing and ends: of a live installation, or of a demonstration's folder."""

import argparse
import json
import os
from pathlib import Path

from funnel.cli.settings import settings_or_exit
from funnel.config import Settings
from funnel.supervise import valkey
from funnel.supervise.state_folder import StateFolder
from funnel.usecases.house import House

WHO = "shell"
"""Who did it, says the audit of what a command does."""

_USUAL = Path("var")
_FILE = "funnel.db"
_LOCK = "up.lock"
_ADDRESS = "http://127.0.0.1:8000"
_NO_RELAY = "smtp://127.0.0.1:9"
"""The port of RFC 863: these commands send nothing; the demonstration's own workers do."""


def add_state(parser: argparse.ArgumentParser) -> None:
    """The option that names a demonstration's folder."""
    parser.add_argument(
        "--state",
        type=Path,
        metavar="DIR",
        default=None,
        help="the folder of a demonstration (default: var, when there is one and FUNNEL_DATABASE_URL is not set)",
    )


def settings_of(command: str, args: argparse.Namespace) -> Settings:
    """The environment's settings, or those with which `funnel up` runs in the folder."""
    state: Path | None = args.state
    if state is None and not os.environ.get("FUNNEL_DATABASE_URL") and (_USUAL / _FILE).exists():
        state = _USUAL
    if state is None:
        return _whole(command, settings_or_exit(command))
    # a demonstration on another database has no file of it in its folder
    elsewhere = bool(os.environ.get("FUNNEL_DATABASE_URL")) and (state / _LOCK).exists()
    if not elsewhere and not (state / _FILE).exists():
        raise SystemExit(
            f"funnel {command}: there is no demonstration in {state} yet; start one: funnel up --state {state}"
        )
    folder = StateFolder(state)
    return settings_or_exit(
        command,
        mode="demo",
        state=folder.path,
        database_url=os.environ.get("FUNNEL_DATABASE_URL") or f"sqlite:///{folder.path / _FILE}",
        secret_key=os.environ.get("FUNNEL_SECRET_KEY") or folder.secret_key(),
        redis_url=os.environ.get("FUNNEL_REDIS_URL") or valkey.url(folder.socket()),
        base_url=_address(folder),
        smtp_url=os.environ.get("FUNNEL_SMTP_URL") or _NO_RELAY,
        log_level="error",
    )


def _whole(command: str, settings: Settings) -> Settings:
    """The settings, where nothing lacks that a demonstration on another database has from its folder. A relay needs
    none: its mails stay in the sink."""
    needed = {name: getattr(settings, name) for name in ("database_url", "base_url", "secret_key")}
    missing = [f"FUNNEL_{name.upper()}" for name, value in needed.items() if not value]
    if missing:
        raise SystemExit(
            f"funnel {command}: FUNNEL_MODE=demo without {', '.join(missing)}: name the demonstration's folder with "
            "--state DIR, where they stand, or set FUNNEL_MODE=live and what docs/operating.md asks for"
        )
    return settings if settings.smtp_url else settings.model_copy(update={"smtp_url": _NO_RELAY})


def house_of(command: str, args: argparse.Namespace) -> House:
    """The wired parts."""
    from funnel.bootstrap import build_house

    return build_house(settings_of(command, args), command, pool=2)


def _address(folder: StateFolder) -> str:
    lock = folder.path / _LOCK
    said = lock.read_text() if lock.exists() else ""
    return str(json.loads(said)["address"]) if said else _ADDRESS
