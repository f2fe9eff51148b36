"""Counting the SQL statements of a piece of work."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from funnel.bootstrap import Runner


def count_statements(runner: Runner, work: Callable[[], object]) -> int:
    """SQL statements that a piece of work sends, without BEGIN and COMMIT."""
    counted = 0

    def count(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        nonlocal counted
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            counted += 1

    engine = runner.house.database.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return counted
