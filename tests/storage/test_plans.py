"""How PostgreSQL finds rows in a table that has grown since it was analysed: by their index, whatever it believes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event, text

from funnel.storage import leads, outbox, windows
from funnel.storage.database import Database
from tests.storage.conftest import NOW
from tests.storage.test_house import mail

LEADS, LETTERS = 40, 100


@pytest.fixture
def grown(postgres_url: Callable[[str], str]) -> Iterator[Database]:
    """Some thousand mails have left since the outbox was analysed; it had one row then."""
    database = Database(postgres_url("18"))
    with database.write() as connection:
        people = [
            leads.find_or_create(connection, f"l{n}@a.example", f"l{n}@a.example", "en", NOW)[0] for n in range(LEADS)
        ]
        outbox.add(connection, [mail(people[0], "first")])
        connection.execute(text("ANALYZE outbox"))
        rows = [mail(one, f"{one}/{n}", state="sent", left_at=NOW) for one in people for n in range(LETTERS)]
        outbox.add(connection, rows)
    yield database
    database.close()


def test_mails_that_left_lately_are_looked_up_lead_by_lead(grown: Database) -> None:
    asked: list[tuple[str, Any]] = []

    def hear(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        asked.append((statement, parameters))

    with grown.write() as connection:
        event.listen(grown.engine, "before_cursor_execute", hear)
        windows.marketing_lately(connection, [1, 2, 3], NOW, "worker")
        event.remove(grown.engine, "before_cursor_execute", hear)
        [(statement, parameters)] = asked
        plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))
    assert "ix_outbox_lead_id" in plan
    assert "Seq Scan on outbox" not in plan, plan
