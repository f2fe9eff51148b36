"""A scenario as Mermaid text, for a wiki or a pull request."""

from funnel.domain.tunnel.graph import COMPLETED, ENTRY, Graph, Node, People, Words
from funnel.usecases.draw_graph import badges, verbs

_SHAPES = {
    "form": ("([", "])"), "wait": ("([", "])"), "end": ("([", "])"), "await": ("{{", "}}"), "choose": ("{", "}"),
    "when": ("{", "}"), "webhook": ("[[", "]]"), "start": ("[[", "]]"), "hand_off": ("[/", "/]"),
}  # fmt: skip
_COLOURS = {
    "email": "fill:#e4f0f8,stroke:#0072b2,color:#1c1a16",
    "await": "fill:#fdf1d8,stroke:#e69f00,color:#1c1a16",
    "choose": "fill:#e8f1f7,stroke:#0a5c94,color:#1c1a16",
    "when": "fill:#e8f1f7,stroke:#0a5c94,color:#1c1a16",
    "hand_off": "fill:#e2f4ed,stroke:#009e73,color:#1c1a16",
    "form": "fill:#1c1a16,stroke:#8b8576,color:#faf8f4",
    "end": "fill:#1c1a16,stroke:#8b8576,color:#faf8f4",
}
"""The light values of `tokens.css`: Mermaid knows no others."""

_NAMES = {ENTRY: "entry", COMPLETED: "completed"}


def write_mermaid(graph: Graph, people: People | None = None) -> str:
    """The graph as a flowchart; with `people`, how many stand at each step and how they ended."""
    lines = ["---", f"title: {_quoted(graph.title)}", "---", "flowchart TD"]
    lines += [f"  {_name(node.id)}{_node(node, people, graph.words)}" for node in graph.nodes]
    for edge in graph.edges:
        arrow = "-.->" if edge.way in ("late", "again") else "-->"
        text = graph.words.say("next pass") if edge.way == "again" else edge.label
        label = f"|{_quoted(text)}|" if text else ""
        lines.append(f"  {_name(edge.source)} {arrow}{label} {_name(edge.target)}")
    for verb, colours in _COLOURS.items():
        if members := [_name(node.id) for node in graph.nodes if node.verb == verb]:
            lines += [f"  classDef {verb}_ {colours}", f"  class {','.join(members)} {verb}_"]
    return "\n".join([*lines, ""])


def _node(node: Node, people: People | None, words: Words) -> str:
    first, last = _SHAPES.get(node.verb, ("[", "]"))
    counts = (text for _, text in badges(node, people, words))
    said = [f"{verbs(words)[node.verb]}: {node.title}", node.detail, *counts]
    text = _quoted("\n".join(part for part in said if part))
    return f"{first}{text}{last}"


def _name(node: str) -> str:
    """An id of Mermaid's: some of ours (`end`) are its own words."""
    return f"s_{_NAMES.get(node, node)}"


def _quoted(text: str) -> str:
    """A text in quotes: what Mermaid would read is written by its number, line ends as `<br>`."""
    safe = "".join(f"#{ord(letter)};" if letter in '"#<>&`\\[]{}|' else letter for letter in text)
    return f'"{safe.replace(chr(10), "<br>")}"'
