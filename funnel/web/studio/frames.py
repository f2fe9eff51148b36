"""What the studio's preview frames show: pages and mails of a scenario, in a language and a colour scheme, with rules
of their own: nothing in them runs, opens, or can be sent."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from funnel.domain.diagnosis import Answer
from funnel.usecases.errors import NotFound
from funnel.usecases.open_form import OpenForm, open_form
from funnel.usecases.studio.pages import (
    ASKED,
    DETAILS,
    FOLLOWS,
    LANDING,
    QUESTIONS,
    RESULTS,
    THANKS,
    SamplePerson,
    sample_asked,
    sample_person,
    sample_results,
)
from funnel.usecases.studio.samples import Samples, read_samples, write_sample
from funnel.web.assets import FOLDER
from funnel.web.forms import FollowUpForm, details_form
from funnel.web.here import company, house, published
from funnel.web.looks import brand_css
from funnel.web.prospect.asked import round_of as round_of_asked
from funnel.web.prospect.asked import show_choices
from funnel.web.prospect.asking import Round, asking, page_context, raw
from funnel.web.prospect.authored import show_landing
from funnel.web.prospect.fields import details_context
from funnel.web.prospect.questions import round_of
from funnel.web.prospect.results import results_context
from funnel.web.prospect.show import page as prospect_page
from funnel.web.prospect.thanks import given_by
from funnel.web.speech import language, show_in
from funnel.web.studio.room import makers, name_of

blueprint = Blueprint("frames", __name__)

SCHEMES = ("light", "dark")
PAGE_SANDBOX = "allow-same-origin"
"""A page is of this origin, so that it may load its own font; without `allow-scripts` nothing in it can use that."""

_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none';"
    f" sandbox {PAGE_SANDBOX}; frame-ancestors 'self'"
)
_MAIL_POLICY = (
    "default-src 'none'; img-src 'self' data: https:; style-src 'unsafe-inline'; font-src 'self'; base-uri 'none';"
    " form-action 'none'; sandbox; frame-ancestors 'self'"
)
_SHEETS = {"tokens": "tokens.css", "prospect": "prospect.css"}
_SHEET = re.compile(r'href="/(?:static/(tokens|prospect)\.css[^"]*|(brand)\.css[^"]*)"')
_MEDIA = re.compile(r"@media\s*\(prefers-color-scheme:\s*(dark|light)\)")
_DECLARED = re.compile(r"(color-scheme:|supported-color-schemes:|color-scheme\" content=\")\s*light dark")
_LEFT_OUT = re.compile(r'<link rel="preload"[^>]*>|<script\b[^>]*>.*?</script>', re.DOTALL | re.IGNORECASE)
"""A font that the frame's own style sheet asks for anyway, and what would not run here."""


@blueprint.get("/<scenario>/frame")
@makers
def frame(scenario: str) -> Response:
    """`?show=page:<name>` or `mail:<scenario>/<email>`, `&in=<language>&scheme=light|dark&lead=<sample>`."""
    found = published()
    samples = read_samples(found, name_of(found, scenario))
    kind, _, what = request.args.get("show", "").partition(":")
    scheme = request.args.get("scheme", "light")
    if scheme not in SCHEMES:
        raise NotFound("there is no such scheme")
    show_in(request.args.get("in", ""))
    lead = request.args.get("lead")
    if kind == "mail":
        try:
            html = write_sample(house(), samples, samples.mail(what, lead), language()).texts.html
        except ValueError as error:
            return _sealed(render_template("studio_unwritten.html", why=str(error)), scheme, _PAGE_POLICY)
        return _sealed(html, scheme, _MAIL_POLICY)
    if kind != "page":
        raise NotFound("there is no such page")
    who = sample_person(samples, lead, what)
    shown = _asked_page(samples, who, what)
    if shown is None:
        shown = _page(open_form(house(), samples.bundle.name), samples, who, what)
    return _sealed(shown.get_data(as_text=True), scheme, _PAGE_POLICY)


def _asked_page(samples: Samples, who: SamplePerson, what: str) -> Response | None:
    """A page of a questionnaire that a mail asks for, or the choice at its end; none for another page."""
    kind, _, which = what.partition("-")
    if kind not in (ASKED, FOLLOWS):
        return None
    name, _, number = which.rpartition("-") if kind == ASKED else (which, "", "")
    found = sample_asked(samples, who, name)
    here = round_of_asked(found, "sample")
    if kind == FOLLOWS:
        if not found.choices:
            raise NotFound("there is no such page")
        return show_choices(found, here, found.answers, FollowUpForm.read())
    return _questions(here, found.answers, number)


def _questions(here: Round, answers: Mapping[str, Answer], number: str) -> Response:
    """A page of questions by its number."""
    asked = here.with_answers(answers)
    if not (number.isdecimal() and len(number) < 4 and int(number) - 1 in asked.shown):
        raise NotFound("there is no such page")
    context = page_context(here, asked, int(number) - 1, raw(asked.values), {})
    return prospect_page("questionnaire.html", here.company, **context)


def _page(form: OpenForm, samples: Samples, who: SamplePerson, what: str) -> Response:
    first_name = (who.lead.name.split() or [""])[0]
    if what == LANDING:
        return _landing(form, who)
    if what == DETAILS and form.questionnaire:
        return prospect_page("details.html", form.company, **_details(form, who))
    if what == THANKS:
        sent: dict[str, Any] = {"first_name": first_name, "email": who.lead.email, "value": who.lead.email}
        sent |= {"suggestion": None, "action": "", "hidden": [], "error": None, "corrected": False}
        if who.sheet is None:
            webinar = form.describe_webinar(language())
            sent |= {"given": given_by(form), "webinar": webinar, "calendar_url": ""}
            return prospect_page("thanks.html", form.company, **sent)
        found = results_context(sample_results(samples, who, language()), first_name)
        return prospect_page("thanks_results.html", form.company, **(found | sent))
    if what == RESULTS:
        context = results_context(sample_results(samples, who, language()), first_name)
        context["prove"] = {"action": "", "hidden": []}
        return prospect_page("results.html", form.company, **context)
    number = what.removeprefix(f"{QUESTIONS}-")
    if form.questionnaire and what != number:
        return _questions(round_of(form), who.answers, number)
    raise NotFound("there is no such page")


def _landing(form: OpenForm, who: SamplePerson) -> Response:
    """The landing page as a stranger finds it."""
    if form.questionnaire is None:
        form_html = render_template("_details.html", **_details(form, who))
    else:
        asked = asking(form, {})
        form_html = render_template("_questions.html", **page_context(round_of(form), asked, asked.shown[0], {}, {}))
    return show_landing(form, form_html)


def _details(form: OpenForm, who: SamplePerson) -> dict[str, Any]:
    """What `_details.html` takes, filled in by the sample lead."""
    lead = who.lead
    filled = details_form(form.form.consents).read(
        name=lead.name,
        email=lead.email,
        position=lead.position or "",
        company=lead.company or "",
        phone=lead.phone or "",
    )
    count = asking(form, who.answers).steps if form.questionnaire else 1
    return details_context(form, filled) | {"page": {"number": count, "count": count}}


def _sealed(html: str, scheme: str, policy: str) -> Response:
    """A page or a mail in one colour scheme whatever the browser prefers; its links lead nowhere."""
    html = _SHEET.sub(lambda found: f'href="/studio/-/sheets/{scheme}/{found[1] or found[2]}.css"', html)
    html = _LEFT_OUT.sub("", html).replace("<head>", '<head><base target="_blank">', 1)
    answer = make_response(in_scheme(html, scheme))
    answer.headers["Content-Security-Policy"] = policy
    return answer


def in_scheme(text: str, scheme: str) -> str:
    """CSS, or a page with CSS in it, as a browser shows it that prefers this scheme."""
    text = _MEDIA.sub(lambda found: "@media all" if found[1] == scheme else "@media not all", text)
    return _DECLARED.sub(lambda found: f"{found[1]} {scheme}", text)


@blueprint.get("/-/sheets/<scheme>/<name>.css")
@makers
def sheet(scheme: str, name: str) -> Response:
    """A style sheet of the prospects' pages in one colour scheme."""
    if scheme not in SCHEMES or name not in (*_SHEETS, "brand"):
        raise NotFound("there is no such style sheet")
    if name == "brand":
        colours = company().brand
        css = brand_css(colours.primary, colours.accent)
    else:
        css = (FOLDER / _SHEETS[name]).read_text(encoding="utf-8")
        css = css.replace("url(vendor/", "url(/static/vendor/")
    return Response(in_scheme(css, scheme), mimetype="text/css")
