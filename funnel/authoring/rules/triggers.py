"""Which of its kind an event must be, where one is named: it must be there, or it would never happen."""

from collections.abc import Collection, Iterator

from funnel.authoring.findings import Path, Problem
from funnel.authoring.home import Home
from funnel.authoring.link_names import link_names
from funnel.authoring.rules.words import NO, unknown
from funnel.authoring.saying import Saying, say
from funnel.domain.tunnel.trigger import Trigger


def subject_problems(home: Home, trigger: Trigger, path: Path) -> Iterator[Problem]:
    """A scenario, a questionnaire, a file, a type of appointment, a segment, a mail or a link that is not there; points
    that are none."""
    company = home.company
    known: Collection[str]
    no: Saying
    match trigger.event.split("."):
        case ["form" | "webinar", _]:
            known, no = home.names, say("no scenario")
        case ["questionnaire", _]:
            known, no = _questionnaires(home), say("no questionnaire")
        case ["appointment", _]:
            if company is None or "appointment_types" in home.lost:
                return
            known, no = [kind.id for kind in company.appointment_types], NO["appointment type"]
        case ["segment", _]:
            if company is None or "segments" in home.lost:
                return
            known, no = list(company.segments), NO["segment"]
        case ["email", _]:
            known, no = sorted({name for of_one in home.emails.values() for name in of_one}), say("no e-mail")
        case ["link", _]:
            yield from link_problems(trigger.subject or "", link_names(home.files), path)
            return
        case ["score", _]:
            if not (trigger.subject or "").isdecimal() or int(trigger.subject or "0") < 1:
                message = say("%(points)s is no number of points", points=repr(trigger.subject))
                yield Problem(path, "bad-value", message, say("write one from 1 on, like 50"))
            return
        case _:
            known, no = _assets(home), say("no asset")
    yield from unknown(trigger.subject or "", known, no, path)


def link_problems(name: str, known: Collection[str], path: Path) -> list[Problem]:
    """A name that no author has given to a link in a mail."""
    if known:
        return unknown(name, known, say("no link"), path)
    message = say("no link in a mail has the name %(name)s", name=repr(name))
    fix = say('name one: <mj-button name="%(name)s" href="https://...">', name=name)
    return [Problem(path, "unknown-id", message, fix)]


def _questionnaires(home: Home) -> list[str]:
    """By their files: a broken one is there all the same."""
    below = home.tree.get("scenarios/questionnaires/", [])
    return [name.removesuffix(".yaml") for name in below if name.endswith(".yaml")]


def _assets(home: Home) -> list[str]:
    return sorted({name for folder in home.tree.get("assets/", []) for name in home.tree.get(f"assets/{folder}/", [])})
