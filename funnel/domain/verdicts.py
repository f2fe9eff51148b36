"""Whether a person or a machine opened a mail or followed a link in it: judged from signals that are never kept.

Each reason to doubt has a weight: one that only machines give settles it, one that some people give too leaves it open.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal, get_args

Says = Literal["human", "machine", "unsure"]
MachineReason = Literal["agent", "head", "prefetch", "trap", "at_once", "together"]
UnsureReason = Literal["no_agent", "proxy", "soon"]
Reason = MachineReason | UnsureReason
"""agent: it names itself a program; head: it asked for the head only; prefetch: a browser or a proxy looked ahead;
trap: the link that nobody sees; at_once, soon: so many seconds after the mail had left; together: several links of one
mail within seconds, or opened beside them; no_agent: it does not name itself, or says no more than all do; proxy: a
mail provider fetches pictures for its readers."""

AT_ONCE = timedelta(seconds=5)
"""Nobody has read a mail that left so long ago."""
SOON = timedelta(seconds=20)
"""Few people have."""
BURST = timedelta(seconds=10)
BURST_LINKS = 3
PAIR = timedelta(seconds=2)
"""Two links within this, or three within `BURST`, are no person's."""
HIDDEN = "trap"
"""What the link is called that nobody sees."""
TRAP_SPAN = timedelta(minutes=1)
"""What follows links around the hidden one is the same machine."""

_MACHINES = frozenset(get_args(MachineReason))
_AGENTS = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|scan|preview|fetch|monitor|headless|phantom|puppeteer|playwright|selenium"
    r"|curl|wget|httpie|python|aiohttp|okhttp|axios|node-fetch|go-http|java/|libwww|perl|ruby|php/|apache-http"
    r"|barracuda|mimecast|proofpoint|safelinks|fireeye|trendmicro|symantec|messagelabs|forcepoint|ironport|zscaler"
    r"|bitdefender|virustotal|pingdom|lighthouse|gtmetrix|site24x7|statuscake|synthetics|newrelic|checkly|catchpoint"
    r"|uptime|prerender|google-(safety|inspection|read-aloud)|googleother|mediapartners"
    r"|\Anode\b|undici|postman|insomnia|guzzle|restsharp|superagent"
    r"|facebookexternalhit|facebookcatalog|whatsapp|telegram|skypeuri|slack|discord|embedly",
    re.IGNORECASE,
)
_PROXIES = re.compile(r"GoogleImageProxy|ggpht|YahooMailProxy|\AMozilla/5\.0\Z")
"""Gmail, Yahoo; and Apple's Mail Privacy Protection, which names itself by these eleven characters alone."""
_AHEAD = re.compile(r"prefetch|preview|prerender", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known in the moment of a request, and forgotten after it. `ahead` is what the headers Sec-Purpose,
    Purpose and X-Moz say."""

    kind: Literal["open", "click"]
    agent: str = ""
    method: str = "GET"
    ahead: str = ""
    trap: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who it was, and every reason to think so; none for a person."""

    says: Says
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """One mail, touched: under which key it is recorded, which link was followed (none: it was opened), when."""

    key: str
    link: int | None
    at: datetime
    trap: bool = False


def judge(signals: Signals) -> Verdict:
    """What the request itself tells."""
    reasons: list[Reason] = []
    if signals.trap:
        reasons.append("trap")
    if signals.method == "HEAD":
        reasons.append("head")
    if _AHEAD.search(signals.ahead):
        reasons.append("prefetch")
    if signals.kind == "open" and _PROXIES.search(signals.agent):
        reasons.append("proxy")
    elif signals.agent.strip() in ("", "Mozilla/5.0"):
        reasons.append("no_agent")
    elif _is_program(signals.agent):
        reasons.append("agent")
    return verdict(reasons)


@lru_cache(maxsize=1024)
def _is_program(agent: str) -> bool:
    """Few agents make most requests."""
    return _AGENTS.search(agent) is not None


def after_sending(reasons: Iterable[Reason], since: timedelta) -> Verdict:
    """The same, when it is known how long before the mail had left."""
    early: tuple[Reason, ...] = ("at_once",) if since < AT_ONCE else ("soon",) if since < SOON else ()
    return verdict([*reasons, *early])


def verdict(reasons: Iterable[Reason]) -> Verdict:
    """What reasons add up to, in the order in which they were given."""
    given = tuple(dict.fromkeys(reasons))
    if any(one in _MACHINES for one in given):
        return Verdict("machine", given)
    return Verdict("unsure" if given else "human", given)


def together(touches: Sequence[Seen]) -> frozenset[str]:
    """The keys of those touches of one mail that no person can have made: too many links at once, or around the hidden
    one, and openings beside them. They may be given in any order, and again when more have come."""
    found: set[str] = set()
    clicks = sorted((one for one in touches if one.link is not None), key=lambda one: one.at)
    for place, first in enumerate(clicks):
        if first.trap:
            found |= {one.key for one in clicks if abs(one.at - first.at) <= TRAP_SPAN}
        for span, enough in ((PAIR, 2), (BURST, BURST_LINKS)):
            within = [one for one in clicks[place:] if one.at - first.at <= span]
            if len({one.link for one in within}) >= enough:
                found |= {one.key for one in within}
    machine = [one.at for one in clicks if one.key in found]
    opened = (one for one in touches if one.link is None)
    return frozenset(found | {one.key for one in opened if any(abs(one.at - at) <= BURST for at in machine)})
