"""The company's words, and what any rule asks of one: that it is declared, stands once, or names a zone."""

import zoneinfo
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import did_you_mean, nearest, quote, suggest
from funnel.authoring.saying import Saying, say, say_many
from funnel.domain.company import Company
from funnel.domain.timing import is_zone

SECTIONS = {
    "consent": "consents",
    "status": "statuses",
    "tag": "tags",
    "team": "teams",
    "appointment type": "appointment_types",
    "webhook": "webhooks",
    "segment": "segments",
}
"""The company's own words by their kind: the section of its file that declares them."""
NO: Mapping[str, Saying] = {
    "consent": say("no consent"),
    "status": say("no status"),
    "tag": say("no tag"),
    "team": say("no team"),
    "appointment type": say("no appointment type"),
    "webhook": say("no webhook"),
    "segment": say("no segment"),
}
"""How it is said of each kind that there is none of a name."""


def declared(company: Company, lost: Collection[str] = ()) -> dict[str, dict[str, Path]]:
    """By kind, as in `SECTIONS`, each word with its place in the file; nothing of sections that are `lost` to a
    fault."""
    words: dict[str, dict[str, Path]] = {
        "consent": {word: ("consents", word) for word in company.consents},
        "status": {word: ("statuses", word) for word in company.statuses},
        "tag": {tag: ("tags", group, index) for group, tags in company.tags.items() for index, tag in enumerate(tags)},
        "team": {one.id: ("teams", index, "id") for index, one in enumerate(company.teams)},
        "appointment type": {
            one.id: ("appointment_types", index, "id") for index, one in enumerate(company.appointment_types)
        },
        "webhook": {one.id: ("webhooks", index, "id") for index, one in enumerate(company.webhooks)},
        "segment": {name: ("segments", name) for name in company.segments},
    }
    return {kind: places for kind, places in words.items() if SECTIONS[kind] not in lost}


def twice(ids: Iterable[str], path: Path, two: Saying) -> list[Problem]:
    """Ids that stand more than once in the list at `path`; `two` is what they name: two teams, say."""
    seen: set[str] = set()
    problems = []
    for index, name in enumerate(ids):
        if name in seen:
            message = say("%(two)s have the id %(id)s", two=two, id=repr(name))
            problems.append(Problem((*path, index, "id"), "duplicate-id", message, say("give each its own")))
        seen.add(name)
    return problems


def unknown(word: str, known: Collection[str], no: Saying, path: Path) -> list[Problem]:
    """A problem when `word` is none of the declared `known`; `no` says that there is none of the kind."""
    if word in known:
        return []
    return [Problem(path, "unknown-id", say("%(no)s %(name)s", no=no, name=repr(word)), suggest(word, known))]


def left_out(group: Mapping[Path, str], without: Iterable[Path], key: str, *, fewest: int) -> list[Problem]:
    """A warning where of `group`, ids by place and at least `fewest` of them, all but one state a key: it was probably
    forgotten there."""
    lacking = list(without)
    if len(lacking) != 1 or len(group) < fewest:
        return []
    [path] = lacking
    message = say_many(
        "%(id)s says nothing of %(key)s, the other does",
        "%(id)s says nothing of %(key)s, the other %(num)s do",
        len(group) - 1,
        id=repr(group[path]),
        key=repr(key),
    )
    return [Problem(path, "left-out", message, say("add '%(key)s:'", key=key), "warning")]


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@lru_cache(maxsize=128)
def _meant_zone(zone: str) -> str | None:
    """The zone that was probably meant: by its name, else by its town."""
    near = nearest(zone, _zones()) or nearest(zone, {name.rpartition("/")[2] for name in _zones()})
    return next((name for name in sorted(_zones()) if near and name.endswith(near)), None)


def bad_zone(zone: str, path: Path) -> list[Problem]:
    """A problem when the text is no time zone; a town alone is known too."""
    if is_zone(zone):
        return []
    full = _meant_zone(zone)
    fix = did_you_mean(full) if full else say("write it like 'Europe/Paris'")
    return [Problem(path, "bad-zone", say("no time zone %(zone)s", zone=quote(zone)), fix)]
