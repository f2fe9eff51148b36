"""`funnel graph`: a scenario as a picture, from its file, or as it is published with its people counted."""

import argparse
import re
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from funnel.cli.doors import told
from funnel.cli.house import add_state, house_of
from funnel.cli.options import home_folder, scenario_name

if TYPE_CHECKING:
    from funnel.domain.tunnel.graph import Graph, People

_BLOCK = re.compile(r":root\s*\{(.*?)\}", re.DOTALL)
_TOKEN = re.compile(r"(--[\w-]+):\s*([^;]+);")
_USE = re.compile(r"var\((--[\w-]+)\)")


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.description = (
        "Draws a scenario as its file says; with --counts as it is published, with where its people are."
    )
    parser.epilog = (
        "examples:\n  funnel graph self_evaluation -o tunnel.svg\n  funnel graph self-evaluation --counts --narrow"
    )
    parser.add_argument("scenario", metavar="SCENARIO", type=scenario_name, help="its name")
    parser.add_argument("--format", choices=("svg", "mermaid"), default="svg", help="a picture, or text for a wiki")
    parser.add_argument("--narrow", action="store_true", help="one column, for a telephone (svg)")
    parser.add_argument("--counts", action="store_true", help="how many people stand at each step, and how they ended")
    where = "the folder that holds scenarios/ (default: $FUNNEL_HOME, else here)"
    parser.add_argument("--home", type=Path, default=home_folder(), help=where)
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write it there (default: print it)")
    add_state(parser)
    parser.set_defaults(run=told(run))


def run(args: argparse.Namespace) -> int:
    """Draw it; 1 when there is no such scenario or its file is broken."""
    from funnel.usecases.draw_graph import draw_graph
    from funnel.usecases.write_mermaid import write_mermaid

    graph, people = _published(args) if args.counts else (_of_file(args), None)
    if args.format == "mermaid":
        text = write_mermaid(graph, people)
    else:
        text = draw_graph(graph, "narrow" if args.narrow else "wide", people, style=style_sheet())
    if args.output is None:
        print(text, end="")
        return 0
    output: Path = args.output
    output.write_text(text, encoding="utf-8")
    print(f"{output}: {graph.title}, {len(graph.nodes)} places, {len(graph.edges)} ways", file=sys.stderr)
    return 0


def _published(args: argparse.Namespace) -> "tuple[Graph, People]":
    from funnel.usecases.read_graph import read_graph

    return read_graph(house_of("graph", args), args.scenario)


def _of_file(args: argparse.Namespace) -> "Graph":
    from funnel.cli.files import load_scenario
    from funnel.domain.tunnel.graph import graph_of

    loaded, _company = load_scenario(args.home, args.scenario)
    return graph_of(loaded.bundles[args.scenario].program)


def style_sheet() -> str:
    """The picture's own style sheet, its colours written out in light and dark: not every viewer knows their names."""
    static = files("funnel.web") / "static"
    light, dark = (dict(_TOKEN.findall(block)) for block in _BLOCK.findall((static / "tokens.css").read_text())[:2])
    rules = re.sub(r"/\*.*?\*/\s*", "", (static / "graph.css").read_text(), flags=re.DOTALL).strip()
    own = "\n".join(line for line in rules.splitlines() if ".graph-pair" not in line)
    coloured = "\n".join(line for line in own.splitlines() if re.search(r"(fill|stroke): var", line))
    return f"{_written(own, light)}\n@media (prefers-color-scheme: dark) {{\n{_written(coloured, light | dark)}\n}}\n"


def _written(rules: str, tokens: dict[str, str]) -> str:
    return _USE.sub(lambda found: tokens[found[1]].strip().replace('"', "'"), rules)
