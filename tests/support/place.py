"""A whole house on a small home for tests: real database, sink and postman; time is set, lanes are run by hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from funnel.bootstrap import Runner, build_house
from funnel.config import Settings
from funnel.delivery.ledger import Entry, Ledger
from funnel.domain import events as on
from funnel.domain.lead import Appointment, Lead
from funnel.ports import Lane
from funnel.storage import installation, leads, snapshot
from funnel.storage import outbox as box
from funnel.usecases.house import House
from funnel.usecases.publish_scenarios import publish_scenarios
from funnel.usecases.read_published import read_published
from funnel.usecases.record_events import Recorded, record_events
from funnel.usecases.shelf import Published
from funnel.usecases.submit_form import Sent, Submitted, submit_form

MONDAY = datetime(2027, 6, 7, 8, tzinfo=UTC)
"""A Monday, ten o'clock in Paris, far from clock changes."""

LANES: tuple[Lane, ...] = ("due", "mail", "report", "webhook", "intake")


@dataclass
class Place:
    """A house and what stands around it."""

    settings: Settings
    home: Path
    mails: Path
    house: House = field(init=False)
    runner: Runner = field(init=False)
    others: list[House] = field(default_factory=list)
    _ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self._ledger = Ledger(self.mails)  # it remembers what it has read
        self.house = build_house(self.settings, "test")
        self.runner = Runner(self.house)

    def close(self) -> None:
        """Give back what is held."""
        for house in (self.house, *self.others):
            house.postman.close()
            house.database.close()

    def other(self, name: str = "other") -> House:
        """A second process's parts, with connections and notes of their own."""
        self.others.append(build_house(self.settings, name))
        return self.others[-1]

    def publish(self) -> None:
        """Publish the home; everything in it must be sound."""
        done = publish_scenarios(self.house, self.home)
        assert not done.broken, done.broken

    @property
    def published(self) -> Published:
        """What new people get."""
        return read_published(self.house)

    # -- time ---------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """Business time."""
        with self.house.database.read() as connection:
            return installation.moment(connection).now

    def set(self, at: datetime) -> None:
        """Business time is `at`, without anything being carried out on the way."""
        with self.house.database.write() as connection:
            installation.set_clock(connection, at)

    def drain(self, house: House | None = None) -> None:
        """Run every lane until nothing is left to do at this instant."""
        runner = self.runner if house is None else Runner(house)
        for _ in range(200):
            worked = [runner.run(lane) for lane in LANES]
            if not any(worked):
                return
        raise AssertionError("the lanes never become idle")

    # -- leads --------------------------------------------------------------------------------------------------------

    def lead(self, address: str = "ana@example.org", *, consent: bool = True, **columns: Any) -> int:
        """A lead as if her form had come long ago."""
        with self.house.database.write() as connection:
            lead_id, _ = leads.find_or_create(connection, address, address, "en", self.now_in(connection))
            wanted = {"name": "Ana Lund", "consents": {"follow_up_email": consent}, **columns}
            connection.execute(leads.leads.update().where(leads.leads.c.id == lead_id).values(**wanted))
            return lead_id

    def leads(self, number: int, host: str = "example.org", *, consent: bool = True) -> list[int]:
        """Many leads in one statement."""
        from funnel.storage.bulk import insert_many

        with self.house.database.write() as connection:
            now = self.now_in(connection)
            rows = [
                {
                    "email": f"lead{n}@{host}", "email_key": f"lead{n}@{host}", "name": f"Lead {n}", "language": "en",
                    "stage": "new", "email_proven": False, "unsubscribed": False, "source": {},
                    "consents": {"follow_up_email": consent}, "score": 0, "created_at": now,
                }
                for n in range(number)
            ]  # fmt: skip
            return [row[0] for row in insert_many(connection, leads.leads, rows, returning=("id",))]

    @staticmethod
    def now_in(connection: Any) -> datetime:
        """Business time of a transaction."""
        return installation.moment(connection).now

    def submits(self, address: str = "ana@example.org", *, consent: bool = True, **more: Any) -> Submitted:
        """Her form arrives."""
        fields = {"name": "Ana Lund", "email": address, **more.pop("fields", {})}
        consents = frozenset(["follow_up_email"]) if consent else frozenset[str]()
        return submit_form(self.house, Sent(more.pop("scenario", "tunnel"), fields, consents, page="/l/tunnel", **more))

    def starts(self, ids: Iterable[int], scenario: str = "tunnel") -> Recorded:
        """They begin a scenario."""
        now = self.now
        batch = [on.ScenarioStarted(lead_id=one, occurred_at=now, scenario=scenario, by="test") for one in ids]
        return record_events(self.house, batch)

    def happens(self, *batch: on.AnyEvent) -> Recorded:
        """Events come in."""
        return record_events(self.house, batch)

    def books(self, lead_id: int, starts_at: datetime, *reps: str, **more: Any) -> Appointment:
        """A call of half an hour comes about, with the first of the reps who is free."""
        ends = starts_at + timedelta(minutes=30)
        chosen = on.SlotChosen(
            lead_id=lead_id, occurred_at=self.now, type="call", starts_at=starts_at, ends_at=ends, reps=reps, **more
        )
        self.happens(chosen)
        return self.load(lead_id).appointments[-1]

    def load(self, lead_id: int) -> Lead:
        """Her snapshot as the database has it."""
        with self.house.database.read() as connection:
            return snapshot.load(connection, [lead_id], lock=False)[lead_id]

    # -- what is seen -------------------------------------------------------------------------------------------------

    def rows(self, lead_id: int | None = None) -> list[Mapping[str, Any]]:
        """The outbox, of one lead or whole, in order of ids."""
        with self.house.database.read() as connection:
            wanted = box.outbox.select().order_by(box.outbox.c.id)
            if lead_id is not None:
                wanted = wanted.where(box.outbox.c.lead_id == lead_id)
            return [dict(row) for row in connection.execute(wanted).mappings()]

    def row(self, message: str, lead_id: int | None = None) -> Mapping[str, Any]:
        """The one row of a message (`results`, `dossier`)."""
        (found,) = [row for row in self.rows(lead_id) if row["message"].split("/")[1] == message]
        return found

    def attempts(self, outbox_id: int) -> list[Mapping[str, Any]]:
        """How often a row was tried, in order."""
        with self.house.database.read() as connection:
            wanted = box.attempts.select().where(box.attempts.c.outbox_id == outbox_id).order_by(box.attempts.c.id)
            return [dict(row) for row in connection.execute(wanted).mappings()]

    def states(self) -> dict[str, int]:
        """How many rows of the outbox stand in each state."""
        found: dict[str, int] = {}
        for row in self.rows():
            found[row["state"]] = found.get(row["state"], 0) + 1
        return found

    def sent(self) -> Sequence[Entry]:
        """What the sink has taken."""
        return self._ledger.list()

    def taken(self) -> int:
        """How many mails the sink has taken; quicker than reading them."""
        return self._ledger.count()

    def sql(self, statement: str, **values: Any) -> list[Any]:
        """A statement of one's own."""
        with self.house.database.write() as connection:
            result = connection.execute(text(statement), values)
            return [tuple(row) for row in result] if result.returns_rows else []


def settings_of(database_url: str, state: Path, home: Path, smtp_url: str, **more: Any) -> Settings:
    """Demo settings for a test: the clock can be set, nothing is sent anywhere but to the sink."""
    return Settings(
        mode="demo",
        home=home,
        state=state,
        database_url=database_url,
        smtp_url=smtp_url,
        base_url="http://127.0.0.1:8000",
        secret_key="k" * 40,
        **more,
    )
