"""Where a compiled mail is opened from and which links it has: the places that may be given a tracked address.

An address is put there while a mail is written, for who has agreed to it (`tracked` in the context: `open`, `trap`,
`links`); for everybody else the mail is as its author wrote it. The text part keeps its addresses.
"""

from funnel.authoring.link_names import links_in
from funnel.ports import Link

_END = (
    "{% if tracked and tracked.open %}"
    '<img src="{{ tracked.open }}" width="1" height="1" alt="" style="display:block">{% endif %}'
    "{% if tracked and tracked.trap %}"
    '<a href="{{ tracked.trap }}" style="display:none" tabindex="-1" aria-hidden="true"></a>{% endif %}'
)
"""The picture that says it was opened, and a link that nobody sees: who follows it is a machine."""


def with_places(html: str) -> tuple[str, tuple[Link, ...]]:
    """The Jinja source of a compiled mail with its places, and its links in the order of the text."""
    parts: list[str] = []
    links: list[Link] = []
    done = 0
    for link in links_in(html):
        written = html[link.begins : link.ends]
        given = f"{{{{ tracked.links[{len(links)}] }}}}"
        chosen = f"{{% if tracked and tracked.links %}}{given}{{% else %}}{written}{{% endif %}}"
        parts += [html[done : link.begins], chosen]
        links.append(Link(link.name, link.target))
        done = link.ends
    head, found, tail = "".join([*parts, html[done:]]).rpartition("</body>")
    return (head + _END + found + tail if found else tail), tuple(links)
