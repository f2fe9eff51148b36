"""`/studio/<scenario>/preview`: every page and mail as a sample lead sees it, on a telephone and on a laptop, in each
language, light and dark; and a mail sent to oneself."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request
from werkzeug.wrappers import Response

from funnel.usecases.errors import Invalid
from funnel.usecases.move_clock import read_clock
from funnel.usecases.open_form import open_form
from funnel.usecases.shelf import COMPANY
from funnel.usecases.studio.pages import (
    ASKED,
    DETAILS,
    FOLLOWS,
    LANDING,
    QUESTIONS,
    RESULTS,
    THANKS,
    page_names,
    sample_people,
    sample_person,
)
from funnel.usecases.studio.samples import Sample, Samples, mail_names, read_samples, write_sample
from funnel.usecases.studio.send_test import send_test
from funnel.web.here import company, house, published
from funnel.web.limits import limiter
from funnel.web.speech import _, language, language_name, names, tell
from funnel.web.staff.guard import me
from funnel.web.staff.page import calendar, notify
from funnel.web.studio.attached import attached_context
from funnel.web.studio.frames import PAGE_SANDBOX, SCHEMES
from funnel.web.studio.room import go, head, makers, name_of, page, path
from funnel.web.studio.wording import behaviour

blueprint = Blueprint("preview", __name__)

TESTS = "5 per minute; 40 per hour"
"""Mails to oneself: enough to mend a mail by, too few to fill a mailbox."""


@blueprint.get("/<scenario>/preview")
@makers
def preview(scenario: str) -> str:
    """`?show=page:<name>` or `mail:<message>`, `&in=<language>&scheme=light|dark&lead=<sample>`, as the frames take
    them."""
    found = published()
    name = name_of(found, scenario)
    days = calendar(read_clock(house()).now, me(), company())
    context: dict[str, Any] = {"s": head(found, name, days, "preview"), "groups": [], "shown": None, "refused": None}
    try:
        samples = read_samples(found, name)
    except Invalid as invalid:
        return page("studio_preview.html", **context | {"refused": "; ".join(map(tell, invalid.errors.values()))})
    groups = _groups(samples)
    if not groups:
        return page("studio_preview.html", **context)
    asked = _asked()
    chosen = next((one for group in groups for one in group["items"] if one["show"] == asked["show"]), None)
    chosen = chosen or groups[0]["items"][0]
    asked["show"] = chosen["show"]
    for group in groups:
        for one in group["items"]:
            one["url"] = _url(name, asked | {"show": one["show"]})
            one["current"] = one["show"] == asked["show"]
    return page("studio_preview.html", **context | {"groups": groups, "shown": _shown(samples, asked, chosen["title"])})


def _asked() -> dict[str, str]:
    """What is looked at, each within what there is."""
    return {
        "show": request.args.get("show", ""),
        "in": _spoken(request.args.get("in", "")),
        "scheme": "dark" if request.args.get("scheme") == "dark" else "light",
        "lead": request.args.get("lead", "")[:64],
    }


def _spoken(wanted: str) -> str:
    """The language asked for, if the company speaks it, else the page's own."""
    return wanted if wanted in company().locales else language()


def _url(name: str, asked: dict[str, str], of: str = "preview") -> str:
    return f"{path(name, of)}?{urlencode({key: value for key, value in asked.items() if value})}"


def _groups(samples: Samples) -> list[dict[str, Any]]:
    """Pages (where a form leads in, or a mail asks for one), the scenario's mails, the company's own: each item by what
    the frames call it."""
    name = samples.bundle.name
    called = names()
    pages = [{"show": f"page:{one}", "title": _page_title(one)} for one in _pages(samples)]
    own = [f"{name}/{email}" for email in mail_names(samples.bundle)]
    others = [message for message in samples.mails if message not in own]
    mails = [
        [{"show": f"mail:{message}", "title": _mail_title(samples, message, called.mail(message))} for message in group]
        for group in (own, others)
    ]
    found = [(_("Pages"), pages), (_("Mails"), mails[0]), (_("Mails of the company"), mails[1])]
    return [{"title": title, "items": items} for title, items in found if items]


def _pages(samples: Samples) -> list[str]:
    form = open_form(house(), samples.bundle.name) if samples.bundle.scenario.form else None
    return page_names(samples, form)


def _mail_title(samples: Samples, message: str, title: str) -> str:
    """Its subject, and whether it is one for staff."""
    staff = samples.mail(message).row["recipient"] != "lead"
    return _("%(title)s (for staff)", title=title) if staff else title


def _page_title(name: str) -> str:
    known = {
        LANDING: _("Landing page"),
        DETAILS: _("Details"),
        THANKS: _("Thanks"),
        RESULTS: _("Results, by private link"),
    }
    if name.startswith(f"{FOLLOWS}-"):
        return _("Asked by a mail: what follows")
    if name.startswith(f"{ASKED}-"):
        return _("Asked by a mail: questions %(number)s", number=name.rpartition("-")[2])
    return str(known.get(name) or _("Questions %(number)s", number=name.removeprefix(f"{QUESTIONS}-")))


def _shown(samples: Samples, asked: dict[str, str], title: str) -> dict[str, Any]:
    name = samples.bundle.name
    kind, _colon, what = asked["show"].partition(":")
    mail: dict[str, Any] | None = None
    if kind == "mail":
        sample = samples.mail(what, asked["lead"])
        people = [one.person for one in samples.mails[what]]
        who = sample.person
        mail = _written(samples, sample, asked["in"])
    else:
        people = [one.person for one in sample_people(samples, what)]
        who = sample_person(samples, asked["lead"], what).person
    return {
        "title": title,
        "sandbox": PAGE_SANDBOX if kind == "page" else "",
        "frame": _url(name, asked | {"lead": who.id}, "frame"),
        "asked": asked | {"lead": who.id},
        "languages": [
            {
                "code": code,
                "title": language_name(code, language()),
                "url": _url(name, asked | {"in": code}),
                "current": code == asked["in"],
            }
            for code in company().locales
        ],
        "schemes": [
            {
                "title": _("Light") if scheme == "light" else _("Dark"),
                "url": _url(name, asked | {"scheme": scheme}),
                "current": scheme == asked["scheme"],
            }
            for scheme in SCHEMES
        ],
        "people": [
            {
                "id": one.id,
                "title": f"{one.fields.get('name') or one.id} ({behaviour(one.behaves)})",
                "current": one.id == who.id,
            }
            for one in people
        ],
        "mail": mail,
        "own_address": me().email,
    }


def _written(samples: Samples, sample: Sample, spoken: str) -> dict[str, Any]:
    """A mail's head and text part, or why it cannot be written."""
    mail = {"message": sample.message, "reached": sample.reached}
    try:
        written = write_sample(house(), samples, sample, spoken)
    except ValueError as error:
        return mail | {"why": str(error)}
    texts = written.texts
    mail |= {"subject": texts.subject, "sender": written.sender, "to": written.to, "text": texts.text}
    return mail | {"attached": attached_context(samples, sample, written, spoken)}


def _tester() -> str:
    return f"test {me().id}"


@blueprint.post("/<scenario>/test")
@makers
@limiter.limit(TESTS, key_func=_tester)
def test_mail(scenario: str) -> Response:
    """Send a mail to oneself, and nobody else."""
    found = published()
    name = name_of(found, scenario)
    samples = read_samples(found, name)
    spoken = _spoken(request.form.get("in", ""))
    message = request.form.get("mail", "")
    sample = samples.mail(message, request.form.get("lead"))
    try:
        subject = send_test(house(), me(), samples, sample, spoken)
    except ValueError as error:
        notify(_("It cannot be written: %(why)s", why=error), "bad")
    else:
        notify(_("“%(subject)s” is on its way to %(address)s.", subject=subject, address=me().email))
        if COMPANY in found.paused:
            notify(_("Everything is paused: it leaves when everything is resumed."), "warn")
    shown = {
        "show": f"mail:{message}",
        "in": spoken,
        "scheme": request.form.get("scheme", ""),
        "lead": sample.person.id,
    }
    return go(_url(name, shown))
