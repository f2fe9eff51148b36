"""What stands around a scenario, and the rule of names: what is named must be there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import all_of, did_you_mean, nearest, quote
from funnel.authoring.rules.company import no_reps
from funnel.authoring.rules.words import NO, unknown
from funnel.authoring.saying import Saying, say
from funnel.domain.company import Company


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a scenario: the company (none: its words are not checked), and the files by kind.

    `words` are the company's own by their kind, as `declared` gives them: of its sections that are `lost` to a fault
    nothing is known. `emails` are this scenario's e-mail folders, `links` the names of links in them, `pages` the
    names of its pages, `assets` its files to be given.
    """

    company: Company | None
    words: Mapping[str, Collection[str]]
    lost: Collection[str] = ()
    scenarios: Collection[str] = ()
    questionnaires: Collection[str] = ()
    personas: Collection[str] = ()
    emails: Collection[str] = ()
    links: Collection[str] = ()
    pages: Collection[str] = ()
    assets: Collection[str] = ()


def not_yet(path: Path) -> Problem:
    """A key of the language that this version reads and cannot carry out."""
    message = say("%(key)s belongs to the language, but this version cannot carry it out yet", key=quote(path[-1]))
    return Problem(path, "not-available", message, say("leave it out"), at="key")


def word_problems(around: Surroundings, kind: str, word: str, path: Path) -> list[Problem]:
    """A word of the company's that is not declared."""
    return unknown(word, around.words[kind], NO[kind], path) if kind in around.words else []


def missing(none: Saying, where: str, name: str, there: Collection[str], path: Path) -> list[Problem]:
    """A file that is not there; `none` says so of its kind."""
    if name in there:
        return []
    near = nearest(name, there)
    fix = did_you_mean(near) if near else say("create %(file)s", file=where)
    return [Problem(path, "missing-file", say("%(no)s %(name)s", no=none, name=quote(name)), fix)]


def questionnaire_problems(around: Surroundings, name: str, path: Path) -> list[Problem]:
    """A questionnaire that is not there."""
    where = f"scenarios/questionnaires/{name}.yaml"
    return missing(say("no questionnaire"), where, name, around.questionnaires, path)


def asset_problems(
    around: Surroundings, scenario: str, name: str, path: Path, *, drawn: Sequence[str] = ()
) -> list[Problem]:
    """A file to be given that is not there, or not in each language: the plain one counts for the first of them.
    `drawn`: what may be meant beside the files, for it is made when it is needed."""
    told = missing(say("no asset"), f"assets/{scenario}/{name}", name, [*around.assets, *drawn], path)
    if told or around.company is None or "locales" in around.lost:
        return told
    stem, _, ending = name.rpartition(".")
    lacking = [one for one in around.company.locales[1:] if f"{stem}.{one}.{ending}" not in around.assets]
    if not lacking:
        return []
    message = say(
        "no twin of %(name)s in %(words)s: this one is given instead",
        name=quote(name),
        words=all_of(quote(one) for one in lacking),
    )
    fix = say("add %(file)s", file=f"assets/{scenario}/{stem}.{lacking[0]}.{ending}")
    return [Problem(path, "missing-twin", message, fix, "warning")]


def instant_problems(text: str, path: Path) -> list[Problem]:
    """A date and time that no calendar has."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        message = say("%(text)s is not in the calendar", text=quote(text))
        return [Problem(path, "bad-value", message, say("write it like '2027-01-21 14:00'"))]
    return []


def team_problems(around: Surroundings, team: str, path: Path) -> list[Problem]:
    """A team that is not there, or has nobody to take a lead."""
    told = word_problems(around, "team", team, path)
    if told or around.company is None or {"teams", "users"} & set(around.lost):
        return told
    return no_reps(around.company, team, path)
