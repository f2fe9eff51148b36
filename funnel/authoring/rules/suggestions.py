"""The rules of `suggestions:` in `company.yaml`: accepting does something, by words that the company has."""

from collections.abc import Iterator

from funnel.authoring.findings import Path, Problem
from funnel.authoring.home import Home
from funnel.authoring.rules.words import NO, twice, unknown
from funnel.authoring.saying import say


def suggestion_problems(home: Home) -> Iterator[Problem]:
    """What is wrong about what accepting does."""
    company = home.company
    if company is None or "suggestions" in home.lost:
        return
    tags = None if "tags" in home.lost else [tag for group in company.tags.values() for tag in group]
    statuses = None if "statuses" in home.lost else list(company.statuses)
    yield from twice([one.id for one in company.suggestions], ("suggestions",), say("two suggestions"))
    for index, one in enumerate(company.suggestions):
        here: Path = ("suggestions", index)
        if not (one.status or one.tag or one.untag):
            message = say("accepting %(name)s does nothing", name=repr(one.id))
            yield Problem(here, "missing-key", message, say("add 'status:', 'tag:' or 'untag:'"))
        if one.tag is not None and one.tag == one.untag:
            message = say("accepting puts the tag %(tag)s on her and takes it off", tag=repr(one.tag))
            yield Problem((*here, "untag"), "bad-value", message, say("leave one of them out"))
        for key, known, kind in (("status", statuses, "status"), ("tag", tags, "tag"), ("untag", tags, "tag")):
            word = getattr(one, key)
            if word is not None and known is not None:
                yield from unknown(word, known, NO[kind], (*here, key))
