"""By what a browser says whose it is (a form, her own page, a person's click); and which a machine's had joined."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection

from funnel.domain import events as on
from funnel.storage import events, submissions, tracking, visitors
from funnel.storage.installation import Moment
from funnel.usecases.tracking.browsers import instant_of
from funnel.usecases.tracking.passes import PROOF_LASTS, click_mark
from funnel.usecases.tracking.visit_events import Entry

BY_PASS = "same/"
"""How the keys of what a pass says begin."""

PROVEN: frozenset[on.Joined] = frozenset({"form", "own_page"})
"""What a browser says of itself, and no other says for it."""

_LOOKED_BACK = timedelta(days=1)
"""So long before its proof was told a click may have been recorded: more than one lasts, for a clock that is moved."""

_BY_CLICK = re.compile(r"joined/proof/click/([0-9]+/[0-9]+/[0-9]+)/")


@dataclass(frozen=True, slots=True)
class Proof:
    """By what a browser says whose it is: `how`, the lead, and the key under which it may be used once."""

    how: on.Joined
    lead_id: int
    key: str

    def passed_on(self) -> "Proof":
        """As it holds for another of the same person's browsers."""
        return replace(self, how="pass") if self.how in PROVEN else self


def read_proofs(
    connection: Connection, entries: Sequence[Entry], touches: Sequence[on.AnyEvent], moment: Moment
) -> dict[str, Proof]:
    """By entry, whose its browser says that it is; each proof for the browser that brought it first. A click says it
    where a person made it, as far as is known with the `touches` of this batch; one that nobody has told yet, later."""
    brought: dict[str, Entry] = {}
    for one in entries:
        if one.get("proof"):
            brought.setdefault("proof/" + "/".join(map(str, one["proof"])), one)
    if not brought:
        return {}
    forms = [one["proof"][1] for one in brought.values() if one["proof"][0] == "form"]
    sent = submissions.whose(connection, forms, moment.now - PROOF_LASTS) if forms else {}
    clicks = [one for one in brought.values() if one["proof"][0] == "click"]
    followed = _followed(connection, clicks, touches, moment) if clicks else {}
    found: dict[str, Proof] = {}  # by key: what is not known yet is not used up
    for key, one in brought.items():
        how, *said = one["proof"]
        known = {"form": sent, "own_page": {said[0]: said[0]}}
        lead_id = known[how].get(said[0]) if how in known else followed.get(tuple(said))
        if lead_id is not None:
            found[key] = Proof(how, lead_id, key)
        elif how == "click" and tuple(said) not in followed:
            visitors.give_pass(connection, visitors.digest(key), one["visitor"], moment.now)
    new = events.take_keys(connection, list(found), moment.now) if found else set()
    return {brought[key]["id"]: proof for key, proof in found.items() if key in new}


def _followed(
    connection: Connection, clicks: Sequence[Entry], touches: Sequence[on.AnyEvent], moment: Moment
) -> dict[tuple[int, ...], int | None]:
    """The lead by (mail, second, mark) of each click of these mails; none where no person made it."""
    mails = tracking.mails(connection, {one["proof"][1] for one in clicks})
    leads = {row["lead_id"] for row in mails.values()}
    leads = leads.union(*events.beside(connection, leads).values())  # it stands with whoever stood for her then
    since = min(instant_of(one, moment) for one in clicks) - _LOOKED_BACK
    recorded = events.all_of(connection, leads, on.LinkClicked, on.VerdictRevised, since=since)
    judged = [*recorded, *touches]
    says = {one.of: one.verdict for one in judged if isinstance(one, on.VerdictRevised)}
    return {
        (one.mail, *mark): mails[one.mail]["lead_id"] if says.get(one.key or "", one.verdict) == "human" else None
        for one, mark in _marked(judged)
        if one.mail in mails
    }


def told_late(connection: Connection, touches: Sequence[on.AnyEvent], moment: Moment) -> dict[str, Proof]:
    """By browser, what a click that a person made says of it, where its page had been told before the click was."""
    clicks = {f"proof/click/{one.mail}/{second}/{mark}": one for one, (second, mark) in _marked(touches)}
    keys = {visitors.digest(key): key for key, one in clicks.items() if one.verdict == "human"}
    came = visitors.use_passes(connection, keys, moment.now - PROOF_LASTS) if keys else {}
    if not came:
        return {}
    mails = tracking.mails(connection, {clicks[keys[one]].mail for one in came})
    new = events.take_keys(connection, [keys[one] for one in came], moment.now)
    return {
        visitor: Proof("click", mails[clicks[keys[one]].mail]["lead_id"], keys[one])
        for one, visitor in came.items()
        if keys[one] in new and clicks[keys[one]].mail in mails
    }


@dataclass(frozen=True, slots=True)
class Mistaken:
    """The browsers that a machine's click had made somebody's `by_click`, those that were made so `by_pass` since, and
    whose they can have been (`leads`)."""

    by_click: frozenset[str] = frozenset()
    by_pass: frozenset[str] = frozenset()
    leads: frozenset[int] = frozenset()


def taken_for_hers(connection: Connection, touches: Sequence[on.AnyEvent], moment: Moment) -> Mistaken:
    """What clicks had said of browsers that were a machine's, as is known now, and nothing has said anew."""
    revised = [one for one in touches if isinstance(one, on.VerdictRevised) and one.touched == "link.clicked"]
    clicks = {one.of for one in revised if one.verdict != "human"}
    if not clicks:
        return Mistaken()
    theirs = {one.lead_id for one in revised}
    theirs = theirs.union(*events.beside(connection, theirs).values())  # it stands with whoever stood for her then
    told = events.all_of(connection, theirs, on.LinkClicked, on.VisitorJoined, since=moment.now - PROOF_LASTS)
    made = {f"{one.mail}/{second}/{mark}" for one, (second, mark) in _marked(told) if one.key in clicks}
    said = {one.visitor: one.key or "" for one in told if isinstance(one, on.VisitorJoined)}  # last
    clicked = {visitor: found[1] for visitor, key in said.items() if (found := _BY_CLICK.match(key))}
    return Mistaken(
        frozenset(visitor for visitor, click in clicked.items() if click in made),
        frozenset(visitor for visitor, key in said.items() if key.startswith(f"joined/{BY_PASS}")),
        frozenset(theirs),
    )


def _marked(told: Sequence[on.AnyEvent]) -> Iterator[tuple[on.LinkClicked, tuple[int, int]]]:
    """The clicks among what was told, each with what tells it from the others of its mail."""
    return ((one, click_mark(one.key)) for one in told if isinstance(one, on.LinkClicked) and one.key)
