"""What a browser has said so far, in the one signed session cookie: answers, where it came from, what it sent.

Short keys, because a cookie holds 4 KB: `a` answers by scenario, `f` the fields of the details page, `c` the boxes
ticked there by scenario, `w` what is to follow the answers, `s` the source, `d` the form that was sent last, `o` the
submissions of this browser, `z` its time zone, `b` the time it asked for, `t` by what it is known after a consent.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, cast
from urllib.parse import urlsplit

from flask import current_app, request, session
from flask.sessions import SecureCookieSessionInterface

from funnel.domain.diagnosis import Answer
from funnel.domain.source import KEYS, first_of, read_source
from funnel.domain.timing import is_zone

LARGEST = 3_800
"""Bytes of the cookie's value; browsers keep 4,096 with its name and attributes."""

_MOST_OWN = 6


@dataclass(frozen=True)
class SentForm:
    """The form that this browser sent last: what it typed, nothing that is stored. `submission` finds its answers;
    `tracked` says that it agrees to its visits being kept, `told` that a page has told it so, `to_confirm` that it
    ticked what a mail asks to confirm."""

    scenario: str
    submission: str
    first_name: str
    email: str
    phone: str = ""
    corrected: bool = False
    tracked: bool = False
    told: bool = False
    to_confirm: bool = False


def answers_so_far(scenario: str) -> dict[str, Answer]:
    """The answers of the pages before."""
    return dict(session.get("a", {}).get(scenario, {}))


def keep_answers(scenario: str, values: Mapping[str, Answer]) -> bool:
    """Keep them; false, and nothing changed, when the cookie would not hold them."""
    before = session.get("a", {})
    others = {name: kept for name, kept in before.items() if name != scenario}
    for room in (others, {}):  # what was begun elsewhere gives way to what is being answered
        session["a"] = {**room, scenario: dict(values)}
        if _size() <= LARGEST:
            return True
    session["a"] = before
    return False


def keep_details(scenario: str, typed: Mapping[str, str], ticked: Collection[str]) -> None:
    """Keep the details typed and the boxes ticked so far, when she goes back to her answers; the boxes for this form
    alone, since a box that is ticked beforehand is no consent."""
    session["f"], session["c"] = dict(typed), {scenario: sorted(ticked)}
    if _size() > LARGEST:
        del session["f"], session["c"]


def details_so_far(scenario: str) -> tuple[dict[str, str], list[str]]:
    """The details typed before she went back, on whichever form, and the boxes ticked on this one."""
    return dict(session.get("f", {})), list(session.get("c", {}).get(scenario, []))


def keep_wish(kept_as: str, wish: Mapping[str, str]) -> None:
    """Keep what is to follow the answers of a questionnaire, when she goes back to them."""
    session["w"] = {kept_as: dict(wish)}
    if _size() > LARGEST:
        session.pop("w")


def wish_so_far(kept_as: str) -> dict[str, str]:
    """What was to follow before she went back."""
    return dict(session.get("w", {}).get(kept_as, {}))


def drop_wish() -> None:
    """Her answers are sent, and what is to follow with them."""
    session.pop("w", None)


def waits_unnamed(said: Mapping[str, Any]) -> bool:
    """Whether answers wait to be sent and nobody has said whose they are. They outlive the browser, so that a telephone
    that ends its own loses none; once somebody has typed or sent who she is, whoever opens it next is not shown it."""
    return bool(said.get("a")) and not {"f", "w", "d"} & said.keys()


def note_source(*, only_if_told: bool = False) -> None:
    """Remember where she came from: what the first request says is kept, later ones only add (`utm_*`, the call to
    action, the host that linked here). `only_if_told`: set no cookie for somebody who came without any of it."""
    told = {name: request.args[name] for name in KEYS if request.args.get(name)}
    host = urlsplit(request.referrer or "").hostname
    if host and host != urlsplit(request.host_url).hostname:
        told["referrer"] = host
    clean = read_source(told)
    if clean or (not only_if_told and "s" not in session):
        session["s"] = first_of(session.get("s", {}), clean)


def source() -> dict[str, str]:
    """Where she came from."""
    return dict(session.get("s", {}))


def note_sent(form: SentForm, others: Collection[str] = ()) -> None:
    """The form is sent, and `others` of this browser with it: the source has done its work, the answers stay for a look
    back."""
    session.pop("s", None)
    session.pop("f", None)
    session.pop("c", None)
    session["d"] = asdict(form)
    new = [*others, form.submission]
    own = [*(one for one in session.get("o", []) if one not in new), *new]
    session["o"] = own[-_MOST_OWN:]
    if _size() > LARGEST:  # they are stored now, and the way to her results is worth more
        session.pop("a", None)


def sent_form(scenario: str | None = None) -> SentForm | None:
    """The form that this browser sent last, if it was this scenario's."""
    kept: dict[str, Any] | None = session.get("d")
    if not kept or scenario not in (None, kept["scenario"]):
        return None
    return SentForm(**kept)


def note_agreed(proof: str) -> None:
    """She has agreed on a page of her own that her visits are kept: the next that she sees says so to her browser."""
    session["t"] = proof


def just_agreed() -> str | None:
    """By what this browser is known to be hers, once after she has agreed on a page of her own."""
    found: str | None = session.pop("t", None)
    return found


def agrees_by_form() -> bool:
    """Whether the page that is shown now tells this browser that its form has agreed: the first one alone, since what
    she says anywhere after it counts."""
    sent = sent_form()
    if sent is None or not sent.tracked or sent.told:
        return False
    session["d"] = asdict(replace(sent, told=True))
    return True


def note_untracked() -> None:
    """She has taken back that her visits are kept: no page of this browser says any more that she agrees."""
    session.pop("t", None)
    if sent := sent_form():
        session["d"] = asdict(replace(sent, tracked=False))


def note_erased() -> None:
    """She is erased: this browser knows neither what she typed nor what she sent any more."""
    for what in ("a", "f", "c", "w", "d", "o", "b", "t"):
        session.pop(what, None)


def own_submissions() -> list[str]:
    """The submissions of this browser."""
    return list(session.get("o", []))


def note_zone(zone: str | None) -> None:
    """The time zone that the browser told or she chose."""
    if zone and is_zone(zone):
        session["z"] = zone


def zone_so_far() -> str | None:
    """The zone told before."""
    found: str | None = session.get("z")
    return found


def note_asked(starts_at: str) -> None:
    """The time that this browser asked for, before anybody has proven whose it is."""
    session["b"] = starts_at


def asked_for() -> str:
    """The time asked for before; empty when there was none."""
    found = session.get("b", "")
    return found if isinstance(found, str) else ""


def _size() -> int:
    interface = cast(SecureCookieSessionInterface, current_app.session_interface)
    serializer = interface.get_signing_serializer(current_app)
    if serializer is None:
        raise RuntimeError("the application has no secret key")
    return len(serializer.dumps(dict(session)))
