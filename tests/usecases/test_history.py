"""What a history says of appointments: when each is, and was before it moved, by the clock of who reads it."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from funnel.domain.company import User
from funnel.usecases.desk import read_lead
from tests.support.home import HUGO
from tests.support.place import Place

LONDON = HUGO.model_copy(update={"zone": "Europe/London"})
FIRST, THEN = "2027-06-08 09:30", "2027-06-11 14:00"


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Paris"))


def moved(place: Place, **how: Any) -> int:
    """A lead whose appointment was booked for Tuesday and then moved."""
    lead_id = place.lead()
    booked = place.books(lead_id, instant(FIRST), "camille")
    place.set(place.now + timedelta(minutes=5))
    place.books(lead_id, instant(how.pop("to", THEN)), *how.pop("reps", ["camille"]), moves=booked.id, **how)
    return lead_id


def lines(place: Place, lead_id: int, language: str = "en", user: User = HUGO) -> list[str]:
    told = read_lead(place.house, user, lead_id, language).history
    return [one.what for one in told if one.kind.startswith("Appointment")]


def test_the_history_says_when_an_appointment_is_and_when_it_was_before(place: Place) -> None:
    lead_id = moved(place)
    assert lines(place, lead_id) == [
        "Booked: A call on Tue 8 June, 09:30, with Camille",
        "Moved the appointment from Tue 8 June, 09:30 to Fri 11 June, 14:00",
    ]
    assert lines(place, lead_id, "fr") == [
        "Rendez-vous pris\u00a0: A call, le mar. 8 juin à 09:30, avec Camille",
        "A déplacé le rendez-vous du mar. 8 juin à 09:30 au ven. 11 juin à 14:00",
    ]


def test_what_the_staff_set_and_moved_says_by_whom_when_and_why(place: Place) -> None:
    lead_id = moved(place, by="hugo", reason="A strike", reps=["idris"])
    assert lines(place, lead_id)[1] == (
        "Moved by hugo from Tue 8 June, 09:30 to Fri 11 June, 14:00, with Idris: A strike"
    )
    assert lines(place, lead_id, "fr")[1] == (
        "Déplacé par hugo du mar. 8 juin à 09:30 au ven. 11 juin à 14:00, avec Idris\u00a0: A strike"
    )
    place.books(place.lead("ben@example.org"), instant(FIRST), "camille", by="hugo")
    assert lines(place, place.lead("ben@example.org")) == ["Set by hugo: A call on Tue 8 June, 09:30, with Camille"]


def test_what_only_another_rep_takes_is_said_to_stay_at_its_time(place: Place) -> None:
    lead_id = moved(place, to=FIRST, by="hugo", reps=["idris"])
    assert lines(place, lead_id)[1] == "Given to Idris by hugo, still on Tue 8 June, 09:30"
    assert lines(place, lead_id, "fr")[1] == "Confié à Idris par hugo, toujours le mar. 8 juin à 09:30"


def test_times_are_by_the_clock_of_who_reads_the_page(place: Place) -> None:
    assert "Tue 8 June, 08:30" in lines(place, moved(place), user=LONDON)[0]
