"""When a lead's score is looked at anew: as points fade, and as an unsure touch has waited long enough."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from funnel.domain import effects as do
from funnel.domain.engine.turn import Turn
from funnel.domain.scoring import ledger
from funnel.domain.timing import next_midnight

DOUBT = timedelta(hours=24)
"""How long what may have been a machine's waits for something that only a person does."""

BY = "by"
"""Of what is kept in mind, the clicks that have vouched for it."""


def plan_review(turn: Turn, *, reviewed: bool = False) -> None:
    """Keep when her score is looked at next: points fade at the beginning of a day of the company's, doubts end after
    `DOUBT` where they give points then. What is overdue stays so until all has been `reviewed`."""
    lead, rules = turn.lead, turn.book.rules
    if lead.review_at and lead.review_at <= turn.now and not reviewed:
        return
    fading = (ledger.fades_next(one, rules, turn.now) for one in ledger.standing(lead.entries)) if rules.fading else ()
    instants = [next_midnight(at, turn.book.company.zone) for at in fading if at]
    if turn.book.company.tracking.unsure_earns == "points":
        instants += [since(one) + DOUBT for one in earning(lead.unsure).values()]
    soonest = min(instants, default=None)
    if soonest != lead.review_at:
        turn.do(do.ChangeDetails({"review_at": soonest}))


def earning(unsure: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """Those that give their points after `DOUBT`: the company had it so when they came. What it has so since then holds
    for what has come since. What a click has vouched for has given them."""
    return {key: one for key, one in unsure.items() if one.get("earns") == "points" and BY not in one}


def since(unsure: Mapping[str, str]) -> datetime:
    """When something came of which nobody can say whose it was."""
    return datetime.fromisoformat(unsure["at"])
