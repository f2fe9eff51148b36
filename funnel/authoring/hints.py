"""Words for findings: did-you-mean, quoting of what an author wrote, lists and plurals."""

import difflib
from collections.abc import Collection, Iterable
from functools import reduce
from heapq import nsmallest

from funnel.authoring.saying import Saying, say

_LONGEST_GUESS = 64
_MOST_GUESSED = 1000
_LONGEST_LIST = 14
_LONGEST_QUOTE = 60

_SYNONYMS = {
    "email": ("mail", "e_mail", "send", "send_email", "send_mail", "message"),
    "wait": ("delay", "sleep", "pause", "wait_for"),
    "await": ("wait_until", "wait_for_event", "until", "decision"),
    "choose": ("branch", "split", "switch", "case", "if_else"),
    "when": ("if", "condition", "only_if"),
    "end": ("exit", "stop", "finish", "goal"),
    "start": ("enroll", "enrol", "add_to_campaign", "run"),
    "hand_off": ("handoff", "assign", "assign_owner"),
    "tag": ("add_tag", "label"),
    "status": ("stage", "set_status", "change_stage"),
    "score": ("points", "add_points", "change_points"),
    "task": ("todo", "create_task"),
    "webhook": ("hook", "http", "call_webhook"),
}
ELSEWHERE = {word: verb for verb, words in _SYNONYMS.items() for word in words}
"""The verb by what other tools, or plain English, call it: nearer in meaning than the verb that is spelt like it."""
JUMPS = frozenset(("goto", "go_to", "jump", "jump_to", "go_to_action"))
"""What other tools call a way back; there is none here."""


def quote(value: object) -> str:
    """What the author wrote, on one line, control characters escaped, cut to 60 characters."""
    text = repr(value)
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 4] + " ..."


def nearest(word: object, options: Collection[str]) -> str | None:
    """The option that was probably meant, if any is near. Long words are not guessed at, for that takes quadratic time;
    nor is any among more than a thousand options."""
    if not isinstance(word, str) or len(word) > _LONGEST_GUESS or len(options) > _MOST_GUESSED:
        return None
    choices = sorted(set(options))
    lowered = {choice.lower(): choice for choice in reversed(choices)}
    plain = word.strip().lower().replace("-", "_").replace(" ", "_")
    for candidate in (word.lower(), plain):
        if candidate in lowered:
            return lowered[candidate]
    near = difflib.get_close_matches(plain, lowered, 1, 0.6)
    return lowered[near[0]] if near else None


def did_you_mean(near: str) -> Saying:
    """The fix where it is clear what was meant."""
    return say("did you mean %(word)s?", word=repr(near))


def suggest(word: object, options: Collection[str]) -> Saying:
    """The fix for a word that is not among `options`: did you mean, else what there is."""
    if near := nearest(word, options):
        return did_you_mean(near)
    if len(options) > _MOST_GUESSED:
        return say("use one that is declared")
    choices = nsmallest(_LONGEST_LIST + 1, set(options))
    if not choices:
        return say("none is declared yet")
    if len(choices) > _LONGEST_LIST:
        return say("use one of %(words)s ...", words=", ".join(choices[:_LONGEST_LIST]))
    return say("use %(words)s", words=any_of(choices))


def any_of(choices: Iterable[str]) -> Saying:
    """`a`, `a or b`, `one of a, b, c`."""
    words = list(choices)
    if len(words) == 2:
        return say("%(one)s or %(other)s", one=words[0], other=words[1])
    return say("one of %(words)s", words=", ".join(words)) if len(words) > 2 else Saying("".join(words))


def all_of(words: Iterable[str]) -> Saying:
    """`a`, `a and b`, `a and b and c`."""
    return reduce(lambda one, other: say("%(one)s and %(other)s", one=one, other=other), map(_saying, words))


def listed(words: Iterable[str]) -> Saying:
    """`a, b, c`, of ours or the author's."""
    return reduce(lambda one, other: say("%(one)s, %(other)s", one=one, other=other), map(_saying, words))


def _saying(word: str) -> Saying:
    return word if isinstance(word, Saying) else Saying(word)


def grouped(number: int) -> Saying:
    """A number with its thousands set apart: `20,000`."""
    thousands, ones = divmod(number, 1000)
    if not thousands:
        return Saying(str(number))
    return say("%(thousands)s,%(ones)s", thousands=grouped(thousands), ones=f"{ones:03}")


def decimal(number: str) -> Saying:
    """A number with decimals, as it is written in English: `4.5`."""
    whole, _, decimals = number.partition(".")
    return say("%(whole)s.%(decimals)s", whole=whole, decimals=decimals)


def count(number: int, noun: str) -> str:
    """`1 error`, `3 errors`; for the terminal."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def kind_of(value: object) -> Saying:
    """What an author would call a value: a number, a text, a list ..."""
    match value:
        case None:
            return say("nothing")
        case bool():
            return say("the yes-or-no %(value)s", value=str(value).lower())
        case int() | float():
            return say("the number %(value)s", value=quote(value))
        case str():
            return say("the text %(value)s", value=quote(value))
        case list():
            return say("a list")
        case _:
            return say("a mapping")
