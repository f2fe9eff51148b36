"""Which of its kind an event must be, where one is named: it must be there, or it would never happen."""

from collections.abc import Collection, Iterator

from funnel.authoring.findings import Path, Problem
from funnel.authoring.home import Home
from funnel.authoring.link_names import link_names
from funnel.authoring.rules.words import NO, unknown
from funnel.authoring.saying import Saying, say
from funnel.domain.company import Company
from funnel.domain.tunnel.trigger import SITTING, Trigger, is_page, least_away


def subject_problems(home: Home, trigger: Trigger, path: Path) -> Iterator[Problem]:
    """A scenario, a questionnaire, a file, a type of appointment, a segment, a mail, a link, a site that is not there;
    points, pages and spans that are none."""
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
            yield from _mail_problems(home, trigger.subject or "", path)
            return
        case ["link", _]:
            yield from link_problems(trigger.subject or "", link_names(home.files), path)
            return
        case ["page", _]:
            yield from page_problems(trigger.subject or "", company, path)
            return
        case ["visit", _]:
            yield from away_problems(trigger.subject or "", path)
            return
        case ["score", _]:
            if not (trigger.subject or "").isdecimal() or int(trigger.subject or "0") < 1:
                message = say("%(points)s is no number of points", points=repr(trigger.subject))
                yield Problem(path, "bad-value", message, say("write one from 1 on, like 50"))
            elif company and "scoring" not in home.lost:
                yield from out_of_reach(int(trigger.subject or "0"), company, path)
            return
        case _:
            known, no = _assets(home), say("no asset")
    yield from unknown(trigger.subject or "", known, no, path)


def out_of_reach(score: int, company: Company, path: Path) -> list[Problem]:
    """A number of points to which nobody comes, for limits hold all points there are."""
    most = company.scoring.highest
    if most is None or score <= most:
        return []
    message = say("nobody comes to %(score)s points: there can be no more than %(most)s", score=score, most=most)
    return [Problem(path, "bad-value", message, say("lower it, or raise 'most'"))]


def page_problems(pattern: str, company: Company | None, path: Path) -> list[Problem]:
    """A pattern of pages that is none, or of a site that the company does not track."""
    if not is_page(pattern):
        message = say("%(page)s is no page", page=repr(pattern))
        return [Problem(path, "bad-value", message, say("write a path like /pricing*, or www.example.com/pricing*"))]
    host, sites = pattern.partition("/")[0].lower(), company.tracking.sites if company else []
    if not host or not sites or host in sites:
        return []
    return unknown(host, sites, say("no site"), path)


def away_problems(span: str, path: Path) -> list[Problem]:
    """A span that has no length of its own: a month, a working day; or one in which nobody has been away yet."""
    try:
        seconds = least_away(span)
    except ValueError:
        message = say("%(span)s is no time to be away", span=repr(span))
        return [Problem(path, "bad-value", message, say("write it in hours, days or weeks, like '14 days'"))]
    if seconds >= SITTING.total_seconds():
        return []
    least = int(SITTING.total_seconds() // 60)
    message = say("%(span)s is no time to be away: who comes back within %(minutes)s minutes has never left",
                  span=repr(span), minutes=least)  # fmt: skip
    return [Problem(path, "bad-value", message, say("write %(minutes)s minutes or more", minutes=least))]


def link_problems(name: str, known: Collection[str], path: Path) -> list[Problem]:
    """A name that no author has given to a link in a mail."""
    if known:
        return unknown(name, known, say("no link"), path)
    message = say("no link in a mail has the name %(name)s", name=repr(name))
    fix = say('name one: <mj-button name="%(name)s" href="https://...">', name=name)
    return [Problem(path, "unknown-id", message, fix)]


def _mail_problems(home: Home, name: str, path: Path) -> list[Problem]:
    """A mail that is not there, or that tells nobody of its opening."""
    mails = {mail: email for of_one in home.emails.values() for mail, email in of_one.items()}
    to_leads = {mail for of_one in home.emails.values() for mail, email in of_one.items() if email.kind != "staff"}
    if name in mails and name not in to_leads:
        message = say("%(mail)s goes to the company's own people, and nothing tells that they open it", mail=repr(name))
        return [Problem(path, "bad-value", message, say("name a mail to leads"))]
    return unknown(name, sorted(to_leads), say("no e-mail"), path)


def _questionnaires(home: Home) -> list[str]:
    """By their files: a broken one is there all the same."""
    below = home.tree.get("scenarios/questionnaires/", [])
    return [name.removesuffix(".yaml") for name in below if name.endswith(".yaml")]


def _assets(home: Home) -> list[str]:
    return sorted({name for folder in home.tree.get("assets/", []) for name in home.tree.get(f"assets/{folder}/", [])})
