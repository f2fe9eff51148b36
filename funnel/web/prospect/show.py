"""Showing a page to a prospect: the company around it, the guard against forged posts, and the page for when nothing
can be saved."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, render_template, request
from flask_wtf.csrf import generate_csrf

from funnel.domain.company import Company
from funnel.usecases.errors import DatabaseAway
from funnel.usecases.in_time import Unrecorded
from funnel.usecases.read_published import last_published, read_published
from funnel.usecases.shelf import Published
from funnel.web.here import house

Pairs = list[tuple[str, str]]

RETRY_AFTER = "5"
"""Seconds after which a page that could not be had may be asked for again."""


def known() -> Published:
    """What is published; from memory while the database is away, so that pages which only read it stay up."""
    try:
        return read_published(house())
    except DatabaseAway:
        remembered = last_published(house())
        if remembered is None:
            raise
        return remembered


def page(template: str, company: Company, status: int = 200, **context: Any) -> Response:
    """A template of the product with the company's name, imprint and brand."""
    return Response(render_template(template, company=company, **context), status, mimetype="text/html")


def hidden(*pairs: tuple[str, str]) -> Pairs:
    """What a form carries unseen, with the token that proves it is ours."""
    return [("csrf_token", generate_csrf()), *pairs]


def unavailable(action: str, fields: Iterable[Mapping[str, Any]], carried: Iterable[tuple[str, str]]) -> Response:
    """503: nothing could be saved; all that was sent stands in the page, to be sent again.

    `fields` are those to be read and changed: `{name, label, value, long}`; `carried` all others.
    """
    remembered = last_published(house())
    if remembered is None:
        raise DatabaseAway("nothing was ever read from the database by this process")
    answer = page(
        "unavailable_form.html",
        remembered.company.company,
        503,
        action=action,
        hidden=hidden(*carried),
        fields=list(fields),
    )
    answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def not_recorded(error: Unrecorded) -> Response:
    """503: what she has decided was not recorded, or nobody knows; with one button that sends it again."""
    remembered = last_published(house())
    if remembered is None:
        raise DatabaseAway("nothing was ever read from the database by this process")
    carried = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    answer = page(
        "not_recorded.html",
        remembered.company.company,
        503,
        certain=error.certain,
        action=request.path,
        hidden=hidden(*carried),
    )
    answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def path_of(url: str) -> str:
    """An address of this house without its host: a page stays on the host by which it was opened."""
    return url.removeprefix(house().settings.base_url)
