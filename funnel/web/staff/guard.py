"""Who is logged in, and what their role may open: the one place of the web where it is asked."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote

from flask import g, redirect, request, session
from werkzeug.wrappers import Response

from funnel.domain.company import Role, User
from funnel.usecases.errors import Forbidden
from funnel.usecases.people import Person, person
from funnel.web.here import house
from funnel.web.speech import speak

P = ParamSpec("P")
R = TypeVar("R")

EVERYBODY: tuple[Role, ...] = ("rep", "marketer", "manager", "admin")


def open_session(who: Person) -> None:
    """A new session for someone whose password was right; nothing of an older one remains."""
    session.clear()
    session["user"], session["generation"] = who.user.id, who.generation


def is_log_in(said: Mapping[str, Any]) -> bool:
    """Whether a session is that of somebody who has logged in."""
    return "user" in said


def who() -> User | None:
    """Who sent this request, asked of the database once a request; a new password ends older sessions."""
    if "who" not in g:
        user_id = session.get("user")
        found = person(house(), user_id, session.get("generation", -1)) if user_id else None
        g.who = found.user if found else None
    user: User | None = g.who
    return user


def staff(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """A view for these roles (none given: all). Others: to the log-in without a session, `Forbidden` with one."""

    def guard(view: Callable[P, R]) -> Callable[P, R | Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            user = who()
            if user is None:
                wanted = request.full_path.rstrip("?") if request.method == "GET" else "/desk"
                return redirect("/login" if wanted == "/desk" else f"/login?next={_quoted(wanted)}", 303)
            speak(next(iter(user.languages), None))
            if user.role not in (roles or EVERYBODY):
                raise Forbidden("This page is for other roles.")
            return view(*args, **kwargs)

        return guarded

    return guard


def me() -> User:
    """Who is logged in, inside a guarded view."""
    user = who()
    if user is None:
        raise Forbidden("Nobody is logged in.")
    return user


def inside(path: str) -> str:
    """A path of this site to go on to; the desk for anything else, so that no link leads elsewhere after a log-in."""
    good = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if good else "/desk"


def _quoted(path: str) -> str:
    return quote(path, safe="/")
