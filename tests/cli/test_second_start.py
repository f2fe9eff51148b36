"""A second start does only what has changed since the first: counted, for seconds differ from machine to machine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.homes import copy_home
from tests.support.processes import ROOT

pytestmark = pytest.mark.timeout(900)

PROGRAM = """
import json, sys
from funnel.bootstrap import build_house, is_prepared, migrate
from funnel.config import read_settings
from funnel.storage import installation

settings = read_settings()
prepared = is_prepared(settings)
before = set(sys.modules)
migrate(settings)
house = build_house(settings)
with house.database.read() as connection:
    revision = installation.moment(connection).revision
    trail = [entry["what"] for entry in installation.audit_trail(connection, 100)]
house.close()
print(json.dumps({
    "prepared": prepared, "alembic": "alembic" in sys.modules, "psycopg": "psycopg" in sys.modules,
    "revision": revision, "published": trail.count("publish")
}))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The shipped files, to be changed at will."""
    (tmp_path / "state").mkdir()
    return copy_home(tmp_path / "home")


def _start(home: Path, database: str = "funnel.db") -> dict[str, object]:
    state = home.parent / "state"
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FUNNEL_")},
        "FUNNEL_MODE": "demo",
        "FUNNEL_HOME": str(home),
        "FUNNEL_STATE": str(state),
        "FUNNEL_DATABASE_URL": f"sqlite:///{state / database}",
        "FUNNEL_SMTP_URL": "smtp://127.0.0.1:9",
        "FUNNEL_SECRET_KEY": "k" * 40,
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environ, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_the_second_start_neither_loads_alembic_nor_publishes(home: Path) -> None:
    first, second = _start(home), _start(home)
    assert (first["prepared"], first["alembic"], first["published"]) == (False, True, 1)
    assert (second["prepared"], second["alembic"], second["published"]) == (True, False, 1)
    assert not second["psycopg"], "PostgreSQL's driver is for PostgreSQL"
    assert second["revision"] == first["revision"], "nobody has to look again"


@pytest.mark.slow
def test_a_saved_file_is_published_by_the_next_start(home: Path) -> None:
    first = _start(home)
    company = home / "scenarios" / "company.yaml"
    company.write_text(company.read_text() + "\n# a word more\n")
    second = _start(home)
    assert (second["prepared"], second["alembic"]) == (False, False)
    assert second["published"] == int(str(first["published"])) + 1
    assert _start(home)["prepared"]


@pytest.mark.slow
def test_another_database_beside_the_same_folder_is_prepared_anew(home: Path) -> None:
    _start(home)
    assert _start(home, "other.db") == {**_start(home, "third.db"), "prepared": False}
