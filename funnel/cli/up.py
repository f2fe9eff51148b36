"""`funnel up`: the whole product on one machine, as a demonstration, in one process tree."""

import argparse
import gc
import http.client
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from funnel.config import SettingsError, read_settings
from funnel.supervise import valkey
from funnel.supervise.ports import LOOPBACK, free_port, is_free
from funnel.supervise.process import Call, run_program
from funnel.supervise.state_folder import FolderHeld, StateFolder
from funnel.supervise.supervisor import Child, NotReady, Supervisor

READY_WITHIN = 60.0

_PRELOADED = (
    "funnel.bootstrap",
    "funnel.web.app",
    "funnel.jobs.tick",
    "funnel.jobs.lanes",
    "funnel.delivery.sink",
    "granian",
)
_LAST_PORT = 65535


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("up", help="run everything on this machine, as a demonstration")
    parser.add_argument("--port", type=_port, default=8000)
    parser.add_argument(
        "--state", type=Path, default=Path("var"), help="the folder that keeps everything (default: var)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Start, say `ready`, and keep going until Ctrl-C. 1: the folder or the port is taken; 2: wrong settings."""
    address = f"http://{LOOPBACK}:{args.port}"
    state = StateFolder(args.state)
    try:
        state.hold(address)
    except FolderHeld as held:
        return _refuse(f"{args.state} is in use: {held}. Stop that one, or choose another folder with --state.")
    if not is_free(args.port):
        other = free_port(after=args.port)
        return _refuse(f"port {args.port} is in use by another program. Try: make up PORT={other} (or --port {other}).")
    try:
        children = _plan(state, args.port, address)
    except (SettingsError, valkey.NoValkey) as error:
        return _refuse(str(error), 2)
    return _keep(Supervisor(state.logs), children, args.port, address)


def _plan(state: StateFolder, port: int, address: str) -> list[Child]:
    """Set the environment of the demonstration and name its processes, in the order in which they start."""
    sink_port = free_port()
    os.environ.update(
        FUNNEL_MODE="demo",
        FUNNEL_STATE=str(state.path),
        FUNNEL_BASE_URL=address,
        FUNNEL_SMTP_URL=f"smtp://{LOOPBACK}:{sink_port}",  # even when a relay is configured
    )
    for name, value in (
        ("FUNNEL_SECRET_KEY", state.secret_key()),
        ("FUNNEL_DATABASE_URL", f"sqlite:///{state.path / 'funnel.db'}"),
    ):
        os.environ[name] = os.environ.get(name) or value
    children = []
    if not os.environ.get("FUNNEL_REDIS_URL"):
        socket = state.socket()
        os.environ["FUNNEL_REDIS_URL"] = valkey.url(socket)
        program = valkey.arguments(valkey.find_server(), state.path, socket)
        children.append(Child("queue", run_program(program), last=True))
    settings = read_settings()
    children.append(Child("mail", _command("sink", "--port", str(sink_port), "--folder", str(state.path / "mail"))))
    children.append(Child("web", _command("web", "--host", LOOPBACK, "--port", str(port), "--processes", "1")))
    names = [f"worker-{number}" for number in range(1, settings.workers + 1)]
    children += [Child(name, _command("worker", "--name", name)) for name in names]
    children.append(Child("tick", _command("tick", "--name", "tick")))
    return children


def _keep(supervisor: Supervisor, children: Sequence[Child], port: int, address: str) -> int:
    probe = _Probe(port)
    try:
        # A program needs nothing of ours; the others are forked once everything is imported, which costs one second
        # once instead of once a process.
        programs = [child for child in children if child.last]
        for child in programs:
            supervisor.start(child)
        _preload()
        if status := supervisor.run_once("prepare", _prepare):
            return status
        for child in children:
            if child not in programs and not supervisor.stopping:
                supervisor.start(child)
        if supervisor.wait_until(probe, READY_WITHIN):
            print(f"ready {address}", flush=True)
            supervisor.watch()
        return 0
    except NotReady as error:
        return _refuse(f"{error}\n/readyz said: {probe.said}")
    finally:
        supervisor.stop()


def _preload() -> None:
    for name in _PRELOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what is shared by fork stays shared: the collector leaves it alone


def _prepare() -> int:
    """In a process of its own, so that no connection is open when the others are forked."""
    from funnel.bootstrap import demo_logins, migrate

    settings = read_settings()
    try:
        migrate(settings)
    except SettingsError as error:
        return _refuse(str(error))
    logins = demo_logins(settings)
    print(f"\n  Open {settings.base_url}\n\n  Log in at {settings.base_url}/login:")
    for login in logins:
        print(f"    {login.role:<9} {login.email:<32} {login.password}")
    print(f"\n  Everything is kept in {settings.state}; Ctrl-C stops it.\n", flush=True)
    return 0


def _command(*argv: str) -> Call:
    def command() -> int:
        from funnel.cli import main

        return main(list(argv))

    return command


class _Probe:
    """Asks `/readyz` until it says yes, and keeps what it said last."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.said = "nothing"

    def __call__(self) -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, self._port, timeout=1)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            self.said = f"{answer.status} {answer.read(1000).decode(errors='replace')}"
            return answer.status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _refuse(why: str, status: int = 1) -> int:
    print(f"funnel up: {why}", file=sys.stderr)
    return status


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port <= _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{port} is no port: choose one from 1 to {_LAST_PORT}")
    return port
