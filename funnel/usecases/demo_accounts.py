"""The demonstration's log-ins: one a role, with random passwords kept in the state folder."""

import secrets
from pathlib import Path
from typing import NamedTuple

from funnel.domain.company import Role
from funnel.usecases.house import House
from funnel.usecases.people import set_password, sign_in
from funnel.usecases.read_published import read_published

_ROLES: tuple[Role, ...] = ("rep", "marketer", "manager", "admin")


class Account(NamedTuple):
    """A log-in that anybody on this machine may use."""

    role: Role
    email: str
    password: str
    name: str


def make_accounts(house: House) -> list[Account]:
    """A log-in for the first user of each role; passwords made once are kept, and set in whatever database is there."""
    known = _kept(house)
    found = []
    for role, email, name in _first_of_each(house):
        known.setdefault(email, secrets.token_urlsafe(9))
        if sign_in(house, email, known[email]) is None:
            set_password(house, email, known[email])
        found.append(Account(role, email, known[email], name))
    file = _file(house)
    file.touch(mode=0o600)
    file.write_text("".join(f"{email} {password}\n" for email, password in known.items()))
    return found


def read_accounts(house: House) -> list[Account]:
    """The log-ins to show; none in live mode."""
    if not house.settings.demo:
        return []
    known = _kept(house)
    return [Account(role, email, known[email], name) for role, email, name in _first_of_each(house) if email in known]


def _first_of_each(house: House) -> list[tuple[Role, str, str]]:
    users = read_published(house).company.company.users
    firsts = [next((user for user in users if user.role == role), None) for role in _ROLES]
    return [(user.role, user.email, user.name) for user in firsts if user]


def _file(house: House) -> Path:
    return house.settings.state / "logins.txt"


def _kept(house: House) -> dict[str, str]:
    file = _file(house)
    return dict(line.split(" ", 1) for line in file.read_text().splitlines()) if file.exists() else {}
