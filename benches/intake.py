"""Page visits: how fast they are answered, beside the least that an application could do; how fast they are recorded,
beside COPY alone."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import TYPE_CHECKING

from redis import Redis

from funnel.cli.web import Application, serve
from funnel.domain import events as on
from funnel.storage import events, leads, visitors
from funnel.storage.bulk import to_json
from funnel.supervise.ports import free_port
from funnel.supervise.process import fork
from funnel.usecases.house import House, new_id
from funnel.usecases.tracking.drain import drain

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CONNECTIONS = 8
REQUESTS = 3_000
VISITS = 20_000

RULES = """
scoring:
  rules: [{id: pricing, title: {en: Prices}, on: {page.visited: /pricing*}, points: 1, counts: always}]
"""


def bare(redis_url: str) -> Application:
    """The least: it reads the body, adds it to a stream, and answers 204."""
    redis = Redis.from_url(redis_url)

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        redis.xadd("bench:bare", {"entry": body}, maxlen=200_000, approximate=True)
        start_response("204 No Content", [("Cache-Control", "no-store")])
        return []

    return application


@contextmanager
def serving(load: Callable[[], Application]) -> Iterator[int]:
    """An application behind granian as `funnel web` runs it, in one process; its port."""
    port = free_port()

    def child() -> int:
        serve("127.0.0.1", port, 1, load)
        return 0

    process = fork(child)
    try:
        _wait_for(port)
        yield port
    finally:
        os.kill(process, signal.SIGINT)
        os.waitpid(process, 0)


def _wait_for(port: int) -> None:
    for _ in range(300):
        with suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=1)
            connection.connect()
            connection.close()
            return
        time.sleep(0.1)
    raise TimeoutError("the server does not listen")


def ask(port: int, requests: int) -> tuple[float, float]:
    """Requests a second and the 99th percentile (seconds) of browsers that all tell of visits."""
    command = [sys.executable, "-m", "benches.clients", str(port), str(requests), str(CONNECTIONS)]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return said["rate"], said["p99"]


def people(house: House, number: int) -> list[tuple[str, int]]:
    """So many leads who have agreed, each with a browser that is hers: (browser, lead)."""
    with house.database.write() as connection:
        now = datetime.now(UTC)
        found = []
        for one in range(number):
            address = f"reader{one}@bench.example"
            lead_id, _ = leads.find_or_create(connection, address, address, "en", now)
            found.append((f"{one:032x}", lead_id))
        connection.execute(leads.leads.update().values(consents={"visit_tracking": True}, stage="engaged"))
        rows = [
            {"id": name, "lead_id": lead_id, "joined": "form", "first_at": now, "last_at": now}
            for name, lead_id in found
        ]
        visitors.add(connection, {name: now for name, _ in found})
        visitors.write(connection, rows)
    return found


def visits_waiting(house: House, known: list[tuple[str, int]], number: int, scoring: float) -> None:
    """So many visits wait in the stream; a share of them is of a page that gives points."""
    now = datetime.now(UTC) - timedelta(seconds=1)
    every = round(1 / scoring)
    for one in range(number):
        visitor, _ = known[one % len(known)]
        path = "pricing" if (one + one // len(known)) % every == 0 else "team"
        entry = {
            "id": new_id(), "kind": "visit", "key": new_id(), "at": now.isoformat(), "visitor": visitor,
            "page": f"www.bench.example/{path}", "title": "A page of ours", "referrer": "www.bench.example/", "utm": {},
        }  # fmt: skip
        assert house.stream.put(entry)


def recorded(house: House, known: list[tuple[str, int]], number: int, scoring: float) -> float:
    """Events a second from the stream to the commit."""
    visits_waiting(house, known, number, scoring)
    begun = time.perf_counter()
    while drain(house):
        pass
    return number / (time.perf_counter() - begun)


def copied(house: House, known: list[tuple[str, int]], number: int) -> float:
    """Events a second by COPY alone: the same rows into a table with the same indexes, in one transaction."""
    now = datetime.now(UTC)
    rows = []
    for one in range(number):
        visitor, lead_id = known[one % len(known)]
        event = on.PageVisited(
            lead_id=lead_id, occurred_at=now, key=new_id(), visitor=visitor,
            page="www.bench.example/team", title="A page of ours", referrer="www.bench.example/",
        )  # fmt: skip
        row = events.row(event, new_id(), now)
        rows.append((now, row["id"], lead_id, row["kind"], now, to_json(row["payload"]), None))
    with house.database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS bench_events (LIKE events INCLUDING ALL)")
    begun = time.perf_counter()
    with house.database.write() as connection:
        cursor = connection.connection.cursor()
        names = "recorded_at, id, lead_id, kind, occurred_at, payload, failed"
        with cursor.copy(f"COPY bench_events ({names}) FROM STDIN") as copy:
            for written in rows:
                copy.write_row(written)
    return number / (time.perf_counter() - begun)
