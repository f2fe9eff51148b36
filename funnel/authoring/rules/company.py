"""The rules of `company.yaml`: people and teams, hours and zones, words given once, colours that can be read."""

import re
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import urlsplit

from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import decimal, quote
from funnel.authoring.rules.calls_to_action import call_to_action_problems
from funnel.authoring.rules.diaries import (
    country_problems,
    diary_problems,
    hours_problems,
    is_date,
    no_date,
    range_problem,
)
from funnel.authoring.rules.scoring import scoring_problems
from funnel.authoring.rules.spans import long_span, never_shorter
from funnel.authoring.rules.words import bad_zone, left_out, twice, unknown
from funnel.authoring.saying import say
from funnel.domain.company import AppointmentType, Brand, Company, User
from funnel.domain.model import Text

CONTRAST = 4.5
"""The least contrast of text on its ground (WCAG 2.2 AA, 1.4.3)."""

_EMAIL = re.compile(r"^[^@\s<>\",;]+@[^@\s<>\",;]+\.[^@\s<>\",;.]+$")
_LOCALE = re.compile(r"^[a-z]{2}$")


def company_problems(company: Company) -> Iterator[Problem]:
    """Everything wrong within the company's own file."""
    yield from _brand(company.brand)
    yield from bad_zone(company.zone, ("zone",))
    if "-" in company.country:
        yield from country_problems(company.country, ("country",))
    yield from _locales(company.locales)
    yield from _email(company.sender.email, ("sender", "email"))
    yield from _email(company.privacy_contact, ("privacy_contact",))
    yield from _imprint(company)
    yield from _window(company)
    if problem := range_problem(company.proposing_hours, ("proposing_hours",)):
        yield problem
    yield from _tags(company.tags)
    yield from twice([team.id for team in company.teams], ("teams",), say("two teams"))
    yield from twice([user.id for user in company.users], ("users",), say("two users"))
    yield from twice(
        [kind.id for kind in company.appointment_types], ("appointment_types",), say("two appointment types")
    )
    yield from twice([hook.id for hook in company.webhooks], ("webhooks",), say("two webhooks"))
    yield from twice([one.id for one in company.calls_to_action], ("calls_to_action",), say("two calls to action"))
    yield from call_to_action_problems(company)
    yield from scoring_problems(company)
    yield from _users(company)
    yield from _appointment_types(company)
    yield from _left_out(company)
    yield from _webhooks(company)
    for name, purpose in company.consents.items():
        yield from _consent(name, purpose.text)


def contrast_on_white(colour: str) -> float:
    """The contrast ratio of `#rrggbb` on white, 1 to 21 (WCAG 2.2, relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


def _brand(brand: Brand) -> list[Problem]:
    ratio = contrast_on_white(brand.primary)
    if ratio >= CONTRAST:
        return []
    message = say(
        "%(colour)s on white has a contrast of %(ratio)s:1; text needs %(least)s:1",
        colour=brand.primary,
        ratio=decimal(f"{ratio:.2f}"),
        least=decimal(str(CONTRAST)),
    )
    return [Problem(("brand", "primary"), "bad-contrast", message, say("choose a darker colour"))]


def _locales(locales: list[str]) -> list[Problem]:
    problems = []
    seen: set[str] = set()
    for index, locale in enumerate(locales):
        path: Path = ("locales", index)
        if not _LOCALE.match(locale):
            message = say("%(locale)s is not a language", locale=quote(locale))
            problems.append(Problem(path, "bad-value", message, say("write it like 'en'")))
        elif locale in seen:
            message = say("the language %(locale)s stands twice", locale=repr(locale))
            problems.append(Problem(path, "duplicate-id", message, say("keep one")))
        seen.add(locale)
    return problems


def _email(address: str, path: Path) -> list[Problem]:
    if _EMAIL.match(address):
        return []
    message = say("%(address)s is not an e-mail address", address=quote(address))
    return [Problem(path, "bad-address", message, say("write it like 'anna@firm.com'"))]


def _imprint(company: Company) -> list[Problem]:
    """What the law wants on every page and in every mail: who we are, and what happens with her data."""
    problems = []
    if not any(line.strip() for line in company.postal_address):
        message = say("without a postal address no page and no mail says who writes")
        problems.append(
            Problem(("postal_address",), "no-imprint", message, say("write street and town, as in ['1 rue X', 'Lyon']"))
        )
    notice = company.privacy_notice
    if not (notice.strip() if isinstance(notice, str) else all(text.strip() for text in notice.values())):
        message = say("the notice beside each form is empty: nothing says what happens with her data")
        fix = say("say what is kept, why, for how long, and whom to ask (GDPR article 13)")
        problems.append(Problem(("privacy_notice",), "no-privacy-notice", message, fix))
    if company.website is not None and not _is_web_address(company.website):
        message = say("%(address)s is not a web address", address=quote(company.website))
        problems.append(Problem(("website",), "bad-address", message, say("write it like 'https://example.com'")))
    return problems


def _is_web_address(text: str) -> bool:
    try:
        address = urlsplit(text)
        return address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
    except ValueError:
        return False


def _window(company: Company) -> list[Problem]:
    window, problems = company.sending_window, []
    if window.from_ >= window.to:
        values = {"end": window.to, "begin": window.from_}
        message = say("the window ends at %(end)s, before it begins at %(begin)s", **values)
        problems.append(
            Problem(("sending_window", "to"), "bad-hours", message, say("let it end later, on the same day"))
        )
    if not window.days:
        message = say("a window without days: no marketing mail would ever leave")
        problems.append(Problem(("sending_window", "days"), "bad-hours", message, say("name a day, like 'mon'")))
    return problems


def _tags(tags: Mapping[str, list[str]]) -> list[Problem]:
    seen: dict[str, str] = {}
    problems = []
    for category, names in tags.items():
        for index, tag in enumerate(names):
            if tag in seen:
                message = say("the tag %(tag)s stands twice, first in %(group)s", tag=repr(tag), group=repr(seen[tag]))
                problems.append(Problem(("tags", category, index), "duplicate-id", message, say("keep one")))
            seen.setdefault(tag, category)
    return problems


def _users(company: Company) -> Iterator[Problem]:
    teams = dict.fromkeys(team.id for team in company.teams)
    addresses: dict[str, str] = {}
    for index, user in enumerate(company.users):
        here: Path = ("users", index)
        yield from _email(user.email, (*here, "email"))
        if (other := addresses.setdefault(user.email.casefold(), user.id)) != user.id:
            values = {"email": user.email, "other": other}
            message = say("%(email)s is %(other)s's address already; it is what one logs in with", **values)
            yield Problem((*here, "email"), "duplicate-id", message, say("give each their own"))
        if user.team is not None:
            yield from unknown(user.team, teams, say("no team"), (*here, "team"))
        elif user.role == "rep":
            message = say("the rep %(id)s is in no team, so gets no leads", id=repr(user.id))
            yield Problem(here, "missing-key", message, say("add 'team: %(team)s'", team=company.teams[0].id))
        if user.zone is not None:
            yield from bad_zone(user.zone, (*here, "zone"))
        yield from _hours(user, here)
        for day, ranges in user.availability.items():
            yield from hours_problems(ranges, day, (*here, "availability", day))
        yield from _absences(user, here)
        yield from diary_problems(user, here)


def _hours(user: User, path: Path) -> list[Problem]:
    """Hours are in the user's own zone; a rep without any can never be booked."""
    if user.role == "rep" and not any(user.availability.values()):
        message = say("the rep %(id)s has no hours, so can never be booked", id=repr(user.id))
        return [Problem(path, "no-hours", message, say("add 'availability: {mon: [\"09:00-12:00\"]}'"), "warning")]
    return []


def _absences(user: User, path: Path) -> list[Problem]:
    problems: list[Problem] = []
    for index, absence in enumerate(user.absences):
        here: Path = (*path, "absences", index)
        days = (("from", absence.from_), ("to", absence.to))
        bad = [no_date(day, (*here, key)) for key, day in days if not is_date(day)]
        if not bad and absence.from_ > absence.to:
            values = {"end": absence.to, "begin": absence.from_}
            message = say("the absence ends on %(end)s, before it begins on %(begin)s", **values)
            bad.append(Problem((*here, "to"), "bad-date", message, say("swap them")))
        problems += bad
    return problems


def _appointment_types(company: Company) -> Iterator[Problem]:
    teams = dict.fromkeys(team.id for team in company.teams)
    staffed = {user.team for user in company.reps}
    for index, kind in enumerate(company.appointment_types):
        here: Path = ("appointment_types", index)
        if kind.team is not None:
            path: Path = (*here, "team")
            if kind.team not in teams:
                yield from unknown(kind.team, teams, say("no team"), path)
            elif kind.team not in staffed:
                yield from no_reps(company, kind.team, path)
        elif not staffed:
            message = say("nobody can be booked for %(id)s", id=repr(kind.id))
            yield Problem(here, "no-reps", message, say("add a user of role rep"))
        for key in ("notice", "horizon", "cancel_until", "move_until"):
            yield from long_span(getattr(kind, key), (*here, key))
        yield from _never_free(kind, here)
        for number, span in enumerate(kind.reminders):
            yield from long_span(span, (*here, "reminders", number))
        yield from _asked_for(kind, [user.id for user in company.reps], here)
    for key in ("per", "hold"):
        yield from long_span(getattr(company.cap, key), ("cap", key))
    yield from long_span(company.asset_links_last, ("asset_links_last",))


def _never_free(kind: AppointmentType, path: Path) -> Iterator[Problem]:
    """No time is as far off as the notice and as near as the horizon, on any day."""
    if never_shorter(kind.notice, kind.horizon):
        values = {"notice": kind.notice, "horizon": kind.horizon}
        message = say("nothing could ever be booked: notice is %(notice)s, the horizon %(horizon)s", **values)
        yield Problem((*path, "notice"), "bad-value", message, say("make the notice shorter, or the horizon longer"))


def _asked_for(kind: AppointmentType, reps: Collection[str], path: Path) -> Iterator[Problem]:
    """The reps that an appointment is with by name."""
    for number, rep in enumerate(kind.reps):
        yield from unknown(rep, reps, say("no rep"), (*path, "reps", number))
    if kind.who == "rep" and not kind.reps:
        message = say("nothing says with whom %(id)s is", id=repr(kind.id))
        yield Problem(path, "missing-key", message, say("add 'reps: [%(rep)s]'", rep=min(reps)))
    if kind.who != "rep" and kind.reps:
        message = say("'reps' says nothing beside 'who: %(who)s'", who=kind.who)
        yield Problem((*path, "reps"), "misplaced-key", message, say("write 'who: rep'"), at="key")


def _left_out(company: Company) -> list[Problem]:
    """What all others of a kind state and one does not: probably forgotten, so a warning."""
    users: dict[Path, User] = {("users", index): user for index, user in enumerate(company.users)}
    reps = {path: user for path, user in users.items() if user.role == "rep"}
    kinds: dict[Path, AppointmentType] = {
        ("appointment_types", index): kind for index, kind in enumerate(company.appointment_types)
    }
    problems: list[Problem] = []
    stated: tuple[tuple[Mapping[Path, User | AppointmentType], tuple[str, ...], int], ...] = (
        (users, ("zone",), 3),
        (reps, ("phone", "title"), 2),
        (kinds, tuple(AppointmentType.model_fields), 2),
    )
    for group, keys, fewest in stated:
        ids = {path: one.id for path, one in group.items()}
        for key in keys:
            without = [path for path, one in group.items() if key not in one.model_fields_set]
            problems += left_out(ids, without, key, fewest=fewest)
    return problems


def no_reps(company: Company, team: str, path: Path) -> list[Problem]:
    """A problem when nobody in the team can take what it is given."""
    if any(user.team == team for user in company.reps):
        return []
    message = say("the team %(team)s has no rep", team=repr(team))
    return [Problem(path, "no-reps", message, say("give it a user of role rep, or name another"))]


def _webhooks(company: Company) -> list[Problem]:
    problems = []
    for index, hook in enumerate(company.webhooks):
        if not _is_web_address(hook.url):
            message = say("%(address)s is not a web address", address=quote(hook.url))
            path: Path = ("webhooks", index, "url")
            problems.append(Problem(path, "bad-address", message, say("write it like 'https://example.com/hook'")))
    return problems


def _consent(name: str, text: Text) -> list[Problem]:
    if text if isinstance(text, str) else all(text.values()) and text:
        return []
    message = say("the consent %(name)s has no words to stand beside its box", name=repr(name))
    return [Problem(("consents", name, "text"), "empty-text", message, say("write what she agrees to"))]
