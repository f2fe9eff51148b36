"""The names that authors give to links in mails (`<mj-button name="prices" href="https://...">`), by which rules and
steps speak of them."""

import re
from collections.abc import Mapping

_NAMED = re.compile(r"""<(?:a|mj-[a-z-]+)\b[^>]*?\sname="([a-z][a-z0-9_]{0,63})\"""")
_LITERAL = re.compile(r"""<(?:a|mj-[a-z-]+)\b[^>]*?\shref="https?://[^"{}\s]+"[^>]*>""")
_BODY = re.compile(r"email_templates/([^/]+)/(?:[^/]+/body\.[a-z]{2}|_[^/]+)\.mjml")


def link_names(files: Mapping[str, bytes], scenario: str | None = None) -> list[str]:
    """Every name in the mails of a scenario, or of all, and in the pieces that mails share; in order."""
    found: set[str] = set()
    for file, content in files.items():
        match = _BODY.fullmatch(file)
        if match and (scenario is None or match[1] in (scenario, "house")):
            found.update(_NAMED.findall(content.decode("utf-8", "replace")))
    return sorted(found)


def links_in(body: str) -> list[str]:
    """The links of a mail's body that lead the same way for everybody, in its order: by their names, else by their
    places (`link_2`)."""
    found = []
    for number, match in enumerate(_LITERAL.finditer(body), 1):
        named = _NAMED.match(match.group())
        found.append(named[1] if named else f"link_{number}")
    return found
