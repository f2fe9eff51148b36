"""`/me/<token>`: her own page. Opening it changes nothing; each change is one POST, and acts at once."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answered

from funnel.domain.deadlines import stands_open
from funnel.domain.lead import VISIT_TRACKING, Appointment, Lead
from funnel.domain.timing import zone_of
from funnel.usecases.erase_lead import addresses_of
from funnel.usecases.errors import Invalid
from funnel.usecases.export_lead import as_csv
from funnel.usecases.in_time import in_time
from funnel.usecases.own_page import (
    CHANGEABLE,
    Owner,
    OwnPage,
    be_erased,
    calls_promised,
    change_consent_here,
    change_details,
    choose_pace,
    confirm,
    deny,
    open_own_page,
    read_own_page,
    stop_everything,
    take_along,
)
from funnel.usecases.preferences import agrees, gets_mails
from funnel.usecases.promised_calls import Call
from funnel.usecases.waiting_consents import BUTTON_ON, counts_by_itself, mark_of
from funnel.usecases.what_comes import still_to_tell
from funnel.usecases.wording import city_of, describe_appointment, describe_time, language_called
from funnel.web.files import as_table, to_load
from funnel.web.forms import OwnDetailsForm
from funnel.web.here import house
from funnel.web.limits import FORMS, limiter
from funnel.web.prospect.purposes import agrees_here, choose_purpose, newly_tracked, purposes_shown
from funnel.web.prospect.session import note_erased, note_untracked
from funnel.web.prospect.show import hidden, page, path_of
from funnel.web.prospect.wording import field_error
from funnel.web.speech import _, language, names, speak, speak_with

blueprint = Blueprint("own_page", __name__)

PAGE = BUTTON_ON
"""How the record names the page on which she decided something; the token itself is not written down."""


@blueprint.get("/me/<token>")
def own_page(token: str) -> Response:
    """What is kept of her, what she agreed to and when, what will be sent next and when."""
    return _show(token, None)


@blueprint.post("/me/<token>/details")
@limiter.limit(FORMS)
def details(token: str) -> Answered:
    """Change her details. 422 with what she typed and what is wrong, and nothing stored."""
    form = OwnDetailsForm.read()
    try:
        change_details(house(), token, {name: form[name].data for name in CHANGEABLE if name in request.form})
    except Invalid as invalid:
        form.refuse({name: field_error(name, code) for name, code in invalid.errors.items()})
        return _show(token, form, 422)
    return _back(token, "details")


@blueprint.post("/me/<token>/confirm")
@limiter.limit(FORMS)
def confirm_ticks(token: str) -> Answered:
    """Whether she meant one thing that she ticked: it counts from now on, or waits no more, or counts no more."""
    purpose, meant = request.form.get("purpose", ""), request.form.get("meant") != "no"
    shown, answered = request.form.get("ticked", ""), True
    if meant:
        answered = in_time(house(), lambda hurried: confirm(hurried, token, purpose, shown))
    else:
        in_time(house(), lambda hurried: deny(hurried, token, purpose))
    if purpose == VISIT_TRACKING and meant:
        agrees_here(open_own_page(house(), token).lead)
    elif purpose == VISIT_TRACKING:
        note_untracked()
    return _back(token, "choices" if answered else "h-confirm")


@blueprint.post("/me/<token>/mails")
@limiter.limit(FORMS)
def mails(token: str) -> Answered:
    """Slower, as usual again, or no more mails but what she asks for."""
    match request.form.get("pace"):
        case "stop":
            in_time(house(), lambda hurried: stop_everything(hurried, token, PAGE))
        case "slow" | "usual" as pace:
            in_time(house(), lambda hurried: choose_pace(hurried, token, slow=pace == "slow"))
    return _back(token, "mails")


@blueprint.post("/me/<token>/purpose")
@limiter.limit(FORMS)
def purpose(token: str) -> Answered:
    """Agree to one purpose, or take it back."""
    spoken = language()

    def change(which: str, given: bool) -> Lead:
        return in_time(
            house(), lambda hurried: change_consent_here(hurried, token, which, given=given, page=PAGE, language=spoken)
        )

    choose_purpose(change)
    return _back(token, "choices")


@blueprint.post("/me/<token>/export.<ending>")
@limiter.limit(FORMS)
def export(token: str, ending: str) -> Response:
    """All that is kept of her, as a file; the table, and its name, are in her language."""
    kept = take_along(house(), token, speak_with)
    if ending == "csv":
        answer = as_table(as_csv(kept, language()), _("my-data"))
    else:
        text = json.dumps(kept, ensure_ascii=False, indent=2)
        answer = to_load(text, "application/json", f"{_('my-data')}.json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/me/<token>/erase")
def ask_to_erase(token: str) -> Response:
    """Asks first: a link alone erases nothing."""
    owner = open_own_page(house(), token)
    speak(owner.lead.language)
    meetings = [one for one in still_to_tell(owner.lead.appointments, owner.now) if one.open]
    return page(
        "me_erase.html",
        owner.company,
        action=url_for("prospect.own_page.erase", token=token),
        hidden=hidden(),
        back_url=url_for("prospect.own_page.own_page", token=token),
        appointments=[_meeting(owner, one)["when"] for one in meetings],
        calls=_calls(owner, calls_promised(house(), owner)),
        others=len(addresses_of(house(), owner.lead.id)) > 1,
    )


@blueprint.post("/me/<token>/erase")
@limiter.limit(FORMS)
def erase(token: str) -> Response:
    """Erase her. The answer is the last page that this link shows."""
    owner = be_erased(house(), token)
    speak(owner.lead.language)
    note_erased()
    return page("me_erased.html", owner.company)


def _back(token: str, part: str) -> Answered:
    return redirect(url_for("prospect.own_page.own_page", token=token, _anchor=part), 303)


def _show(token: str, form: OwnDetailsForm | None, status: int = 200) -> Response:
    found = read_own_page(house(), token, speak_with)
    lead = found.lead
    shown = form or OwnDetailsForm(data={name: getattr(lead, name) or "" for name in CHANGEABLE})
    asked = names()
    return page(
        "me.html",
        found.company,
        status,
        first_name=(lead.name.split() or [""])[0],
        email=lead.email,
        city=city_of(_zone(found), language()),
        values={name: shown[name].data for name in CHANGEABLE},
        errors=shown.wrong if form else {},
        details_action=url_for("prospect.own_page.details", token=token),
        waiting=[
            {
                "id": purpose,
                "text": tick.wording,
                "hidden": hidden(("purpose", purpose), ("ticked", mark_of(purpose, tick.wording))),
                "by_itself": counts_by_itself(found.company, lead, purpose),
            }
            for purpose, tick in found.waiting.items()
        ],
        confirm_action=url_for("prospect.own_page.confirm_ticks", token=token),
        mails_action=url_for("prospect.own_page.mails", token=token),
        hidden=hidden(),
        slow=lead.slow,
        untracked=any(one.purpose == VISIT_TRACKING and one.withdrawn_at for one in found.agreed)
        and not agrees(lead, VISIT_TRACKING),
        tracked=newly_tracked(lead),
        stopped=not gets_mails(lead, found.company),
        purposes=purposes_shown(lead, found.company, url_for("prospect.own_page.purpose", token=token)),
        agreed=[
            {
                "title": asked.purpose(one.purpose),
                "wording": one.wording,
                "read_in": _language(one.read_in) if one.read_in else None,
                "given": one.given,
                "at": _when(found, one.at),
                "withdrawn": _when(found, one.withdrawn_at) if one.withdrawn_at else None,
            }
            for one in found.agreed
        ],
        coming=[{**asdict(one), "at": _when(found, one.at) if one.at else None} for one in found.coming],
        calls=_calls(found, found.calls),
        webinars=found.webinars,
        appointments=[
            {
                **_meeting(found, one),
                "url": path_of(url),
                "open": stands_open(one, found.now, asked=one.id in found.unchosen),
                "asked": one.id in found.unchosen,
            }
            for one, url in reversed(found.appointments)
        ],
        results=[
            {
                "title": asked.questionnaire(sheet.questionnaire),
                "at": _when(found, sheet.completed_at),
                "url": path_of(url),
            }
            for sheet, url in reversed(found.results)
        ],
        export_json=url_for("prospect.own_page.export", token=token, ending="json"),
        export_csv=url_for("prospect.own_page.export", token=token, ending="csv"),
        erase_url=url_for("prospect.own_page.ask_to_erase", token=token),
    )


def _meeting(found: OwnPage | Owner, appointment: Appointment) -> dict[str, Any]:
    return describe_appointment(found.company, found.lead, appointment, language())


def _calls(found: OwnPage | Owner, calls: Iterable[Call]) -> list[dict[str, Any]]:
    told = names()
    return [
        {"what": told.appointment_type(one.about) if one.about else "", "by": _when(found, one.by) if one.by else None}
        for one in calls
    ]


def _language(code: str) -> dict[str, str]:
    return {"code": code, "name": language_called(code, language())}


def _when(found: OwnPage | Owner, at: Any) -> str:
    """A day and a time in her zone, in words."""
    return describe_time(at, _zone(found), language(), "d MMMM y")["when"]


def _zone(found: OwnPage | Owner) -> str:
    return zone_of(found.lead.zone, None, found.company.zone)
