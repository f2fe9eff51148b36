"""Where somebody came from: what the first request told (`utm_*`, the call to action), and how two tellings meet."""

import re
from collections.abc import Mapping

from funnel.domain.company import CallToAction
from funnel.domain.contact import clean_text

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
KEYS = (*UTM, "cta")
LONGEST = 80
"""Characters of a value; what is longer is cut."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_AFTER = ".,;:!?)/"
"""What mail programs and people put behind an address."""


def read_source(told: Mapping[str, str]) -> dict[str, str]:
    """What is of use in it: cut, and without what no text may hold (see `clean_text`)."""
    clean = {name: clean_text(told[name][:LONGEST]) for name in (*KEYS, "referrer") if told.get(name)}
    return {name: value for name, value in clean.items() if value}


def first_of(kept: Mapping[str, str], told: Mapping[str, str]) -> dict[str, str]:
    """The first telling stays, and a later one adds what was not told yet. UTM values belong together: those of two
    tellings are never mixed into a third that nobody meant."""
    known = any(name in kept for name in UTM)
    later = {name: value for name, value in told.items() if not (known and name in UTM)}
    return later | dict(kept)


def read_code(text: str) -> str | None:
    """The code of a call to action as somebody typed it: `Talk-Lyon.` is `talk_lyon`; none when it cannot be one."""
    code = text.strip().rstrip(_AFTER).lower().replace("-", "_")
    return code if _CODE.fullmatch(code) else None


def source_of(cta: CallToAction) -> dict[str, str]:
    """What a visit by its link tells: its id and UTM values; what the file leaves out follows from the rest."""
    utm = cta.utm
    told = {
        "cta": cta.id,
        "utm_source": utm.source or cta.id,
        "utm_medium": utm.medium or cta.kind,
        "utm_campaign": utm.campaign or cta.scenario,
        "utm_term": utm.term,
        "utm_content": utm.content,
    }
    return {name: value for name, value in told.items() if value}
