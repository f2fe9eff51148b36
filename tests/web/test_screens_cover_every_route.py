"""`make screens` pictures every page that a person can open: a new route stands in its table, or says why not."""

from pathlib import Path
from typing import Any

import pytest

from funnel.bootstrap import build_house
from funnel.config import Settings
from funnel.web.app import make_app
from funnel.web.dev import BLUEPRINTS
from scripts.screens.pages import AFTER, BEFORE, NO_PAGE, pictured

DEMO: dict[str, Any] = {
    "mode": "demo",
    "database_url": "sqlite://",
    "secret_key": "k" * 40,
    "base_url": "http://127.0.0.1:8000",
    "smtp_url": "smtp://127.0.0.1:9",
}
LIVE = DEMO | {"mode": "live", "base_url": "https://funnel.example"}


def opened_by_get(folder: Path, settings: dict[str, Any]) -> set[str]:
    """The routes that an application answers to GET, as its URL map writes them."""
    house = build_house(Settings(state=folder, **settings))
    app = make_app(house, BLUEPRINTS if settings["mode"] == "demo" else ())
    house.database.close()
    return {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}


@pytest.mark.parametrize("settings", [DEMO, LIVE], ids=["demo", "live"])
def test_every_page_is_pictured_or_says_why_not(tmp_path: Path, settings: dict[str, Any]) -> None:
    missing = opened_by_get(tmp_path, settings) - pictured() - set(NO_PAGE)
    assert not missing, f"add them to scripts/screens/pages.py: {sorted(missing)}"


def test_the_table_names_no_route_that_is_gone(tmp_path: Path) -> None:
    assert (pictured() | set(NO_PAGE)) - opened_by_get(tmp_path, DEMO) == set()


def test_a_route_is_pictured_or_excused_never_both() -> None:
    assert pictured() & set(NO_PAGE) == set()


def test_every_picture_has_a_file_of_its_own() -> None:
    files = [(picture.name, picture.state) for picture in (*BEFORE, *AFTER)]
    assert sorted(set(files)) == sorted(files)
