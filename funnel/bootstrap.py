"""The only place that builds things: from settings to a house, a web application, a runner of lanes."""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from funnel.authoring.bundle import Bundle, CompanyBundle
from funnel.config import THREADS, Settings, SettingsError
from funnel.delivery.feeds import LARGEST, FeedReader
from funnel.delivery.guarded import GuardedClient
from funnel.delivery.noted import NotedPostman
from funnel.delivery.printer import TypstPrinter
from funnel.delivery.webhook import WebhookCaller
from funnel.delivery.writer import MailWriter
from funnel.jobs.bell import make_bell
from funnel.jobs.periodic import Periodic, PeriodicTable
from funnel.jobs.stream import make_stream
from funnel.links import Links
from funnel.ports import Lane, Printer, ProcessKind, Writer, nothing_kept
from funnel.storage import installation, schema
from funnel.storage.connections import DatabaseAway
from funnel.storage.database import Database
from funnel.usecases.call_webhooks import call_webhooks
from funnel.usecases.deliver import deliver
from funnel.usecases.demo_accounts import Account, make_accounts
from funnel.usecases.health import beat
from funnel.usecases.house import House
from funnel.usecases.keep_house import HouseLeases, trim
from funnel.usecases.look_ahead import look_ahead
from funnel.usecases.people import logins_exist
from funnel.usecases.publish_on_save import PublishOnSave, is_published, publish_at_start
from funnel.usecases.read_calendars import EVERY, read_calendars
from funnel.usecases.review_scores import review_scores
from funnel.usecases.run_due_steps import run_due_steps
from funnel.usecases.shelf import COMPANY, Shelf
from funnel.usecases.tell_outcomes import tell_outcomes
from funnel.usecases.tracking.drain import drain
from funnel.usecases.visits import Visits
from funnel.usecases.write_digests import write_digests

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from flask import Blueprint

LANES: Mapping[Lane, Callable[[House], bool]] = {
    "due": lambda house: run_due_steps(house) or review_scores(house) or write_digests(house),
    "mail": deliver,
    "report": tell_outcomes,
    "webhook": call_webhooks,
    "intake": drain,
}


_SPARED = 4
"""Requests of a web process that find no connection where all others wait for a database that hangs: clicks and visits
are answered by these."""


def build_house(settings: Settings, name: str = "web", *, pool: int = 10, wait: float = 30) -> House:
    """The wired parts for one process, under a name that no other process ever has. `pool`, `wait`: see `Database`."""
    database = Database(settings.database_url, pool=pool, wait=wait)
    # It names files and claims: a host's dots and length must not break them.
    worker = f"{re.sub(r'[^A-Za-z0-9_-]', '-', name)[:40]}-{secrets.token_hex(4)}"

    def files(version: str) -> Mapping[str, bytes]:
        with database.read() as connection:
            return installation.files_of(connection, version)

    postman = NotedPostman(settings.smtp_url, settings.state / "notes", worker)
    return House(
        settings=settings,
        database=database,
        links=Links(settings.keys),
        bell=make_bell(settings.redis_url),
        shelf=Shelf(),
        writer=MailWriter(files),
        postman=postman,
        notes=postman,
        caller=WebhookCaller(GuardedClient(settings.allow_private_hosts, redirects=0)),
        printer=TypstPrinter(),
        calendars=FeedReader(GuardedClient(settings.allow_private_hosts, largest=LARGEST)),
        visits=Visits(settings.state),
        forget=partial(_forget, settings.state / "mail") if settings.mode == "demo" else nothing_kept,
        stream=make_stream(settings.redis_url if settings.tracking == "stream" else "", worker),
        worker=worker,
    )


def _forget(folder: Path, address: str, message_ids: Sequence[str]) -> int:
    from funnel.delivery.ledger import Ledger

    return Ledger(folder).forget(address, message_ids)


def build_web(settings: Settings) -> "WSGIApplication":
    """The web application. Live mode refuses to start without anybody who can log in."""
    from funnel.web.app import make_app

    house = build_house(settings, pool=THREADS - _SPARED, wait=1)
    if not settings.demo and not logins_exist(house):
        raise SettingsError("nobody can log in yet: set a first password with `funnel user password EMAIL`")
    app = make_app(house, _of_a_demonstration() if settings.demo else ())
    app.extensions["tracking"].prepare()
    return app


def _of_a_demonstration() -> "Sequence[Blueprint]":
    from funnel.web.dev import BLUEPRINTS

    return BLUEPRINTS


def build_runner(settings: Settings, name: str) -> "Runner":
    """What a worker and the tick run."""
    return Runner(build_house(settings, name))


def is_prepared(settings: Settings) -> bool:
    """Whether `migrate` would find nothing to do; quick, and no connection is open afterwards."""
    database = Database(settings.database_url)
    try:
        with database.read() as connection:
            return schema.current(connection) == schema.newest() and (
                not settings.demo or is_published(connection, settings.home, settings.state)
            )
    except DatabaseAway:
        return False
    finally:
        database.close()


def migrate(settings: Settings) -> None:
    """Bring the database to the newest schema; in demo mode also publish the files as they are."""
    database = Database(settings.database_url)
    try:
        with database.read() as connection:
            current = schema.current(connection)
        if current != schema.newest():
            from funnel.storage.migrate import upgrade

            upgrade(database)
    finally:
        database.close()
    if settings.demo:
        house = build_house(settings, "migrate")
        try:
            published = publish_at_start(house)
            with house.database.read() as connection:
                if published and COMPANY not in {row["name"] for row in installation.published(connection)}:
                    raise SettingsError("\n".join(str(finding) for finding in published.findings))
        finally:
            house.close()


def demo_logins(settings: Settings) -> list[Account]:
    """One log-in a role, with random passwords kept in the state folder."""
    house = build_house(settings, "logins")
    try:
        return make_accounts(house)
    finally:
        house.close()


class Runner:
    """Every lane's use case, wired: `funnel.jobs.lanes.LaneRunner`."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._table = PeriodicTable(list(self._periodic()), HouseLeases(house))

    def run(self, lane: Lane) -> bool:
        """One batch of a lane; whether there was work."""
        if lane == "house":
            return self._table.run()
        return LANES[lane](self.house)

    def next_due(self) -> Mapping[Lane, float]:
        """Seconds until each lane's next work; a lane with nothing in sight is absent."""
        house = self._table.next_due()
        return {**look_ahead(self.house), **({} if house is None else {"house": house})}

    def beat(self, kind: ProcessKind) -> None:
        """Note that this process lives, and which kind it is."""
        beat(self.house, kind)

    def _periodic(self) -> Iterable[Periodic]:
        """The one table of periodic work."""
        yield Periodic("trim what is over", timedelta(hours=6), partial(trim, self.house))
        yield Periodic("read the reps' calendars", EVERY, partial(read_calendars, self.house), timedelta(minutes=30))
        if self.house.settings.demo:
            yield Periodic("publish on save", timedelta(seconds=1), PublishOnSave(self.house), timedelta(seconds=30))


@dataclass(frozen=True)
class Paper:
    """`funnel.usecases.house.Stationery` without a house behind it: a rehearsal's mails, whose links open nothing."""

    links: Links
    writer: Writer
    printer: Printer
    base_url: str = "https://rehearsal.example"

    def url(self, path: str) -> str:
        """An absolute address that leads nowhere."""
        return f"{self.base_url}{path}"


def build_paper(bundles: Iterable[Bundle], company: CompanyBundle) -> Paper:
    """What writes the mails of these versions, from memory alone; always the same bytes."""
    files = {bundle.digest: bundle.files for bundle in bundles} | {company.digest: company.files}
    return Paper(Links([b"a rehearsal's links open nothing"]), MailWriter(files.__getitem__), TypstPrinter())
