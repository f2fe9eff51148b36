"""`funnel up`: the whole product on one machine, as a demonstration, in one process tree."""

import argparse
import gc
import http.client
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from funnel.cli.options import port_number
from funnel.supervise import valkey
from funnel.supervise.ports import LOOPBACK, free_port, is_free
from funnel.supervise.process import Call, run_program
from funnel.supervise.state_folder import FolderHeld, StateFolder
from funnel.supervise.supervisor import Child, NotReady, Supervisor

READY_WITHIN = 120.0

_FOR_PAGES = ("funnel.bootstrap", "funnel.web.app", "funnel.web.dev", "granian")
_FOR_THE_REST = ("funnel.jobs.tick", "funnel.jobs.lanes", "funnel.delivery.sink")
_PAGES = "web"


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.epilog = "examples:\n  funnel up\n  funnel up --port 8100 --state /srv/acme/var"
    parser.add_argument("--port", type=port_number, default=8000, help="where the pages answer (default: 8000)")
    parser.add_argument(
        "--state", type=Path, metavar="DIR", default=Path("var"), help="the folder that keeps everything (default: var)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Start, say `ready`, and keep going until Ctrl-C. 1: the folder or the port is taken; 2: wrong settings."""
    state = StateFolder(args.state)
    supervisor = Supervisor(state.logs)  # from here on Ctrl-C is an orderly end
    try:
        return _start(supervisor, state, args)
    except FolderHeld as held:
        return _refuse(f"{args.state} is in use: {held}. Stop that one, or choose another folder with --state.")
    except OSError as error:
        return _refuse(_no_room(args.state, error))


def _start(supervisor: Supervisor, state: StateFolder, args: argparse.Namespace) -> int:
    address = f"http://{LOOPBACK}:{args.port}"
    if held := state.holder():
        raise held
    if not is_free(args.port):  # before anything is written: a refused start leaves no folder behind
        other = free_port(after=args.port)
        return _refuse(f"port {args.port} is in use by another program. Try: make up PORT={other} (or --port {other}).")
    from funnel.config import SettingsError, read_settings

    os.environ["FUNNEL_MODE"] = "demo"
    try:
        workers = read_settings().workers
        state.hold(address)
        children = _plan(state, args.port, address, workers)
    except (SettingsError, valkey.NoValkey) as error:
        return _refuse(str(error), 2)
    return _keep(supervisor, children, args.port, address)


def _plan(state: StateFolder, port: int, address: str, workers: int) -> list[Child]:
    """Set the environment of the demonstration and name its processes, in the order in which they start."""
    sink_port = free_port()
    os.environ.update(
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
    children.append(Child("mail", _command("sink", "--port", str(sink_port), "--folder", str(state.path / "mail"))))
    children.append(Child(_PAGES, _command("web", "--host", LOOPBACK, "--port", str(port), "--processes", "1")))
    names = [f"worker-{number}" for number in range(1, workers + 1)]
    children += [Child(name, _command("worker", "--name", name)) for name in names]
    children.append(Child("tick", _command("tick", "--name", "tick")))
    return children


def _keep(supervisor: Supervisor, children: Sequence[Child], port: int, address: str) -> int:
    probe = _Probe(port)
    try:
        # A program needs nothing of ours; the others are forked once what they need is imported, which costs one second
        # once instead of once a process. Where nothing is to be prepared the pages come first: somebody waits for them.
        supervisor.start_all(child for child in children if child.last)
        _preload(_FOR_PAGES, supervisor)
        early = [child for child in children if child.name == _PAGES and not supervisor.stopping and _is_prepared()]
        supervisor.start_all(early)
        if not supervisor.stopping and (status := supervisor.run_once("prepare", _prepare)):
            return 0 if supervisor.stopping else status
        _preload(_FOR_THE_REST, supervisor)
        supervisor.start_all(child for child in children if not child.last and child not in early)
        if supervisor.wait_until(probe, READY_WITHIN):
            print(f"ready {address}", flush=True)
            supervisor.watch(_Saved(Path(os.environ["FUNNEL_STATE"])))
        return 0
    except NotReady as error:
        return _refuse(f"{error}\n/readyz said: {probe.said}")
    finally:
        supervisor.stop()


def _preload(names: Sequence[str], supervisor: Supervisor) -> None:
    """Import modules. What is imported stays: looking for garbage among it costs a quarter of the time, and touching it
    in a child would copy what is shared by the fork."""
    gc.disable()
    for name in names:
        if not supervisor.stopping:
            importlib.import_module(name)
    gc.freeze()
    gc.enable()


def _is_prepared() -> bool:
    from funnel.bootstrap import is_prepared
    from funnel.config import read_settings

    return is_prepared(read_settings())


def _prepare() -> int:
    """In a process of its own, so that no connection is open when the others are forked."""
    from sqlalchemy import make_url

    from funnel.bootstrap import demo_logins, migrate
    from funnel.cli.doors import what_to_do
    from funnel.config import SettingsError, read_settings
    from funnel.usecases.errors import DatabaseAway

    settings = read_settings()
    try:
        migrate(settings)
        logins = demo_logins(settings)
    except SettingsError as error:
        return _refuse(str(error))
    except DatabaseAway as away:
        return _refuse(f"{what_to_do(away)}\nIt is {make_url(settings.database_url).render_as_string()}.")
    except OSError as error:
        return _refuse(_no_room(settings.state, error))
    print(f"\n  Open {settings.base_url}\n\n  Log in at {settings.base_url}/login:")
    for login in logins:
        print(f"    {login.role:<9} {login.email:<32} {login.password or '(the password that was set)'}")
    print(f"\n  Everything is kept in {settings.state}; Ctrl-C stops it.\n", flush=True)
    return 0


def _command(*argv: str) -> Call:
    def command() -> int:
        from funnel.cli import main

        return main(list(argv))

    return command


class _Saved:
    """Shows what saving files comes to, as it is written."""

    def __init__(self, state: Path) -> None:
        from funnel.usecases.publish_on_save import SAVED

        self._file = state / SAVED
        self._shown = self._file.stat().st_size if self._file.exists() else 0

    def __call__(self) -> None:
        if not self._file.exists() or self._file.stat().st_size <= self._shown:
            return
        with self._file.open("rb") as said:
            said.seek(self._shown)
            new = said.read()
        self._shown += len(new)
        print(new.decode(errors="replace"), end="", flush=True)


class _Probe:
    """Asks `/readyz` until it says yes, and keeps what it said last."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.said = "nothing"

    def __call__(self) -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, self._port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            self.said = f"{answer.status} {answer.read(1000).decode(errors='replace')}"
            return answer.status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _no_room(state: Path, error: OSError) -> str:
    why = f"{error.strerror or error}: {error.filename or state}"
    return f"cannot keep anything in {state} ({why}). Make room, mend its rights, or choose another with --state."


def _refuse(why: str, status: int = 1) -> int:
    print(f"funnel up: {why}", file=sys.stderr)
    return status
