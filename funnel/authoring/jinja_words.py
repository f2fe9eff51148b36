"""What Jinja finds, in words that can be told in every language, and what mends it."""

import re
from collections.abc import Callable, Collection, Mapping

from funnel.authoring.hints import quote, suggest
from funnel.authoring.saying import NOTHING, Saying, say

Words = tuple[Saying, Saying]
"""What was found, and what mends it."""

TAGS = ("block", "call", "extends", "filter", "for", "if", "include", "macro", "raw", "set", "with")
"""The orders that people write after `{%`; a page has `trans` besides."""

_SIGNS = {
    "end of print statement": "}}",
    "end of statement block": "%}",
    "begin of print statement": "{{",
    "begin of statement block": "{%",
}
"""What Jinja calls some signs."""


def jinja_words(problem: str, tags: Collection[str] = TAGS) -> Words:
    """What was found, and what mends it; what is not known here is quoted. `tags` are the orders that there are."""
    for pattern, words in _KNOWN:
        if found := re.fullmatch(pattern, problem, re.DOTALL):
            return words({name: _SIGNS.get(word, word) for name, word in found.groupdict("").items()}, tags)
    return say("%(jinja)s", jinja=problem), say("mend the Jinja on this line")


def open_block(problem: str) -> str | None:
    """The order that is never closed, where that is what Jinja found."""
    found = re.fullmatch(_NEVER_CLOSED, problem, re.DOTALL)
    return found["open"] if found else None


def _never_closed(found: Mapping[str, str], _: Collection[str]) -> Words:
    word = found["open"]
    return say("'{%% %(word)s %%}' is never closed", word=word), say("add {%% end%(word)s %%}", word=word)


def _unknown_order(found: Mapping[str, str], tags: Collection[str]) -> Words:
    word, still_open = found["word"], found["open"]
    if word.startswith("end") or word in ("else", "elif", "pluralize"):
        said = say("'{%% %(word)s %%}' belongs to nothing that is open here", word=word)
        if not still_open:
            return said, say("leave it out, or add what it belongs to before it")
        return said, say("leave it out, or write {%% end%(word)s %%}: that is what is open", word=still_open)
    if word == "trans":
        fix = say("write the text itself: a mail has a file a language")
        return say("'{%% %(word)s %%}' is for pages", word=word), fix
    return say("there is no order '{%% %(word)s %%}'", word=word), suggest(word, tags)


def _one_instead_of_another(found: Mapping[str, str], _: Collection[str]) -> Words:
    wanted, got = found["wanted"], found["got"]
    if wanted in ("}}", "%}"):
        fix = say("to compare, write ==") if got == "=" else say("end with %(sign)s before it", sign=wanted)
        return say("%(sign)s is too much here", sign=quote(got)), fix
    if wanted == "name":
        return say("a name is missing before %(sign)s", sign=quote(got)), NOTHING
    return say("%(got)s stands where %(wanted)s should", got=quote(got), wanted=quote(wanted)), NOTHING


def _too_early(found: Mapping[str, str], _: Collection[str]) -> Words:
    return say("the template ends too early"), say("close it with %(expected)s", expected=found["wanted"])


def _unclosed(found: Mapping[str, str], _: Collection[str]) -> Words:
    fix = say("close it with %(expected)s", expected=quote(found["wanted"]))
    return say("%(sign)s is too early here", sign=quote(found["got"])), fix


def _nothing_there(found: Mapping[str, str], _: Collection[str]) -> Words:
    return say("something is missing before %(sign)s", sign=quote(found["got"])), say("write a name, like lead.name")


def _strange_sign(found: Mapping[str, str], _: Collection[str]) -> Words:
    sign = found["sign"]
    fix = say("close the quotes") if sign.strip("\\") in ("'", '"') else say("leave it out")
    return say("%(sign)s cannot stand here", sign=quote(sign)), fix


def _unexpected(found: Mapping[str, str], _: Collection[str]) -> Words:
    return say("%(sign)s cannot stand here", sign=quote(found["got"])), say("write a name between {{ and }}")


def _without_end(word: str, end: str) -> Callable[[Mapping[str, str], Collection[str]], Words]:
    return lambda _, __: (say("'%(word)s' is never closed", word=word), say("close it with %(expected)s", expected=end))


_NEVER_CLOSED = r"Unexpected end of template\. .*needs to be closed is '(?P<open>\w+)'\."
_KNOWN: tuple[tuple[str, Callable[[Mapping[str, str], Collection[str]], Words]], ...] = (
    (_NEVER_CLOSED, _never_closed),
    (r"Encountered unknown tag '(?P<word>\w+)'\.(?: .*needs to be closed is '(?P<open>\w+)'\.)?", _unknown_order),
    (r"expected token '(?P<wanted>.*)', got '(?P<got>.*)'", _one_instead_of_another),
    (r"unexpected end of template, expected '(?P<wanted>.*)'\.", _too_early),
    (r"unexpected '(?P<got>.*)', expected '(?P<wanted>.*)'", _unclosed),
    (r"Expected an expression, got '(?P<got>.*)'", _nothing_there),
    (r"unexpected char [\"'](?P<sign>.*)[\"'] at \d+", _strange_sign),
    (r"unexpected '(?P<got>.*)'", _unexpected),
    (r"expected name or number", lambda _, __: (say("a name is missing after a dot"), say("leave the dot out"))),
    (r"Missing end of comment tag", _without_end("{#", "#}")),
    (r"Missing end of raw directive", _without_end("{% raw %}", "{% endraw %}")),
    (r"unclosed translation block", _without_end("{% trans %}", "{% endtrans %}")),
)
