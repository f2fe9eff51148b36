"""Suggestions: made as her condition comes true, gone as it is no longer, answered once by a person (S69)."""

from funnel.domain import effects as do
from funnel.domain import events as on
from funnel.domain.conditions import is_true
from funnel.domain.engine.turn import Turn


def judge_suggestions(turn: Turn, *, anew: bool = False) -> None:
    """Write what is suggested of her by now, and tell of what was made and what has gone; only where this turn has
    changed what conditions look at, or `anew`. What was declined stays away until it has not been true. Of who is
    joined with another lead nothing is suggested until they are parted."""
    lead, book = turn.lead, turn.book
    if lead.merged_into is not None:
        return
    if not (book.suggestions or lead.suggestions or lead.declined) or not turn.judges(anew=anew):
        return
    values = turn.values
    true = {
        one.id
        for one in book.company.suggestions
        if one.id in book.suggestions
        and one.changes(lead.status, lead.tags)
        and is_true(book.suggestions[one.id], values)
    }
    made, gone = true - lead.suggestions.keys() - lead.declined.keys(), lead.suggestions.keys() - true
    if not made and not gone and lead.declined.keys() <= true:
        return
    waiting = {name: lead.suggestions.get(name, turn.stamp) for name in sorted(true - lead.declined.keys())}
    declined = {name: at for name, at in lead.declined.items() if name in true}
    turn.do(do.ChangeDetails({"suggestions": waiting, "declined": declined}))
    for name in sorted(gone):
        turn.do(do.TellSuggestion(name, "no_longer"))
    for name in sorted(made):
        turn.do(do.TellSuggestion(name))


def suggestion_answered(turn: Turn, event: on.SuggestionAnswered) -> None:
    """Accepting does what it says, once; what nobody suggests any more is answered no more."""
    lead = turn.lead
    known = turn.book.company.suggestion(event.suggestion)
    if known is None or event.suggestion not in lead.suggestions:
        return
    waiting = {name: since for name, since in lead.suggestions.items() if name != event.suggestion}
    if event.accepted:
        status = {"status": known.status} if known.status else {}
        turn.do(do.ChangeDetails({"suggestions": waiting, **status}))
        if known.tag and known.tag not in lead.tags:
            turn.do(do.AddTag(known.tag, turn.now))
        if known.untag and known.untag in lead.tags:
            turn.do(do.RemoveTag(known.untag))
    else:
        declined = {**lead.declined, event.suggestion: turn.stamp}
        turn.do(do.ChangeDetails({"suggestions": waiting, "declined": declined}))
    turn.do(do.TellSuggestion(event.suggestion, "accepted" if event.accepted else "declined", event.by))
