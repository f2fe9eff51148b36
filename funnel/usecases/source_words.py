"""Where somebody came from, in words."""

from collections.abc import Mapping

from funnel.domain.source import read_code, source_of
from funnel.usecases.naming import Names


def came_by(names: Names, source: Mapping[str, str]) -> str | None:
    """All that is known of it: the call to action, and what that does not say already; none when nobody said."""
    cta = names.published.calls_to_action.get(read_code(source.get("cta", "")) or "")
    said = source_of(cta) if cta else {}
    say = names.speech.gettext
    titles = {
        "referrer": say("site"),
        "utm_source": say("source"),
        "utm_medium": say("medium"),
        "utm_campaign": say("campaign"),
        "utm_term": say("keyword"),
        "utm_content": say("content"),
    }
    told = [names.call_to_action(source["cta"])] if "cta" in source else []
    told += [
        say("%(title)s: %(name)s", title=titles.get(key, key), name=_called(names, key, value))
        for key, value in sorted(source.items())
        if key != "cta" and said.get(key) != value
    ]
    return ", ".join(told) or None


def origin(names: Names, source: Mapping[str, str]) -> str | None:
    """The one thing that says most of it: the call to action, else the source, else the site."""
    if "cta" in source:
        return names.call_to_action(source["cta"])
    if "utm_source" in source:
        return _called(names, "utm_source", source["utm_source"])
    return source.get("referrer")


def _called(names: Names, key: str, value: str) -> str:
    """What an address told, as people call it: a scenario and a call to action by their titles."""
    if key == "utm_campaign" and value in names.published.newest:
        return names.scenario(value)
    if key == "utm_source" and read_code(value) in names.published.calls_to_action:
        return names.call_to_action(value)
    return value.replace("_", " ") if key.startswith("utm_") else value
