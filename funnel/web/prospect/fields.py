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
from funnel.web.prospect.asking import asking, name_in_url
from funnel.web.prospect.session import answers_so_far, fields_so_far
from funnel.web.prospect.show import hidden
from funnel.web.prospect.wording import _
from funnel.web.speech import language

NAMES = ("name", "email", "position", "company", "phone")
CONSENT = "consent_"
"""Before a purpose in the names of boxes."""

_HOUR = 3600
_MOST_TYPED = 1_000


def details_context(form: OpenForm, errors: Mapping[str, str], *, once: str = "") -> dict[str, Any]:
    """What `_details.html` takes, filled with what was posted or typed before."""
    spoken = language()
    posted = request.form if request.method == "POST" else fields_so_far()
    count = asking(form, answers_so_far(form.name)).steps if form.questionnaire else 1
    title = form.questionnaire.title if form.questionnaire else form.scenario.title
    company = form.company
    return {
        "title": in_language(title, spoken),
        "has_results": form.questionnaire is not None,
        "action": url_for("prospect.details.send", scenario=name_in_url(form.name)),
        "hidden": hidden(("once", once or secrets.token_urlsafe(12))),
        "values": {name: posted.get(name, "") for name in NAMES},
        "errors": errors,
        "needs": {name: getattr(form.form.fields, name) for name in ("position", "company", "phone")},
        "zone": posted.get("zone", ""),
        "privacy_notice": in_language(company.privacy_notice, spoken).strip(),
        "consents": [
            {
                "id": purpose,
                "text": in_language(company.consents[purpose].text, spoken),
                "given": posted.get(CONSENT + purpose) == "yes",
            }
            for purpose in form.form.consents
            if purpose in company.consents
        ],
        "page": {"number": count, "count": count},
        "can_go_back": form.questionnaire is not None,
    }


def typed_fields() -> dict[str, str]:
    """The details as they were posted, each cut where nobody writes a name any more."""
    return {name: request.form.get(name, "")[:_MOST_TYPED] for name in NAMES}


def ticked(form: OpenForm) -> frozenset[str]:
    """The purposes whose box she ticked."""
    return frozenset(purpose for purpose in form.form.consents if request.form.get(CONSENT + purpose) == "yes")


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
    asked = {"name", "email"} | {name for name in NAMES[2:] if getattr(form.form.fields, name)}
    return {name: label for name, label in names.items() if name in asked}
