"""The rules of what mails say: names that are filled on the way to them, an imprint, a way to stop marketing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from funnel.authoring.codes import Code
from funnel.authoring.compile import all_steps
from funnel.authoring.document import place_in
from funnel.authoring.findings import Finding, Level, Problem
from funnel.authoring.hints import quote, suggest
from funnel.authoring.home import Home
from funnel.authoring.mail_pieces import HOUSE_FOLDER, MAILS, piece
from funnel.authoring.rules.names import Shape, Use, Walk
from funnel.authoring.rules.own_addresses import dead_on_website, own_addresses
from funnel.authoring.rules.template import MAX_TOLD, first_from, shown
from funnel.authoring.saying import Saying, say
from funnel.domain.digests import NEVER
from funnel.domain.email import Email
from funnel.domain.tunnel.scenario import Scenario
from funnel.domain.tunnel.steps import AwaitStep, BookStep, EmailStep, HandOffStep

LEAD: Shape = dict.fromkeys(
    ("name", "first_name", "email", "company", "position", "phone", "language", "stage", "score", "erased")
)
_THEME: Shape = {"title": None, "share": None}
_RESULTS: Shape = {
    **dict.fromkeys(("title", "share", "band_title", "band_summary")),
    "themes": [_THEME],
    "strongest": _THEME,
    "weakest": _THEME,
    "advice": [{"theme": None, "text": None}],
}
_APPOINTMENT: Shape = {
    **dict.fromkeys(
        ("id", "title", "when", "zone", "city", "minutes", "phone", "channel", "where", "state", "starts_at")
    ),
    **dict.fromkeys(("by", "reason", "before", "given", "planned", "stays", "kept", "was", "wanted")),
    "rep": dict.fromkeys(("name", "phone", "email", "title")),
}
_COMPANY: Shape = {
    **dict.fromkeys(("name", "legal_name", "website")),
    "postal_address": [None],
    "brand": {"primary": None, "accent": None},
}
WEBINAR = ("title", "day", "date", "time", "when", "city", "minutes", "state", "link", "replay")
"""What mails and the landing page say of a webinar."""
_LINKS: Shape = dict.fromkeys(
    ("unsubscribe", "desk", "privacy", "own_page", "results", "book", "cancel", "asset", "questionnaire", "webinar")
)
NAMES: Mapping[str, Shape] = {
    "lead": LEAD,
    "company": _COMPANY,
    "links": _LINKS,
    "propose": None,
    "slots": [dict.fromkeys(("day", "time", "when", "city", "url", "rep"))],
    "results": _RESULTS,
    "webinar": dict.fromkeys((*WEBINAR, "reminded")),
    "appointment": _APPOINTMENT,
}
"""What a mail may say. House mails have more: `_HOUSE`."""
_HOUSE: Mapping[str, Shape] = {
    "answers": [dict.fromkeys(("question", "answer", "theme"))],
    "came_by": None,
    "hers": dict.fromkeys(("language", "when", "city")),
    "why_now": [None],
    "missing": [None],
    "history": [{"when": None, "what": None}],
    "purposes": [None],
    "rep": dict.fromkeys(("name", "first_name")),
    "calendar": dict.fromkeys(("fault", "partial", "read_at")),
    "asked": [dict.fromkeys(("name", "company", "title", "when", "url"))],
    "to_call": None,
    "links": {**_LINKS, "diary": None, "call_list": None},
}
HOUSE_MAILS: Mapping[str, Saying] = {
    "dossier": say("a lead is handed over"),
    **dict.fromkeys(("appointment_booked", "appointment_booked_rep"), say("an appointment is booked")),
    **dict.fromkeys(("appointment_cancelled", "appointment_cancelled_rep"), say("an appointment is cancelled")),
    **dict.fromkeys(("appointment_moved", "appointment_moved_rep"), say("an appointment is moved")),
    "appointment_other_time": say("nobody can keep an appointment"),
    "appointment_reminder": say("an appointment comes near"),
    "appointment_blocked_rep": say("a step blocks a time"),
    "confirm_consent": say("a tick is to be confirmed"),
    "late_results": say("somebody answers after her scenario has ended"),
    "calendar_failing": say("a rep's own calendar, or an entry of it, cannot be read"),
    "digest": say("a rep is asked how appointments went"),
}
"""What the product sends by itself from `email_templates/house/`, and when."""
_HREF = re.compile(r"""(?<![\w-])(?:href|src)\s*=\s*(["'])(.*?)\1""", re.IGNORECASE)


def mail_findings(home: Home) -> Iterator[Finding]:
    """Everything that holds between a mail's files, the step that sends it and the company."""
    broken = {finding.file for finding in home.findings if finding.level == "error"}
    addresses = own_addresses(home)
    yield from _missing(home)
    for folder, emails in home.emails.items():
        for name, email in emails.items():
            path = f"{MAILS}{folder}/{name}/"
            for leaf in home.tree.get(path, ()):
                file = path + leaf
                if file in home.files and file not in broken and not file.endswith(".yaml"):
                    text = shown(home.text(file))
                    yield from _part(home, folder, name, email, file, text)
                    yield from islice(dead_on_website(home, file, text, addresses), MAX_TOLD)


def _missing(home: Home) -> Iterator[Finding]:
    """Mails of the house that the product would send, and that have no folder."""
    company = home.company
    if company is None or home.lost & {"appointment_types", "thresholds"}:
        return
    booked = bool(company.appointment_types)
    steps = [step for scenario in home.scenarios.values() for _, step in all_steps(scenario.sequence)]
    sent = {
        "dossier": booked or company.hands_over_by_score or any(isinstance(step, HandOffStep) for step in steps),
        "appointment_reminder": any(kind.reminders for kind in company.appointment_types),
        "appointment_blocked_rep": any(isinstance(step, BookStep) for step in steps),
        "digest": booked and any((user.digest or company.digest) != NEVER for user in company.users),
        "late_results": any(isinstance(step, AwaitStep) and step.questionnaire for step in steps),
        "confirm_consent": any(purpose.double_opt_in for purpose in company.consents.values()),
    }
    for name, when in HOUSE_MAILS.items():
        if sent.get(name, booked) and HOUSE_FOLDER + name + "/" not in home.tree:
            message = say("no %(folder)s, which is sent when %(when)s", folder=f"{HOUSE_FOLDER}{name}/", when=when)
            fix = say("take it from a new home: funnel new DIR")
            yield Finding(f"{HOUSE_FOLDER}{name}/email.yaml", 1, 1, "error", "missing-file", message, fix)


def _part(home: Home, folder: str, name: str, email: Email, file: str, text: str) -> Iterator[Finding]:
    house = f"{MAILS}{folder}/" == HOUSE_FOLDER
    language = file.split(".")[-2]
    walk = Walk(lambda included: _included(home, included, language), {**NAMES, **_HOUSE} if house else NAMES)
    walk.template(file, text)
    yield from islice(unknown_names(home, walk.uses), MAX_TOLD)
    yield from _unfilled(home, folder, name, walk.uses)
    yield from _proposals(home, folder, name, walk)
    if not file.rpartition("/")[2].startswith("body."):
        return
    yield from islice(_links(file, text), MAX_TOLD)
    if email.kind == "staff":
        return
    if not walk.uses_of("company.postal_address"):
        message = say("this mail does not say who writes: the postal address is missing")
        fix = say('include "house/_footer.mjml", or write {{ company.postal_address|join(", ") }}')
        yield Finding(file, 1, 1, "error", "no-imprint", message, fix)
    if email.kind == "marketing" and not house and not walk.uses_of("links.unsubscribe"):
        message = say("this marketing mail has no link to stop it")
        fix = say('include "house/_footer_marketing.mjml", or link to {{ links.unsubscribe }}')
        yield Finding(file, 1, 1, "error", "no-unsubscribe", message, fix)


def _included(home: Home, name: str, language: str) -> tuple[str, str] | None:
    file = piece(home.files, name, language)
    return None if file is None else (file, shown(home.text(file)))


def unknown_names(home: Home, uses: Iterable[Use]) -> Iterator[Finding]:
    """Names that no mail or page is given, each once a file."""
    told: set[tuple[str, str]] = set()
    for use in uses:
        if use.known or use.guarded or (use.file, use.path) in told:
            continue
        told.add((use.file, use.path))
        holder, _, word = use.path.rpartition(".")
        message = say("no name %(name)s: it would stop the mail or the page", name=quote(word))
        if holder:
            values = {"name": quote(word), "prefix": repr(holder)}
            message = say("no name %(name)s after %(prefix)s: it would stop the mail or the page", **values)
        fix = suggest(word, use.options) if use.options else say("take it out")
        if use.listed:
            how = f"{{% for one in {holder} %}} {{{{ one.{word} }}}} {{% endfor %}}"
            fix = say("%(name)s is a list, go through it: %(how)s", name=holder, how=how)
        yield _at(home, use, "error", "unknown-name", message, fix)


def _at(home: Home, use: Use, level: Level, code: Code, message: Saying, fix: Saying) -> Finding:
    line, col = place_of(home.text(use.file), use)
    return Finding(use.file, line, col, level, code, message, fix)


def place_of(text: str, use: Use) -> tuple[int, int]:
    """Where a name stands, or the last part of one that is not known."""
    holder, dot, word = use.path.rpartition(".") if not use.known else ("", "", use.path)
    return first_from(text, use.line, rf"(?<![\w.]){re.escape(holder + dot)}({re.escape(word)})(?!\w)")


_NO_ASSET = say("this scenario has no 'magnet: {asset: ...}'")
_NO_WEBINAR = say("this scenario has no 'magnet: {webinar: ...}'")
_GIVEN = {_NO_ASSET: say("add 'magnet: {asset: ...}'"), _NO_WEBINAR: say("add 'magnet: {webinar: ...}'")}
"""What a mail gives that nothing is said of, and what is to be said."""


def _unfilled(home: Home, folder: str, name: str, uses: Iterable[Use]) -> Iterator[Finding]:
    """Names that are filled only sometimes, and not asked for first: the mail would stop on the other way."""
    never, sometimes = _ways(home, folder, name)
    told: set[tuple[str, str]] = set()
    for use in uses:
        path = next((one for one in (*never, *sometimes) if use.path == one or use.path.startswith(f"{one}.")), None)
        if path is None or use.guarded or (use.file, path) in told:
            continue
        told.add((use.file, path))
        why = never.get(path) or sometimes[path]
        if why in _GIVEN and home.scenarios[folder].magnet is None:
            message = say("missing key 'magnet': the e-mails give what it holds")
            problem = Problem((), "missing-key", message, _GIVEN[why])
            yield home.place(f"scenarios/{folder}.yaml", problem)
            return
        fix = say("ask first: %(how)s", how=f"{{% if {path} is defined and {path} %}} ... {{% endif %}}")
        if path in never:
            fix = say("take it out")
        values = {"name": repr(path), "mail": f"{folder}/{name}", "why": why}
        message = say("%(name)s is not filled in %(mail)s: %(why)s", **values)
        yield _at(home, use, "error", "unfilled-name", message, fix)


def _proposals(home: Home, folder: str, name: str, walk: Walk) -> Iterator[Finding]:
    """Steps that send a mail with the link to book and say nothing of what is proposed."""
    program = home.programs.get(folder)
    if program is None or not program.proposes or not walk.uses_of("links.book"):
        return
    for path, step in all_steps(program.scenario.sequence):
        if isinstance(step, EmailStep) and step.email == name and step.propose is None:
            message = say("the e-mail %(name)s has the link to book, and this step proposes nothing", name=repr(name))
            fix = say("add 'propose: {appointment: %(type)s}'", type=min(program.proposes))
            problem = Problem(path, "left-out", message, fix, "warning")
            yield home.place(f"scenarios/{folder}.yaml", problem)


def _ways(home: Home, folder: str, name: str) -> tuple[dict[str, Saying], dict[str, Saying]]:
    """What is never and what is only sometimes filled in a mail, each with the reason."""
    answers = say("only who has answered a questionnaire has results")
    if f"{MAILS}{folder}/" == HOUSE_FOLDER:
        sometimes = {
            "results": answers,
            "links.results": answers,
            "links.book": say("not every scenario proposes a meeting"),
            "links.asset": say("not every scenario gives a file"),
            "links.questionnaire": say("not every scenario waits for a questionnaire"),
        }
        if not name.startswith("appointment_"):
            sometimes |= dict.fromkeys(("appointment", "links.cancel"), say("not everybody has an appointment"))
        return dict.fromkeys(("webinar", "links.webinar"), say("only a scenario's mails know its webinar")), sometimes
    scenario, program = home.scenarios.get(folder), home.programs.get(folder)
    if scenario is None or program is None:
        return {}, {}
    never, sometimes = _of_appointment(scenario)
    if scenario.form is None or scenario.form.questionnaire is None:
        sometimes |= {"results": answers, "links.results": answers}
    if program.proposes:
        sometimes["links.book"] = say("there is no link to book while she has an appointment")
    else:
        never["links.book"] = say("no step of this scenario has 'propose:'")
    if not program.assets:
        never["links.asset"] = _NO_ASSET
    if not program.asks:
        never["links.questionnaire"] = say("no step of this scenario awaits a questionnaire")
    if scenario.magnet is None or scenario.magnet.webinar is None:
        never |= dict.fromkeys(("webinar", "links.webinar"), _NO_WEBINAR)
    return never, sometimes


def _of_appointment(scenario: Scenario) -> tuple[dict[str, Saying], dict[str, Saying]]:
    """What a scenario's mails know of an appointment: the one it began because of, or that it has blocked."""
    if scenario.follows_appointment:
        return {}, {"links.cancel": say("only an appointment that is still ahead can be moved or cancelled")}
    if any(isinstance(step, BookStep) for _, step in all_steps(scenario.sequence)):
        return {}, dict.fromkeys(("appointment", "links.cancel"), say("where no time was free, nothing was blocked"))
    why = say("only scenarios that follow or block an appointment know it; the house's mails tell of the others")
    return dict.fromkeys(("appointment", "links.cancel"), why), {}


def _links(file: str, text: str) -> Iterator[Finding]:
    """Links in a mail are whole addresses: a mail has no page that they could be relative to."""
    for match in _HREF.finditer(text):
        target = match[2].strip()
        if target.startswith(("http://", "https://", "mailto:", "tel:", "cid:", "{{", "{%")):
            continue
        message = say("a link without an address")
        if target:
            message = say("the link %(address)s leads nowhere from a mail", address=quote(target))
        fix = say("write the whole address, or one of the mail's own, like {{ links.results }}")
        yield Finding(file, *place_in(text, match.start(2)), "error", "dead-link", message, fix)
