"""What a request says of who makes it, for the one judge of people and machines (`funnel.domain.verdicts`)."""

from typing import Literal

from werkzeug.datastructures import Headers

from funnel.domain.verdicts import Signals

_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


def signals_of(
    headers: Headers, kind: Literal["open", "click"] = "click", *, method: str = "GET", trap: bool = False
) -> Signals:
    """The signals of a request that opens a mail or follows a link, of `trap` the one that nobody sees."""
    ahead = " ".join(headers.get(name, "") for name in _AHEAD)
    return Signals(kind, agent=headers.get("User-Agent", ""), method=method, ahead=ahead, trap=trap)
