"""Why a form does not take what a lead of `expect:` gives, in words."""

from collections.abc import Mapping

from funnel.authoring.saying import Saying, say

_WORDS: Mapping[str, Saying] = {
    "required": say("required"),
    "unknown_choice": say("unknown choice"),
    "one_only": say("one only"),
    "not_a_number": say("not a number"),
    "not_an_address": say("not an address"),
    "too_small": say("too small"),
    "too_large": say("too large"),
    "too_long": say("too long"),
    "unreadable": say("unreadable"),
}
"""By the code that `check_form` and `read_answers` refuse with."""


def refusal_words(code: str) -> Saying:
    """What a code of a form says."""
    return _WORDS[code]
