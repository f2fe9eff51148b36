"""What PyYAML finds, in words that can be told in every language, and what mends it."""

import re

from funnel.authoring.saying import NOTHING, Saying, say

_FIXES: tuple[tuple[str, Saying, Saying], ...] = (
    (
        "cannot start any token",
        say("found character that cannot start any token"),
        say("indent with spaces, not tabs; quote a text that begins with @, %, ` or a tab"),
    ),
    (
        "mapping values are not allowed",
        say("mapping values are not allowed in this context"),
        say("quote a text that holds ': ', or check the indentation above"),
    ),
    ("expected ':'", say("could not find expected ':'"), say("put ': ' after the key, or quote the text")),
    (
        "did not find expected key",
        say("did not find expected key"),
        say("check the indentation and the quotes of this line and the one above"),
    ),
    ("'-' indicator", say("did not find expected '-' indicator"), say("line up the '-' with those above")),
    ("unexpected end of stream", say("found unexpected end of stream"), say("close the quotes")),
    ("document indicator", say("found unexpected document indicator"), say("close the quotes")),
    (
        "',' or ']'",
        say("did not find expected ',' or ']'"),
        say("put a comma between what the list holds, or close it with ]"),
    ),
    ("',' or '}'", say("did not find expected ',' or '}'"), say("put a comma between the keys, or close it with }")),
    (
        "block sequence",
        say("block sequence entries are not allowed in this context"),
        say("begin the list on the next line, or quote a text that begins with '- '"),
    ),
    (
        "node content",
        say("did not find expected node content"),
        say("write a value here; quote a text that begins with a comma or a bracket"),
    ),
    ("violates", say("found a tab character that violates indentation"), say("indent with spaces, not tabs")),
    (
        "indentation space",
        say("found a tab character where an indentation space is expected"),
        say("indent with spaces, not tabs"),
    ),
    ("unknown escape", say("found unknown escape character"), say("write the text between single quotes")),
    (
        "alphabetic or numeric",
        say("did not find expected alphabetic or numeric character"),
        say("quote a text that begins with * or &"),
    ),
    (
        "<document start>",
        say("did not find expected <document start>"),
        say("leave out the line '...': a file is one document"),
    ),
)
"""What PyYAML finds most often: by a part of it, its own words, told in every language, and what mends it. The rest of
its words is quoted."""


_HALF_QUOTED = re.compile(r"""\s*(?:- )?\s*\w*when:\s*(?:"[^"]*"|'[^']*')\s*[^\s#,}]""")
"""A condition that begins with a text in quotes: YAML takes the quotes for its own."""


def yaml_words(problem: str | None, line: str = "") -> tuple[Saying, Saying]:
    """What was found on a line, and what mends it."""
    if not problem:
        return say("this is not YAML"), NOTHING
    known, fix = next(((known, fix) for part, known, fix in _FIXES if part in problem), (NOTHING, NOTHING))
    if _HALF_QUOTED.match(line):
        fix = say("put the whole condition between single quotes: when: '\"vip\" in tags'")
    return known if known == problem else say("%(yaml)s", yaml=problem), fix
