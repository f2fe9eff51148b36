"""The rules of `company.yaml`: people and teams, hours and zones, words given once, colours that can be read."""

import re
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import urlsplit

from funnel.authoring.findings import Path, Problem
from funnel.authoring.hints import quote
from funnel.authoring.rules.calls_to_action import call_to_action_problems
from funnel.authoring.rules.diaries import diary_problems, hours_problems, is_date
from funnel.authoring.rules.spans import long_span
from funnel.authoring.rules.words import bad_zone, twice, unknown
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
    yield from _locales(company.locales)
    yield from _email(company.sender.email, ("sender", "email"))
    yield from _email(company.privacy_contact, ("privacy_contact",))
    yield from _imprint(company)
    yield from _window(company)
    yield from _tags(company.tags)
    yield from twice([team.id for team in company.teams], ("teams",), "teams")
    yield from twice([user.id for user in company.users], ("users",), "users")
    yield from twice([kind.id for kind in company.appointment_types], ("appointment_types",), "appointment types")
    yield from twice([hook.id for hook in company.webhooks], ("webhooks",), "webhooks")
    yield from twice([one.id for one in company.calls_to_action], ("calls_to_action",), "calls to action")
    yield from call_to_action_problems(company)
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
    message = f"{brand.primary} on white has a contrast of {ratio:.2f}:1; text needs {CONTRAST}:1"
    return [Problem(("brand", "primary"), "bad-contrast", message, "choose a darker colour")]


def _locales(locales: list[str]) -> list[Problem]:
    problems = []
    seen: set[str] = set()
    for index, locale in enumerate(locales):
        path: Path = ("locales", index)
        if not _LOCALE.match(locale):
            problems.append(Problem(path, "bad-value", f"{quote(locale)} is not a language", "write it like 'en'"))
        elif locale in seen:
            problems.append(Problem(path, "duplicate-id", f"the language {locale!r} stands twice", "keep one"))
        seen.add(locale)
    return problems


def _email(address: str, path: Path) -> list[Problem]:
    if _EMAIL.match(address):
        return []
    return [Problem(path, "bad-address", f"{quote(address)} is not an e-mail address", "write it like 'anna@firm.com'")]


def _imprint(company: Company) -> list[Problem]:
    """What the law wants on every page and in every mail: who we are, and what happens with her data."""
    problems = []
    if not any(line.strip() for line in company.postal_address):
        message = "without a postal address no page and no mail says who writes"
        problems.append(
            Problem(("postal_address",), "no-imprint", message, "write street and town, as in ['1 rue X', 'Lyon']")
        )
    notice = company.privacy_notice
    if not (notice.strip() if isinstance(notice, str) else all(text.strip() for text in notice.values())):
        message = "the notice beside each form is empty: nothing says what happens with her data"
        fix = "say what is kept, why, for how long, and whom to ask (GDPR article 13)"
        problems.append(Problem(("privacy_notice",), "no-privacy-notice", message, fix))
    if company.website is not None and not _is_web_address(company.website):
        message = f"{quote(company.website)} is not a web address"
        problems.append(Problem(("website",), "bad-address", message, "write it like 'https://example.com'"))
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
        message = f"the window ends at {window.to}, before it begins at {window.from_}"
        problems.append(Problem(("sending_window", "to"), "bad-hours", message, "let it end later, on the same day"))
    if not window.days:
        message = "a window without days: no marketing mail would ever leave"
        problems.append(Problem(("sending_window", "days"), "bad-hours", message, "name a day, like 'mon'"))
    return problems


def _tags(tags: Mapping[str, list[str]]) -> list[Problem]:
    seen: dict[str, str] = {}
    problems = []
    for category, names in tags.items():
        for index, tag in enumerate(names):
            if tag in seen:
                message = f"the tag {tag!r} stands twice, first in {seen[tag]!r}"
                problems.append(Problem(("tags", category, index), "duplicate-id", message, "keep one"))
            seen.setdefault(tag, category)
    return problems


def _users(company: Company) -> Iterator[Problem]:
    teams = dict.fromkeys(team.id for team in company.teams)
    addresses: dict[str, str] = {}
    for index, user in enumerate(company.users):
        here: Path = ("users", index)
        yield from _email(user.email, (*here, "email"))
        if (other := addresses.setdefault(user.email.casefold(), user.id)) != user.id:
            message = f"{user.email} is {other}'s address already; it is what one logs in with"
            yield Problem((*here, "email"), "duplicate-id", message, "give each their own")
        if user.team is not None:
            yield from unknown(user.team, teams, "team", (*here, "team"))
        elif user.role == "rep":
            fix = f"add 'team: {company.teams[0].id}'"
            yield Problem(here, "missing-key", f"the rep {user.id!r} is in no team, so gets no leads", fix)
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
        message = f"the rep {user.id!r} has no hours, so can never be booked"
        return [Problem(path, "no-hours", message, "add 'availability: {mon: [\"09:00-12:00\"]}'", "warning")]
    return []


def _absences(user: User, path: Path) -> list[Problem]:
    problems: list[Problem] = []
    for index, absence in enumerate(user.absences):
        here: Path = (*path, "absences", index)
        bad = [
            Problem((*here, key), "bad-date", f"{quote(day)} is not a date", "write it like '2026-12-24', in quotes")
            for key, day in (("from", absence.from_), ("to", absence.to))
            if not is_date(day)
        ]
        if not bad and absence.from_ > absence.to:
            message = f"the absence ends on {absence.to}, before it begins on {absence.from_}"
            bad.append(Problem((*here, "to"), "bad-date", message, "swap them"))
        problems += bad
    return problems


def _appointment_types(company: Company) -> Iterator[Problem]:
    teams = dict.fromkeys(team.id for team in company.teams)
    staffed = {user.team for user in company.users if user.role == "rep"}
    for index, kind in enumerate(company.appointment_types):
        here: Path = ("appointment_types", index)
        if kind.team is not None:
            path: Path = (*here, "team")
            if kind.team not in teams:
                yield from unknown(kind.team, teams, "team", path)
            elif kind.team not in staffed:
                yield from no_reps(company, kind.team, path)
        elif not staffed:
            yield Problem(here, "no-reps", f"nobody can be booked for {kind.id!r}", "add a user of role rep")
        for key in ("notice", "horizon", "cancel_until", "move_until"):
            yield from long_span(getattr(kind, key), (*here, key))
        for number, span in enumerate(kind.reminders):
            yield from long_span(span, (*here, "reminders", number))
        yield from _asked_for(kind, [user.id for user in company.users if user.role == "rep"], here)
    for key in ("per", "hold"):
        yield from long_span(getattr(company.cap, key), ("cap", key))
    yield from long_span(company.asset_links_last, ("asset_links_last",))


def _asked_for(kind: AppointmentType, reps: Collection[str], path: Path) -> Iterator[Problem]:
    """The reps that an appointment is with by name."""
    for number, rep in enumerate(kind.reps):
        yield from unknown(rep, reps, "rep", (*path, "reps", number))
    if kind.who == "rep" and not kind.reps:
        yield Problem(path, "missing-key", f"nothing says with whom {kind.id!r} is", f"add 'reps: [{min(reps)}]'")
    if kind.who != "rep" and kind.reps:
        message = f"'reps' says nothing beside 'who: {kind.who}'"
        yield Problem((*path, "reps"), "misplaced-key", message, "write 'who: rep'", at="key")


def _left_out(company: Company) -> list[Problem]:
    """What all others of a kind state and one does not: probably forgotten, so a warning."""
    reps = {("users", index): user for index, user in enumerate(company.users) if user.role == "rep"}
    kinds = {("appointment_types", index): kind for index, kind in enumerate(company.appointment_types)}
    problems = []
    users = {("users", index): user for index, user in enumerate(company.users)}
    for group, keys in ((users, ("zone",)), (reps, ("phone", "title")), (kinds, tuple(AppointmentType.model_fields))):
        for key in keys:
            without = [(path, one) for path, one in group.items() if key not in one.model_fields_set]
            if len(without) == 1 and len(group) > 1 and (group is not users or len(group) > 2):
                (path, one), others = without[0], len(group) - 1
                who = "the other does" if others == 1 else f"the other {others} do"
                message = f"{one.id!r} says nothing of {key!r}, {who}"
                problems.append(Problem(path, "left-out", message, f"add '{key}:'", "warning"))
    return problems


def no_reps(company: Company, team: str, path: Path) -> list[Problem]:
    """A problem when nobody in the team can take what it is given."""
    if any(user.role == "rep" and user.team == team for user in company.users):
        return []
    return [Problem(path, "no-reps", f"the team {team!r} has no rep", "give it a user of role rep, or name another")]


def _webhooks(company: Company) -> list[Problem]:
    problems = []
    for index, hook in enumerate(company.webhooks):
        if not _is_web_address(hook.url):
            message = f"{quote(hook.url)} is not a web address"
            path: Path = ("webhooks", index, "url")
            problems.append(Problem(path, "bad-address", message, "write it like 'https://example.com/hook'"))
    return problems


def _consent(name: str, text: Text) -> list[Problem]:
    if text if isinstance(text, str) else all(text.values()) and text:
        return []
    message = f"the consent {name!r} has no words to stand beside its box"
    return [Problem(("consents", name, "text"), "empty-text", message, "write what she agrees to")]
