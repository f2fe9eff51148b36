"""`funnel schema`: the JSON Schema of the authored files, printed or written for editors."""

import argparse
import json
from pathlib import Path
from typing import Any

from funnel.authoring.schema import MODELS, json_schema


def register(parser: argparse.ArgumentParser) -> None:
    """Say what it takes."""
    parser.epilog = "examples:\n  funnel schema scenario\n  funnel schema --write .schemas"
    parser.add_argument("kind", nargs="?", choices=list(MODELS), help="which file; without it, all")
    parser.add_argument("--write", metavar="DIR", type=Path, help="write <kind>.schema.json files instead of printing")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one schema, or all by kind; or write each to a file."""
    kinds = [args.kind] if args.kind else list(MODELS)
    made = {kind: json_schema(kind) for kind in kinds}
    if args.write is None:
        print(_dump(made[args.kind] if args.kind else made), end="")
        return 0
    args.write.mkdir(parents=True, exist_ok=True)
    for kind, schema in made.items():
        file = args.write / f"{kind}.schema.json"
        file.write_text(_dump(schema), encoding="utf-8")
        print(f"wrote {file}")
    return 0


def _dump(schema: Any) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
