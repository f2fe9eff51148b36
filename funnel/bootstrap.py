"""The only place that builds things: from settings to a house, a web application, a runner of lanes."""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from funnel.config import Settings, SettingsError
from funnel.delivery.guarded import GuardedClient
from funnel.delivery.noted import NotedPostman
from funnel.delivery.webhook import WebhookCaller
from funnel.delivery.writer import MailWriter
from funnel.jobs.bell import make_bell
from funnel.jobs.periodic import Periodic, PeriodicTable
from funnel.links import Links
from funnel.ports import Lane
from funnel.storage import appointments, enrolments, events, installation, outbox
from funnel.storage.database import Database, machine_now
from funnel.storage.migrate import upgrade
from funnel.usecases.call_webhooks import call_webhooks
from funnel.usecases.deliver import deliver
from funnel.usecases.demo_accounts import Account, make_accounts
from funnel.usecases.health import beat
from funnel.usecases.house import House
from funnel.usecases.people import logins_exist
from funnel.usecases.publish_scenarios import publish_scenarios
from funnel.usecases.run_due_steps import run_due_steps
from funnel.usecases.shelf import COMPANY, Shelf
from funnel.usecases.tell_outcomes import tell_outcomes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LANES: Mapping[Lane, Callable[[House], bool]] = {
    "due": run_due_steps,
    "mail": deliver,
    "report": tell_outcomes,
    "webhook": call_webhooks,
}


def build_house(settings: Settings, name: str = "web", *, pool: int = 5) -> House:
    """The wired parts for one process, under a name that no other process ever has."""
    database = Database(settings.database_url, pool=pool)
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
        worker=worker,
    )


def build_web(settings: Settings) -> "WSGIApplication":
    """The web application. Live mode refuses to start without anybody who can log in."""
    from funnel.web.app import make_app

    house = build_house(settings, pool=20)
    if not settings.demo and not logins_exist(house):
        raise SettingsError("nobody can log in yet: set a first password with `funnel user password EMAIL`")
    if not settings.demo:
        return make_app(house)
    from funnel.web.dev import BLUEPRINTS

    return make_app(house, BLUEPRINTS)


def build_runner(settings: Settings, name: str) -> "Runner":
    """What a worker and the tick run."""
    return Runner(build_house(settings, name))


def migrate(settings: Settings) -> None:
    """Bring the database to the newest schema; in demo mode also publish the files as they are."""
    database = Database(settings.database_url)
    upgrade(database)
    database.close()
    if settings.demo:
        house = build_house(settings, "migrate")
        try:
            published = publish_scenarios(house, settings.home, sound_only=True, who="demo")
            with house.database.read() as connection:
                if COMPANY not in {row["name"] for row in installation.published(connection)}:
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
        self._table = PeriodicTable(list(self._periodic()), DatabaseLeases(house))

    def run(self, lane: Lane) -> bool:
        """One batch of a lane; whether there was work."""
        if lane == "house":
            return self._table.run()
        return LANES[lane](self.house)

    def next_due(self) -> Mapping[Lane, float]:
        """Seconds until each lane's next work; a lane with nothing in sight is absent."""
        with self.house.database.read() as connection:
            now = installation.moment(connection).now
            found: dict[Lane, datetime | None] = {
                "due": enrolments.next_due(connection),
                "mail": outbox.next_ready(connection, "mail"),
                "webhook": outbox.next_ready(connection, "webhook"),
                "report": now if outbox.anything_untold(connection) else None,
            }
            stuck = outbox.next_expiry(connection)
            machine = machine_now(connection)
        seconds: dict[Lane, float] = {lane: (at - now).total_seconds() for lane, at in found.items() if at}
        if stuck:
            seconds["mail"] = min(seconds.get("mail", 3600.0), (stuck - machine).total_seconds())
        if self.house.notes.former():
            seconds["mail"] = 0.0
        house = self._table.next_due()
        if house is not None:
            seconds["house"] = house
        return seconds

    def beat(self) -> None:
        """Note that this process lives."""
        beat(self.house)

    def _periodic(self) -> Iterable[Periodic]:
        """The one table of periodic work."""
        yield Periodic("trim what is over", timedelta(hours=6), self._trim)
        if self.house.settings.demo:
            yield Periodic("publish on save", timedelta(seconds=1), Saved(self.house), timedelta(seconds=30))

    def _trim(self) -> None:
        with self.house.database.write() as connection:
            now = installation.moment(connection).now
            events.trim_keys(connection, now)
            appointments.release_expired(connection, now)
            installation.trim_beats(connection, machine_now(connection) - timedelta(days=1))


class DatabaseLeases:
    """`funnel.jobs.periodic.Leases` over the table `leases`."""

    def __init__(self, house: House) -> None:
        self._house = house

    def take(self, name: str, every: timedelta, lease: timedelta) -> bool:
        """True when the entry is due and now ours."""
        with self._house.database.write() as connection:
            return installation.take_lease(connection, name, self._house.worker, every, lease)

    def give_back(self, name: str) -> None:
        """It was worked."""
        with self._house.database.write() as connection:
            installation.give_lease_back(connection, name, self._house.worker)

    def next_due(self, every: Mapping[str, timedelta]) -> float:
        """Seconds until the first is due."""
        with self._house.database.read() as connection:
            return installation.next_lease(connection, every)


class Saved:
    """Publishes when a file under the home has been saved since the last look (demo mode)."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._seen = self._look()

    def __call__(self) -> None:
        """Look, and publish what is sound."""
        now = self._look()
        if now != self._seen:
            self._seen = now
            publish_scenarios(self._house, self._house.settings.home, sound_only=True, who="saved")

    def _look(self) -> frozenset[tuple[str, int, int]]:
        home = self._house.settings.home
        folders = ("scenarios", "landing_pages", "email_templates", "assets")
        found = (path for folder in folders for path in (home / folder).rglob("*") if path.is_file())
        return frozenset((str(path), stat.st_mtime_ns, stat.st_size) for path in found for stat in [path.stat()])
