"""The demonstration's log-ins: one a role, with random passwords kept in the state folder."""

import secrets
from pathlib import Path
from typing import NamedTuple

from funnel.domain.company import Role, User
from funnel.usecases.house import House
from funnel.usecases.people import password_fits, password_mark, set_password
from funnel.usecases.read_published import read_published

_ROLES: tuple[Role, ...] = ("rep", "marketer", "manager", "admin")

_OWN = "-"
"""In place of a password: somebody has set one that is nobody else's business."""


class Account(NamedTuple):
    """A log-in that anybody on this machine may use, but for one whose password somebody has set (none)."""

    role: Role
    email: str
    password: str | None
    name: str


def make_accounts(house: House) -> list[Account]:
    """A log-in for the first user of each role; passwords made once are kept, and set in whatever database has none.
    One that was set by hand stays, and is not told.

    Each stands beside a mark of its hash: where the database shows the same mark nothing is hashed anew, for hashing is
    slow on purpose, and a second start should not be.
    """
    known = _kept(house)
    for _role, user in _first_of_each(house):
        password, mark = known.get(user.email, (_OWN, ""))
        there = password_mark(house, user.id)
        if there is None:
            password = password if password != _OWN else secrets.token_urlsafe(9)
            set_password(house, user.email, password)
        elif password != _OWN and there != mark and not password_fits(house, user.id, password):
            password = _OWN
        known[user.email] = (password, password_mark(house, user.id) or "")
    file = _file(house)
    file.touch(mode=0o600)
    file.write_text("".join(f"{email} {password} {mark}\n" for email, (password, mark) in known.items()))
    return read_accounts(house)


def read_accounts(house: House) -> list[Account]:
    """The log-ins to show; none in live mode."""
    if not house.settings.demo:
        return []
    known = _kept(house)
    return [
        Account(role, user.email, _told(house, user, *known[user.email]), user.name)
        for role, user in _first_of_each(house)
        if user.email in known
    ]


def _told(house: House, user: User, password: str, mark: str) -> str | None:
    """The password that was made, as long as it is the one in force."""
    return password if password != _OWN and mark == password_mark(house, user.id) else None


def _first_of_each(house: House) -> list[tuple[Role, User]]:
    users = read_published(house).company.company.users
    firsts = [next((user for user in users if user.role == role), None) for role in _ROLES]
    return [(user.role, user) for user in firsts if user]


def _file(house: House) -> Path:
    return house.settings.state / "logins.txt"


def _kept(house: House) -> dict[str, tuple[str, str]]:
    """By e-mail, the password and the mark of its hash."""
    file = _file(house)
    lines = [line.split(" ") for line in file.read_text().splitlines()] if file.exists() else []
    return {email: (password, rest[0] if rest else "") for email, password, *rest in lines}
