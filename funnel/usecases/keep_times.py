"""The times that a mail proposes, once more at the door out: a mail that had to wait names others, and keeps none
meanwhile."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from funnel.domain import events as on
from funnel.storage import holds, installation
from funnel.storage.holds import Hold
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events


def keep_other_times(house: House, rows: Sequence[Mapping[str, Any]]) -> None:
    """Ask for other times for the mails about to leave whose own have passed, or were given back."""
    proposing = [row for row in rows if proposes_times(row)]
    if not proposing:
        return
    with house.database.read() as connection:
        now = installation.moment(connection).now
        kept = holds.held_for(connection, [(row["lead_id"], row["cause"]) for row in proposing], now)
    late = [row for row in proposing if have_passed(kept[row["lead_id"], row["cause"]], now)]
    if late:
        record_events(house, [times_asked(row, now) for row in late])


def proposes_times(row: Mapping[str, Any]) -> bool:
    """Whether a row is a step's own mail that names times, and was not written yet."""
    own = f"{row['scenario']}/{row['step']}/{row['pass_number']}"
    return "slots" in row["data"] and row["cause"] == own and not row.get("frozen")


def have_passed(kept: Collection[Hold], now: datetime) -> bool:
    """Whether none of the times kept for a mail still lies ahead."""
    return all(one.starts_at <= now for one in kept)


def times_asked(row: Mapping[str, Any], now: datetime) -> on.TimesAsked:
    """The event that asks for other times for a mail."""
    return on.TimesAsked(
        lead_id=row["lead_id"],
        occurred_at=now,
        scenario=row["scenario"],
        pass_number=row["pass_number"],
        step=row["step"],
    )
