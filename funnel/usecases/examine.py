"""The examination behind `funnel doctor`: each part of the product, how it is, and what would mend it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from funnel.storage import enrolments, events, installation, outbox_lists, schema
from funnel.storage.connections import DatabaseAway
from funnel.usecases.health import readiness
from funnel.usecases.house import House
from funnel.usecases.people import logins_exist
from funnel.usecases.shelf import COMPANY, NothingPublished

MOST = 5
"""How many examples of each trouble are named."""


_NO_QUEUE = "none, for FUNNEL_REDIS_URL is not set: the tick does the work, and needs no worker"


@dataclass(frozen=True, slots=True)
class Symptom:
    """How one part is: `warn` deserves a look, `bad` stops something."""

    part: str
    level: Literal["ok", "warn", "bad"]
    text: str
    cure: str = ""


def examine(house: House) -> list[Symptom]:
    """Look at everything; what hangs on a part that is away is not looked at."""
    try:
        with house.database.read() as connection:
            found_schema, newest = schema.current(connection), schema.newest()
    except DatabaseAway as error:
        return [Symptom("database", "bad", f"does not answer: {error}", "Look at FUNNEL_DATABASE_URL.")]
    if found_schema != newest:
        return [Symptom("database", "bad", f"has schema {found_schema}, not {newest}", "Run: funnel db upgrade")]
    found = [Symptom("database", "ok", f"answers, schema {newest}")]
    with house.database.read() as connection:
        found += _published(house, connection)
        found += _troubles(connection)
    if not logins_exist(house):
        found.append(Symptom("log-ins", "bad", "nobody can log in", "Run: funnel user password EMAIL"))
    return [*found, *_processes(house)]


def _published(house: House, connection: Connection) -> Iterator[Symptom]:
    try:
        published = house.shelf.published(connection, installation.moment(connection).revision)
    except NothingPublished:
        yield Symptom("scenarios", "bad", "nothing is published", "Run: funnel apply")
        return
    yield Symptom("scenarios", "ok", f"published: {', '.join(sorted(published.newest)) or 'none'}")
    for name, trouble in published.troubles.items():
        yield Symptom(name, "warn", f"its file is broken, the last good version runs: {trouble}", "Run: funnel check")
    if published.paused:
        names = sorted(published.paused - {COMPANY})
        everything = COMPANY in published.paused
        told = ["the company's own mails", *names] if everything else names
        cure = f"Run: funnel resume {'--all' if everything else ' '.join(names)}"
        yield Symptom("scenarios", "warn", f"paused: {', '.join(told)}", cure)


def _troubles(connection: Connection) -> Iterator[Symptom]:
    parked = enrolments.parked(connection)
    for row in parked[:MOST]:
        what = f"lead {row['lead_id']} is parked in {row['scenario']}: {row['reason']}"
        yield Symptom("leads", "bad", what, f"Mend the reason, then run: funnel retry {row['lead_id']}")
    if len(parked) > MOST:
        yield Symptom("leads", "bad", f"{len(parked) - MOST} more are parked", "Run: funnel retry")
    failed = events.failed(connection, MOST)
    for row in failed:
        yield Symptom("events", "warn", f"{row['kind']} of lead {row['lead_id']}: {row['failed']}")
    doubtful = outbox_lists.in_doubt(connection, MOST)
    for row in doubtful:
        what = (
            f"{row['id']}, {row['message']} to lead {row['lead_id']}: {row['reason'] or 'nobody knows whether it left'}"
        )
        yield Symptom(
            "mail in doubt",
            "warn",
            what,
            f"Look in the relay's log, then run: funnel settle {row['id']} --sent (or --again)",
        )
    if not (parked or failed or doubtful):
        yield Symptom("leads", "ok", "none is parked, no event failed, no mail is in doubt")


def _processes(house: House) -> Iterator[Symptom]:
    parts = readiness(house)
    queue = bool(house.settings.redis_url)
    if queue:
        yield Symptom("queue", "ok" if parts["queue"] == "ok" else "warn", parts["queue"])
    else:
        yield Symptom("queue", "ok", _NO_QUEUE)
    for part in ("tick", "worker") if queue else ("tick",):
        alive = parts[part] == "ok"
        yield Symptom(part, "ok" if alive else "warn", parts[part], "" if alive else f"Run: funnel {part}")
