"""The staff: who may log in, what each role may see, checked at this one place."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from funnel.domain.company import Company, Role, User
from funnel.domain.lead import HandoffState, Lead
from funnel.links import Purpose, Token
from funnel.storage import installation, users
from funnel.usecases.errors import Forbidden, Gone, Invalid, NotFound, Refused
from funnel.usecases.house import House

_HASHER = PasswordHasher()
SHORTEST = 12


@dataclass(frozen=True, slots=True)
class Person:
    """Someone logged in: the user of `company.yaml`, and the generation her session was opened with."""

    user: User
    generation: int

    @property
    def role(self) -> Role:
        """rep, marketer, manager or admin."""
        return self.user.role


def sign_in(house: House, email: str, password: str) -> Person | None:
    """The person, if the password is right; the same time is spent on an unknown address."""
    with house.database.read() as connection:
        company = house.shelf.published(connection, installation.moment(connection).revision).company.company
        user = company.user_of(email)
        row = users.by_id(connection, user.id) if user else None
    hashed = row["password_hash"] if row and row["password_hash"] else _nobodys()
    if not _matches(hashed, password) or user is None or row is None or not row["password_hash"]:
        return None
    return Person(user, row["generation"])


@cache
def _nobodys() -> str:
    """A hash that no password has; made at the first need, for hashing is slow on purpose."""
    return _HASHER.hash("nobody has this password")


def password_mark(house: House, user_id: str) -> str | None:
    """A short mark of the stored hash: equal as long as the password is the same; none without a password."""
    with house.database.read() as connection:
        row = users.by_id(connection, user_id)
    hashed = row["password_hash"] if row else None
    return hashlib.sha256(hashed.encode()).hexdigest()[:16] if hashed else None


def password_fits(house: House, user_id: str, password: str) -> bool:
    """Whether it is a user's password; slow, as every such look."""
    with house.database.read() as connection:
        row = users.by_id(connection, user_id)
    return bool(row and row["password_hash"] and _matches(row["password_hash"], password))


def _matches(hashed: str, password: str) -> bool:
    try:
        return bool(_HASHER.verify(hashed, password))
    except (VerifyMismatchError, InvalidHashError):
        return False


def person(house: House, user_id: str, generation: int) -> Person | None:
    """Who a session belongs to, if the user is still there and has set no new password since."""
    with house.database.read() as connection:
        company = house.shelf.published(connection, installation.moment(connection).revision).company.company
        row = users.by_id(connection, user_id)
    user = company.user(user_id)
    if user is None or row is None or row["generation"] != generation:
        return None
    return Person(user, generation)


def set_password(house: House, email: str, password: str) -> User:
    """Set a password; older sessions and one-time links end."""
    if len(password) < SHORTEST:
        raise Invalid({"password": "too_short"})
    with house.database.write() as connection:
        company = house.shelf.published(connection, installation.moment(connection).revision).company.company
        user = company.user_of(email)
        if user is None:
            raise NotFound(f"{email} is not among the users of company.yaml")
        users.set_password(connection, user.id, _HASHER.hash(password))
    return user


def password_link(house: House, email: str) -> str:
    """A one-time link to set a password; it ends when it is used."""
    with house.database.write() as connection:
        company = house.shelf.published(connection, installation.moment(connection).revision).company.company
        user = company.user_of(email)
        if user is None:
            raise NotFound(f"{email} is not among the users of company.yaml")
        number = users.ensure(connection, user.id)
        row = users.by_number(connection, number)
        generation = row["generation"] if row else 0
    return house.url("/login/" + house.links.sign(Token(Purpose.PASSWORD, number, generation=generation)))


def use_password_link(house: House, text: str, password: str | None) -> User:
    """Whose link it is; with a password, set it. `NotFound` when the link was used."""
    token = house.links.read(text, Purpose.PASSWORD)
    with house.database.read() as connection:
        company = house.shelf.published(connection, installation.moment(connection).revision).company.company
        row = users.by_number(connection, token.subject)
    user = company.user(row["id"]) if row else None
    if user is None or row is None or row["generation"] != token.generation:
        raise NotFound("this link was used already; ask for a new one")
    return set_password(house, user.email, password) if password is not None else user


def logins_exist(house: House) -> bool:
    """Whether anybody can log in."""
    with house.database.read() as connection:
        return bool(users.with_password(connection))


def may_see(who: User, lead: Lead, company: Company, tasks: Sequence[Mapping[str, Any]] = ()) -> bool:
    """A rep sees her own leads, those offered to her team, those of a rep who has left, and those of whom one of
    `tasks` is open for her or was ticked off by her, who has spoken with the lead; the other roles see all."""
    if who.role != "rep":
        return True
    reps = {one.rep for one in lead.appointments} | {one.rep for one in lead.handoffs}
    reps |= {task["done_by"] for task in tasks}
    return who.id in reps or _has_now(who, lead, company, tasks)


def may_change(who: User, lead: Lead, company: Company, tasks: Sequence[Mapping[str, Any]] = ()) -> bool:
    """Whether somebody sees a lead and may set appointments and tags: a rep who gave her back, and has nothing of hers
    any more, only reads what she did."""
    if who.role != "rep" or _has_now(who, lead, company, tasks):
        return True
    gave_back = any(one.rep == who.id and one.state == "returned" for one in lead.handoffs)
    return not gave_back and may_see(who, lead, company, tasks)


def require_change(who: User, lead: Lead, company: Company, tasks: Sequence[Mapping[str, Any]] = ()) -> None:
    """`Forbidden` for who may not see her, or only see her; `Gone` for whose team has her no more."""
    if not may_see(who, lead, company, tasks):
        raise out_of_sight(who, lead, company)
    if not may_change(who, lead, company, tasks):
        raise Forbidden("You gave this lead back: you can read what happened, and change nothing any more.")


def out_of_sight(who: User, lead: Lead, company: Company) -> Refused:
    """Why a rep may not see a lead: what became of the hand-over to her team, else that she is a colleague's."""
    last = lead.handoffs[-1] if lead.handoffs else None
    if last is not None and not last.open and last.rep in _team_of(who, company):
        return gone(last.state)
    return Forbidden("This lead belongs to a colleague.")


def gone(state: HandoffState) -> Gone:
    """What became of a hand-over that waits for nobody's answer any more."""
    if state == "withdrawn":
        return Gone("The hand-over of this lead was withdrawn: it is offered to nobody any more.")
    return Gone("This lead has gone back to marketing already.")


def _team_of(who: User, company: Company) -> set[str]:
    return {user.id for user in company.users if user.team == who.team}


def _has_now(who: User, lead: Lead, company: Company, tasks: Sequence[Mapping[str, Any]]) -> bool:
    """What a rep has of her now: the hand-over, hers, offered to her team or of who has left; an appointment that has
    no outcome yet; a task."""
    team = _team_of(who, company)
    meets = any(one.rep == who.id and one.open for one in lead.appointments)
    given = lead.handoff
    hers = given is not None and (
        given.rep == who.id
        or (given.rep in team and given.state == "offered")
        or all(user.id != given.rep for user in company.users)
    )
    return meets or hers or any(task["done_at"] is None and is_for(who, task) for task in tasks)


def is_for(who: User, task: Mapping[str, Any]) -> bool:
    """Whether a task stands on a rep's desk: her own, or of nobody yet in her team or in none."""
    return task["rep"] == who.id or (task["rep"] is None and task["team"] in (None, who.team))


def require(allowed: bool, why: str | None = None) -> None:
    """`Forbidden` unless allowed: without another reason, because she is a colleague's."""
    if not allowed:
        raise Forbidden(why) if why else Forbidden("This lead belongs to a colleague.")
