"""Who has left is kept by her last name, whatever she was, and who comes back is no longer among them."""

from collections.abc import Mapping
from datetime import timedelta

from alembic import command
from sqlalchemy import Connection, select

from funnel.storage import former_users, installation
from funnel.storage.database import Database
from funnel.storage.migrate import configuration
from tests.storage.conftest import NOW

FIRST, SECOND, THIRD, FOURTH = (NOW + timedelta(days=day) for day in range(4))


def kept(connection: Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(select(former_users.former_users).order_by("id"))]


def company_of(users: Mapping[str, str]) -> dict[str, bytes]:
    listed = "".join(f"  - {{id: {one}, name: {name}, role: rep}}\n" for one, name in users.items())
    return {"scenarios/company.yaml": f"name: Verdanne\nusers:\n{listed}".encode(), "landing_pages/_base.html": b"x"}


def test_who_leaves_keeps_her_last_name_until_she_comes_back(database: Database) -> None:
    with database.write() as connection:
        former_users.publish(connection, {"camille": "Camille", "hugo": "Hugo"}, ["hugo"], FIRST)
        assert former_users.names(connection) == {"camille": "Camille"}
        former_users.publish(connection, {"hugo": "Hugo"}, ["camille", "idris"], SECOND)
        assert kept(connection) == [("hugo", "Hugo", SECOND)], "one is back, one has gone"
        former_users.publish(connection, {"camille": "Camille Roux", "idris": "Idris"}, ["idris"], THIRD)
        former_users.publish(connection, {"idris": "Idris"}, ["idris"], FOURTH)
        assert kept(connection) == [("camille", "Camille Roux", THIRD), ("hugo", "Hugo", SECOND)]


def test_who_had_left_before_there_was_this_table_is_found_in_what_was_published(database: Database) -> None:
    with database.write() as connection:
        for digest, files, at in (
            ("a", company_of({"ana": "Ana", "camille": "Camille", "hugo": "Hugo", "idris": "Idris"}), FIRST),
            ("b", company_of({"camille": "Camille Roux", "idris": "Idris"}), SECOND),
            ("c", {"scenarios/company.yaml": b"users: [{id: idris}\n\x00"}, THIRD),
            ("d", company_of({"idris": "Idris"}), FOURTH),
        ):
            installation.store_version(connection, "company", digest, files, at)
            installation.publish(connection, "company", digest, at)
        config = configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, "0017")
        command.upgrade(config, "head")
        assert kept(connection) == [
            ("ana", "Ana", SECOND),
            ("camille", "Camille Roux", THIRD),
            ("hugo", "Hugo", SECOND),
        ]


def test_a_company_that_was_never_published_has_nobody_who_left(database: Database) -> None:
    with database.read() as connection:
        assert former_users.names(connection) == {}
