"""The rules of calls to action: a title, UTM values that arrive as written, a scenario with a page to lead to."""

from collections.abc import Collection, Iterator

from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import nearest, quote
from funnel.authoring.home import Home
from funnel.authoring.rules.words import unknown
from funnel.authoring.saying import say
from funnel.domain.company import Company
from funnel.domain.source import LONGEST

_SECTION = "calls_to_action"


def call_to_action_problems(company: Company) -> Iterator[Problem]:
    """What each says of itself."""
    for index, cta in enumerate(company.calls_to_action):
        here: Path = (_SECTION, index)
        texts = [cta.title] if isinstance(cta.title, str) else list(cta.title.values())
        if not texts or not all(text.strip() for text in texts):
            message = say("the call to action %(name)s has no title", name=repr(cta.id))
            yield Problem((*here, "title"), "empty-text", message, say("write what it is called in lists"))
        for key, value in cta.utm.model_dump(exclude_none=True).items():
            path: Path = (*here, "utm", key)
            if not value.strip():
                message = say("utm_%(key)s would be empty", key=key)
                yield Problem(path, "empty-text", message, say("write a word, or delete the key"))
            elif len(value) > LONGEST:
                message = say(
                    "utm_%(key)s has %(number)s characters; what is beyond %(most)s would be cut",
                    key=key, number=len(value), most=LONGEST,
                )  # fmt: skip
                yield Problem(path, "bad-value", message, say("write it shorter"))


def target_problems(home: Home) -> Iterator[Problem]:
    """Calls to action that lead to no landing page."""
    if home.company is None or _SECTION in home.lost:
        return
    pages = [name for name in home.names if name not in home.scenarios or home.scenarios[name].form is not None]
    for index, cta in enumerate(home.company.calls_to_action):
        path: Path = (_SECTION, index, "scenario")
        if cta.scenario not in home.names:
            yield from unknown(cta.scenario, pages, say("no scenario"), path)
        elif cta.scenario not in pages:
            near = nearest(cta.scenario, pages) or next(iter(sorted(pages)), None)
            message = say("the scenario %(name)s has no form, so no page to lead to", name=quote(cta.scenario))
            fix = say("write one that has, like %(name)s", name=repr(near)) if near else say("give it a form")
            yield Problem(path, "dead-link", message, fix)


def declared_codes(home: Home) -> Collection[str] | None:
    """The codes of the file; none when it cannot be said."""
    if home.company is None or _SECTION in home.lost:
        return None
    return {cta.id for cta in home.company.calls_to_action}
