"""What the tracker tells (`POST /t`): read strictly; whatever is wrong is refused whole, and counted."""

import re
from typing import Annotated, Literal
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from funnel.domain.contact import clean_text
from funnel.domain.source import UTM, read_source
from funnel.domain.tunnel.trigger import page_of, written_path
from funnel.usecases.house import House
from funnel.usecases.tracking.passes import NAME, give_pass, has_withdrawn, read_proof, use_pass, withdraw
from funnel.usecases.tracking.sites import Sites
from funnel.usecases.tracking.take_in import count, take_in_visit

LARGEST = 8 * 1024
"""Bytes of what the tracker tells at most."""

LONGEST_TITLE, LONGEST_PAGE = 200, 300
"""Characters that are kept; a longer title is cut, a longer page is refused."""

Refusal = Literal["too_big", "not_ours", "address", "site", "machine"]
"""Why nothing is kept: too many bytes; not what the tracker says; not the address of a page, or of another site than
the one that tells; a site that company.yaml does not name; a program."""

_NEVER_WRITTEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd]")
"""What a browser writes out in an address (RFC 3986): control signs, which PostgreSQL does not take; and what is left
of half a character."""

Name = Annotated[str, StringConstraints(pattern=NAME)]


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Visit(_Told):
    """A page is shown. `proof` is what its address brought from a mail, or the page gave after a form or a consent."""

    told: Literal["visit"]
    visitor: Name
    visit: Name
    url: Annotated[str, Field(max_length=4000)]
    title: Annotated[str, Field(max_length=2000)] = ""
    referrer: Annotated[str, Field(max_length=4000)] = ""
    proof: Annotated[str, Field(max_length=64)] = ""


class Left(_Told):
    """It was looked at for so many seconds more; `part` counts how often that was told."""

    told: Literal["left"]
    visitor: Name
    visit: Name
    part: Annotated[int, Field(ge=1, le=1000)]
    seconds: Annotated[int, Field(ge=1, le=86_400)]


class Leaving(_Told):
    """The browser goes to another of our sites, with a pass."""

    told: Literal["leaving"]
    visitor: Name
    pass_: Annotated[Name, Field(alias="pass")]


class Arrived(_Told):
    """A browser has come with a pass; `visitor`, if it has a name here already."""

    told: Literal["arrived"]
    pass_: Annotated[Name, Field(alias="pass")]
    visitor: Name | None = None


class Forget(_Told):
    """The browser withdraws its consent."""

    told: Literal["forget"]
    visitor: Name


_READER: TypeAdapter[Visit | Left | Leaving | Arrived | Forget] = TypeAdapter(
    Annotated[Visit | Left | Leaving | Arrived | Forget, Field(discriminator="told")]
)


class Withdrawn(Exception):
    """A page is told of a browser that has withdrawn its consent on another page, or on another site."""


class _Refused(Exception):
    """Nothing is kept but that it came."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


def take_beacon(house: House, sites: Sites, body: bytes, origin: str, *, private: bool = False) -> str | None:
    """Take in what a tracker tells on a page of `origin` (empty, `null`: the browser does not say). For a pass the
    browser that it is of, where that has no name here; else nothing. Of a `private` browser (Global Privacy Control)
    nothing is taken but that it is to be forgotten. What is refused is counted; `Withdrawn` is for the tracker to hear,
    which forgets the name then."""
    try:
        return _take(house, sites, body, origin, private=private)
    except _Refused as refused:
        if not private:
            count(house, refused.why)
        return None


def _take(house: House, sites: Sites, body: bytes, origin: str, *, private: bool) -> str | None:
    try:
        told = _READER.validate_json(_whole(body))
    except ValidationError:
        raise _Refused("not_ours") from None
    host = origin.partition("://")[2].lower() if origin not in ("", "null") else ""
    if host and not sites.has(host):
        raise _Refused("site")
    if (private or not sites.kept) and not isinstance(told, Forget):
        return None
    match told:
        case Visit():
            if _NEVER_WRITTEN.search(told.url + told.referrer):
                raise _Refused("address")
            page, query = _page(house, told.url, host, sites)
            if has_withdrawn(house, told.visitor):
                raise Withdrawn
            proof = read_proof(house, told.proof) if told.proof else None
            title = clean_text(told.title[: 4 * LONGEST_TITLE])
            take_in_visit(
                house,
                "visit",
                told.visit,
                visitor=told.visitor,
                page=page,
                title=(title or "")[:LONGEST_TITLE],
                referrer=_referrer(house, told.referrer),
                utm=_utm(query),
                **({"proof": proof} if proof else {}),
            )
        case Left():
            key = f"{told.visit}/{told.part}"
            take_in_visit(house, "left", key, visitor=told.visitor, visit=told.visit, seconds=told.seconds)
        case Forget():
            withdraw(house, told.visitor)
            take_in_visit(house, "forget", told.visitor, visitor=told.visitor)
        case Leaving():
            give_pass(house, told.pass_, told.visitor)
        case Arrived():
            other = use_pass(house, told.pass_)
            if told.visitor is None:
                return other
            if other not in (None, told.visitor):
                take_in_visit(house, "same", told.pass_, visitor=told.visitor, other=other)
    return None


_HEX = rb"[0-9a-fA-F]{2}"
_ESCAPED = re.compile(
    rb"\\u[dD][89abAB]" + _HEX + rb"\\u[dD][c-fC-F]" + _HEX + rb"|\\u([dD][89a-fA-F]" + _HEX + rb")|\\.", re.DOTALL
)
"""What JSON writes by a backslash: a pair of surrogates; one by itself, which is a group; anything else."""


def _whole(body: bytes) -> bytes:
    """The same, with a sign for what is only half a character: a script may have cut the title of its page there."""
    return _ESCAPED.sub(lambda found: rb"\ufffd" if found[1] else found[0], body) if rb"\u" in body else body


def _page(house: House, url: str, host: str, sites: Sites) -> tuple[str, str]:
    """The page as it is kept, and what is asked there."""
    parts = _address(url)
    if parts is None or parts.username is not None or (host and parts.netloc.lower() != host):
        raise _Refused("address")
    if not sites.has(parts.netloc.lower()):
        raise _Refused("site")
    path = _path(house, parts)
    if len(path) > LONGEST_PAGE:
        raise _Refused("address")
    return page_of(parts.netloc, path), parts.query


def _referrer(house: House, url: str) -> str:
    """The page before: host and path; nothing of what is asked there."""
    parts = _address(url)
    return page_of(parts.hostname or "", _path(house, parts))[:LONGEST_PAGE] if parts else ""


def _address(url: str) -> SplitResult | None:
    """A page's address; none for what is none."""
    try:
        parts = urlsplit(url)
        is_one = parts.hostname and parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        return None
    return parts if is_one else None


def _path(house: House, parts: SplitResult) -> str:
    """As people write it. What a link of ours opens by is left out: whoever read it in a history could open it."""
    return "/".join(one for one in written_path(parts.path).split("/") if not house.links.has_signed(one))


def _utm(query: str) -> dict[str, str]:
    try:
        given = dict(parse_qsl(query, max_num_fields=50))
    except ValueError:
        return {}
    return {name: value for name, value in read_source(given).items() if name in UTM}
