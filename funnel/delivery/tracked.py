"""Where a compiled mail is opened from and which links it has: the places that may be given a tracked address.

An address is put there while a mail is written, for who has agreed to it (`tracked` in the context: `open`, `trap`,
`links`); for everybody else the mail is as its author wrote it. Links that Jinja makes (`{{ links... }}`) carry out
what was asked and are never touched, nor are mailto:, tel: and what leads to privacy, imprint or unsubscribing. The
text part keeps its addresses.
"""

import html as html_library
import re

from funnel.ports import Link

_ANCHOR = re.compile(r"""<a\b[^>]*?\shref="(?P<target>https?://[^"{}\s]+)"[^>]*>""", re.IGNORECASE)
_NAME = re.compile(r"""\sname="(?P<name>[a-z][a-z0-9_]{0,63})\"""")
_LEFT_ALONE = re.compile(
    r"privacy|imprint|impressum|datenschutz|mentions|legal|confidentialit|unsubscribe|desinscription|desabonn",
    re.IGNORECASE,
)
_END = (
    "{% if tracked and tracked.open %}"
    '<img src="{{ tracked.open }}" width="1" height="1" alt="" style="display:block">{% endif %}'
    "{% if tracked and tracked.trap %}"
    '<a href="{{ tracked.trap }}" style="display:none" tabindex="-1" aria-hidden="true"></a>{% endif %}'
)
"""The picture that says it was opened, and a link that nobody sees: who follows it is a machine."""


def with_places(html: str) -> tuple[str, tuple[Link, ...]]:
    """The Jinja source of a compiled mail with its places, and its links in the order of the text."""
    links: list[Link] = []

    def place(match: re.Match[str]) -> str:
        written = match["target"]
        target = html_library.unescape(written)
        if _LEFT_ALONE.search(target):
            return match.group()
        own = _NAME.search(match.group())
        links.append(Link(own["name"] if own else f"link_{len(links) + 1}", target))
        number = len(links) - 1
        given = f"{{{{ tracked.links[{number}] }}}}"
        chosen = f"{{% if tracked and tracked.links %}}{given}{{% else %}}{written}{{% endif %}}"
        before, after = match.start("target") - match.start(), match.end("target") - match.start()
        return match.group()[:before] + chosen + match.group()[after:]

    placed = _ANCHOR.sub(place, html)
    head, found, tail = placed.rpartition("</body>")
    return (head + _END + found + tail if found else placed), tuple(links)
