"""The details page as a form: who she is, what she agrees to, and the guard that makes it count once (S128)."""

import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any

from flask import request, url_for

from funnel.domain.model import in_language
from funnel.usecases.open_form import OpenForm
from funnel.web.forms import CONSENT, OPTIONAL, DetailsForm, details_form
from funnel.web.prospect.asking import asking, name_in_url
from funnel.web.prospect.session import answers_so_far, details_so_far
from funnel.web.prospect.show import hidden
from funnel.web.speech import _, language

_HOUR = 3600


def details_of(form: OpenForm) -> DetailsForm:
    """The details with the boxes of this form: what was posted, else what was typed before she went back."""
    typed, ticked = ({}, []) if request.method == "POST" else details_so_far(form.name)
    return details_form(form.form.consents).read(**typed, **{CONSENT + purpose: True for purpose in ticked})


def details_context(form: OpenForm, details: DetailsForm) -> dict[str, Any]:
    """What `_details.html` takes: what stands in the fields, and what is wrong with them."""
    spoken = language()
    count = asking(form, answers_so_far(form.name)).steps if form.questionnaire else 1
    title = form.questionnaire.title if form.questionnaire else form.scenario.title
    company = form.company
    return {
        "title": in_language(title, spoken),
        "has_results": form.questionnaire is not None,
        "webinar": form.describe_webinar(spoken),
        "action": url_for("prospect.details.send", scenario=name_in_url(form.name)),
        "hidden": hidden(("once", details.once.data or secrets.token_urlsafe(12))),
        "values": details.typed,
        "errors": details.wrong,
        "needs": {name: getattr(form.form.fields, name) for name in OPTIONAL},
        "zone": details.zone.data,
        "privacy_notice": in_language(company.privacy_notice, spoken).strip(),
        "consents": [
            {
                "id": purpose,
                "text": in_language(company.consents[purpose].text, spoken),
                "given": purpose in details.ticked,
            }
            for purpose in form.form.consents
            if purpose in company.consents
        ],
        "page": {"number": count, "count": count},
        "can_go_back": form.questionnaire is not None,
    }


def submission_of(
    form: OpenForm, fields: Mapping[str, str], consents: frozenset[str], answers: Mapping[str, list[str]], once: str
) -> str:
    """The id under which a form counts once, however often it is posted: made from all that it says and the page it
    was filled in on (`once`), or the hour when the page told none."""
    key = once or int(time.time()) // _HOUR
    said = [form.name, sorted(fields.items()), sorted(consents), sorted(answers.items()), key]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:40]


def labels(form: OpenForm) -> dict[str, str]:
    """What stands beside each field that may hold typed text."""
    names = {
        "name": _("Your name"),
        "email": _("E-mail address"),
        "position": _("Position"),
        "company": _("Company"),
        "phone": _("Telephone"),
    }
    asked = {"name", "email"} | {name for name in OPTIONAL if getattr(form.form.fields, name)}
    return {name: label for name, label in names.items() if name in asked}
