"""Taking a slot, whoever does: among the free ones, once for each press, kept while a form is mended (S98, S129)."""

from collections.abc import Iterable
from datetime import UTC, datetime

from funnel.domain import events as on
from funnel.domain.company import AppointmentType
from funnel.domain.lead import Lead
from funnel.domain.slots import Slot
from funnel.storage import events
from funnel.storage.holds import Hold
from funnel.usecases.errors import Conflict
from funnel.usecases.house import House
from funnel.usecases.record_events import record_events
from funnel.usecases.submit_form import PATIENCE


class SlotGone(Conflict):
    """Somebody else was faster, or nobody is free then: the pages show other times."""

    said = "This time has just been taken."

    def __init__(self) -> None:
        super().__init__(self.said)


class NeverASlot(SlotGone):
    """Nobody was faster: it never was a time that she could have."""

    said = "This time cannot be booked. Choose another one."


def free_at(slots: Iterable[Slot], starts_at: datetime) -> Slot | None:
    """The free slot of that start; none when it is not (any more) among them."""
    return next((one for one in slots if one.starts_at == starts_at), None)


def whom(kept: Iterable[Hold], slot: Slot) -> tuple[str, ...]:
    """Who may take a slot: the rep who keeps this time for her, else whoever is free then."""
    keeping = tuple(one.rep for one in kept if one.starts_at == slot.starts_at and one.rep in slot.reps)
    return keeping or slot.reps


def gone(*, never: bool) -> SlotGone:
    """Why a time is not among the free ones, to be raised."""
    return NeverASlot() if never else SlotGone()


def press(button: str, once: str, starts_at: datetime) -> str | None:
    """The key of a press: the same `once` takes the same slot once. None where the page gave none."""
    return f"{button}/{once}/{starts_at.astimezone(UTC):%Y%m%dT%H%M%S}" if once else None


def pressed_before(house: House, key: str | None) -> bool:
    """Whether the same button was pressed for the same slot before."""
    if key is None:
        return False
    with house.database.read() as connection:
        return events.is_taken(connection, key)


def keep(house: House, lead: Lead, kind: AppointmentType, slot: Slot, now: datetime) -> None:
    """Keep the slot for her for some minutes, while what her form lacked is mended."""
    wanted = on.SlotWanted(
        lead_id=lead.id,
        occurred_at=now,
        type=kind.id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        reps=slot.reps,
    )
    record_events(house, [wanted], patience=PATIENCE)
