"""What her page announces is what leaves, whatever she refuses by an address that is joined with hers."""

from typing import Literal

import pytest

from funnel.domain import events as on
from funnel.storage import installation
from funnel.usecases.naming import Names
from funnel.usecases.what_comes import Coming, coming_mails
from tests.support.place import Place
from tests.usecases.test_merge_leads import HOME, WORK, joins

Says = Literal["stop", "no", "yes"]


def says(place: Place, lead_id: int, what: Says) -> None:
    """By one of her addresses."""
    if what == "stop":
        place.happens(on.Unsubscribed(lead_id=lead_id, occurred_at=place.now, page="/u"))
        return
    place.happens(
        on.ConsentChanged(
            lead_id=lead_id, occurred_at=place.now, purpose="follow_up_email", given=what == "yes", wording="Yes",
            page="/u",
        )
    )  # fmt: skip


def announced(place: Place, lead_id: int) -> list[Coming]:
    lead = place.load(lead_id)
    with place.house.database.read() as connection:
        moment = installation.moment(connection)
        names = Names(place.house.shelf.published(connection, moment.revision), "en")
        return coming_mails(place.house, connection, names, lead, moment.now)


@pytest.mark.parametrize("joined", ["before", "after"])
@pytest.mark.parametrize(
    "asked, said, leaves",
    [
        (True, [], True),
        (True, ["stop"], False),
        (True, ["no"], False),
        (True, ["no", "yes"], True),
        (True, ["stop", "yes"], True),
        (True, ["yes", "no", "stop"], False),
        (False, [], True),
        (False, ["no"], True),
        (False, ["stop"], False),
    ],
)
def test_a_mail_is_announced_where_it_leaves_and_nowhere_else(
    place: Place, joined: str, asked: bool, said: list[Says], leaves: bool
) -> None:
    work, home = place.submits(WORK).lead_id, place.submits(HOME, consent=asked).lead_id
    place.drain()
    if joined == "before":
        joins(place, work, home)
    for what in said:
        says(place, home, what)
    if joined == "after":
        joins(place, work, home)
    assert bool(announced(place, work)) == leaves
    due = place.load(work).enrolments[0].due_at
    assert due
    place.set(due)
    place.drain()
    assert (place.row("offer", work)["state"] == "sent") == leaves
