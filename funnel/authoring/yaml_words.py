"""What PyYAML finds, in words that can be told in every language, and what mends it."""

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
)
"""What PyYAML finds most often: by a part of it, its own words, told in every language, and what mends it. The rest of
its words is quoted."""


def yaml_words(problem: str | None) -> tuple[Saying, Saying]:
    """What was found, and what mends it."""
    if not problem:
        return say("this is not YAML"), NOTHING
    known, fix = next(((known, fix) for part, known, fix in _FIXES if part in problem), (NOTHING, NOTHING))
    return known if known == problem else say("%(yaml)s", yaml=problem), fix
