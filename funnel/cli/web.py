"""`funnel web`: granian in front of the WSGI application."""

import argparse
import multiprocessing
import os
import sys
from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import Any

from funnel.cli.garbage import spare_what_is_loaded
from funnel.cli.listening import part_from_who_is_gone
from funnel.cli.options import port_number, process_count
from funnel.cli.settings import settings_or_exit
from funnel.config import THREADS, SettingsError, read_settings
from funnel.supervise.lifeline import die_with
from funnel.supervise.ports import LOOPBACK
from funnel.supervise.process import fork

_STOP_WITHIN = 2
_BACKLOG = 1024

Application = Callable[..., Any]


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.epilog = "example:\n  funnel web --host 0.0.0.0 --port 8000 --processes 4"
    parser.add_argument("--host", default=LOOPBACK, help=f"the address to listen on (default: {LOOPBACK})")
    parser.add_argument("--port", type=port_number, default=8000, help="the port to listen on (default: 8000)")
    parser.add_argument("--processes", type=process_count, default=2, help="how many serve pages (default: 2)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    settings = settings_or_exit("web")
    if not settings.demo and (status := _try_out()):
        return status
    serve(args.host, args.port, args.processes, load)
    return 0


def _try_out() -> int:
    """Build the application once, in a process of its own: what it refuses is said here, not by a serving process
    that ends again and again."""

    from funnel.cli.doors import what_to_do
    from funnel.usecases.errors import DatabaseAway

    def build() -> int:
        try:
            load()
        except SettingsError as error:
            print(f"funnel web: {error}", file=sys.stderr)
            return 2
        except DatabaseAway as away:
            print(f"funnel web: {what_to_do(away)}", file=sys.stderr)
            return 1
        return 0

    return os.waitstatus_to_exitcode(os.waitpid(fork(build), 0)[1])


def load() -> Application:
    """The application, made in each serving process."""
    from funnel.bootstrap import build_web

    return build_web(read_settings())


def serve(host: str, port: int, processes: int, load_application: Callable[[], Application]) -> None:
    """Run granian until a signal. Its processes are our children: each asks to die with us before it loads anything,
    since a killed granian main otherwise leaves them answering on the port for ever."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    if sys.platform == "linux":
        # granian takes Python's method, and forking shares what is imported (3.14 would start each from nothing)
        multiprocessing.set_start_method("fork", force=True)
    server = Granian(
        "funnel",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        backlog=_BACKLOG,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_WITHIN,
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=partial(_load_tied, os.getpid(), port, load_application), wrap_loader=False)


def _load_tied(parent: int, port: int, load_application: Callable[[], Application]) -> Application:
    die_with(parent)
    application = load_application()
    spare_what_is_loaded()
    Thread(target=part_from_who_is_gone, args=(port,), daemon=True).start()  # granian listens once this has returned
    return application
