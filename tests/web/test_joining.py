"""Two leads that are one person: found, seen side by side, joined by one button, parted from the same place."""

from funnel.usecases.addresses import own_page_link
from tests.web.conftest import Town
from tests.web.staff import CAMILLE, HUGO, booked, employed, lead_of, submitted


def two(town: Town) -> tuple[int, int]:
    """She has written from her work, and then from home."""
    return submitted(town), submitted(town, "Léa Martin", "lea@home.example")


def test_she_is_searched_for_seen_beside_the_other_joined_and_parted(town: Town) -> None:
    work, home = two(town)
    hugo = employed(town, HUGO)
    place = f"/desk/leads/{work}/same"
    assert f'href="{place}"' in hugo.get(f"/desk/leads/{work}").text
    assert "No other lead is called “nobody”." in hugo.get(f"{place}?q=nobody").text
    assert f'href="{place}/{home}"' in hugo.get(f"{place}?q=HOME.example").text
    assert "Leads of the same name" in hugo.get(place).text
    pair = hugo.get(f"{place}/{home}").text
    assert "lea@ostrel.example" in pair
    assert "lea@home.example" in pair
    assert lead_of(town, home).merged_into is None
    assert hugo.post(f"{place}/{home}").headers["Location"] == f"/desk/leads/{work}"
    page = hugo.get(f"/desk/leads/{work}").text
    assert "Joined: this page tells of both addresses from now on." in page
    assert "lea@home.example" in page
    assert page.count("<b>Completed the questionnaire") == 2
    assert hugo.get(f"/desk/leads/{home}").headers["Location"] == f"/desk/leads/{work}"
    assert "These two are joined already." in hugo.get(f"{place}/{home}").text
    hugo.get(place)
    assert hugo.post(f"{place}/{home}").status_code == 409
    assert "Two people after all" in hugo.get(place).text
    assert hugo.post(f"{place}/{home}/part").headers["Location"] == f"/desk/leads/{work}"
    assert "Parted from lea@home.example by Hugo" in hugo.get(f"/desk/leads/{work}").text
    assert hugo.get(f"/desk/leads/{home}").status_code == 200


def test_her_appointment_by_either_address_stands_on_the_page_and_its_links_work(town: Town) -> None:
    work, home = two(town)
    call = booked(town, home)
    hugo = employed(town, HUGO)
    hugo.get(f"/desk/leads/{work}/same/{home}")
    hugo.post(f"/desk/leads/{work}/same/{home}")
    page = hugo.get(f"/desk/leads/{work}").text
    assert f"/diary/appointments/{call.id}" in page
    link = own_page_link(town.house, lead_of(town, home)).removeprefix(town.house.url(""))
    assert town.app.test_client().get(link).status_code == 200


def test_the_rep_who_has_one_sees_the_person(town: Town) -> None:
    work, home = two(town)
    booked(town, home)
    rep = lead_of(town, home).handoffs[-1].rep
    hugo = employed(town, HUGO)
    hugo.get(f"/desk/leads/{work}/same/{home}")
    hugo.post(f"/desk/leads/{work}/same/{home}")
    hers = employed(town, f"{rep}@verdanne.example")
    assert hers.get(f"/desk/leads/{work}").status_code == 200
    assert hers.get(f"/desk/leads/{home}").status_code == 303


def test_a_stranger_s_lead_is_not_joined_by_a_rep(town: Town) -> None:
    work, home = two(town)
    camille = employed(town, CAMILLE)
    for path in (f"/desk/leads/{work}/same", f"/desk/leads/{work}/same/{home}"):
        assert camille.get(path).status_code == 403
    hugo = employed(town, HUGO)
    assert hugo.get(f"/desk/leads/{work}/same/99999").status_code == 404
    assert hugo.get("/desk/leads/99999/same").status_code == 404


def test_her_own_page_says_before_she_is_erased_that_the_other_address_goes_too(town: Town) -> None:
    work, home = two(town)
    hugo = employed(town, HUGO)
    hugo.get(f"/desk/leads/{work}/same/{home}")
    hugo.post(f"/desk/leads/{work}/same/{home}")
    says = "What we keep under another address of yours goes too"
    links = [own_page_link(town.house, lead_of(town, one)).removeprefix(town.house.url("")) for one in (work, home)]
    browser = town.app.test_client()
    assert says in browser.get(f"{links[0]}/erase").text
    assert says not in browser.get(f"{links[1]}/erase").text
