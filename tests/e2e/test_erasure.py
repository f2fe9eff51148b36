"""Whoever erases herself by her own page leaves nothing of herself on the machine: database, stream, mails, logs."""

from tests.e2e.people import Colleague, Prospect, link
from tests.e2e.place import Place


def holding(place: Place, needles: tuple[bytes, ...]) -> list[str]:
    """The files of the state folder that hold one of these, whatever its capitals."""
    files = [path for path in place.state.rglob("*") if path.is_file()]
    return [path.name for path in files if any(one in path.read_bytes().lower() for one in needles)]


def test_nothing_of_who_erases_herself_in_the_middle_of_a_tunnel_is_left_in_the_state_folder(place: Place) -> None:
    place.to_next(0)
    zoe = Prospect(place, "Zoé Quatremains")
    zoe.email = f"quatremains.{zoe.email}"
    zoe.walk_in({"phone": "+33 6 98 76 54 32", "company": "Quatremains & Fille"})
    (first,) = zoe.mails(1)
    manager = Colleague(place, "manager")
    lead = zoe.lead["id"]
    form = manager.browser.open(f"/diary/new?lead={lead}&type=results_call&q=Quatremains").form(having="once")
    manager.browser.send({"slot": form.choices["slot"][0]}, having="once")
    place.settle()
    needles = (b"quatremains", zoe.email.encode(), b"98 76 54 32", b"98765432")
    assert holding(place, needles)
    zoe.browser.open(link(first, "/me/") + "/erase")
    assert zoe.browser.send(ending="/erase").status == 200
    place.settle()
    assert holding(place, needles) == []
    (gone,) = [one for one in place.leads() if one["id"] == lead]
    assert {one["state"] for one in gone["enrolments"]} == {"ended"}
    assert [one["state"] for one in gone["appointments"]] == ["cancelled"]
