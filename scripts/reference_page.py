"""docs/scenario-reference.md: every key of every authored file, made from the models that check them.

`python -m scripts.reference_page` writes the page; a test holds the page against what this makes.
"""

import ast
import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import funnel.domain.tunnel.expectation as expectation
from funnel.authoring.schema import MODELS, described, span_keys
from funnel.authoring.vocabulary import scenario_vocabulary
from funnel.domain.conditions import Operator
from funnel.domain.tunnel.reuse import Reuse
from funnel.domain.tunnel.steps import VERBS
from funnel.domain.tunnel.trigger import EventName
from scripts.reference_examples import EXAMPLES, VERB_EXAMPLES, files

PAGE = Path(__file__).parents[1] / "docs" / "scenario-reference.md"

_FILES = {
    "scenario": "scenarios/<scenario>.yaml",
    "company": "scenarios/company.yaml",
    "questionnaire": "scenarios/questionnaires/<questionnaire>.yaml",
    "persona": "scenarios/personas/<persona>.yaml",
    "email": "email_templates/<scenario>/<email>/email.yaml",
}
_EVENTS = {
    "form.submitted": "She has sent the scenario's form.",
    "questionnaire.completed": "She has answered a questionnaire to its end.",
    "asset.downloaded": "She has loaded the file that was given to her.",
    "appointment.booked": "She, or a rep for her, has taken a slot.",
    "appointment.moved": "It is at another time now.",
    "appointment.held": "The rep has marked that it took place.",
    "appointment.missed": "The rep has marked that she was not there.",
    "appointment.cancelled": "It will not take place.",
    "webinar.attended": "She was at the webinar, as an import says.",
    "webinar.missed": "She had registered for it and was not there; `webinar.attended` is awaited no longer.",
    "segment.entered": "She has come into a segment of `company.yaml`.",
    "segment.left": "She is in it no more.",
    "score.reached": "She has come to a number of points.",
    "email.opened": "She has opened a mail, as far as one can tell, and has agreed that this is kept.",
    "page.visited": "She has looked at a page of a tracked site (`/pricing*`), and has agreed that this is kept.",
    "visit.returned": "She has come back to a tracked site after so long without a visit (`14 days`).",
    "link.clicked": "She has followed a link in a mail, no machine has, and she has agreed that this is kept.",
}
_SPECIAL = {
    **dict.fromkeys(span_keys(), "span"),
    **dict.fromkeys(("when", "asked_when", "valid_when"), "condition"),
}
"""What is a string in the schema and more to an author."""

_ROW = re.compile(r" \((?:RFC \d+|S\d+)[^)]*\)")
_MAPPING = re.compile("@([a-z ]+)@")

_HEAD = """\
# The files of a scenario, key by key

<!-- Made by `python -m scripts.reference_page` from the models. Change those, or funnel/authoring/meanings.py. -->

Every file is YAML 1.2 in UTF-8. A key that is not listed is an error, and so is a value of another type. For a
first tunnel see [the tutorial](tutorial.md); for what the linter says, [its messages](linter.md). Editors show the
same meanings while one types: `funnel schema --write .schema`.

**id** stands for lower case letters, digits and `_`, a letter first. **text** is what people read: a string, or one
a language, `{en: ..., fr: ...}`. **span** and **condition** are explained [below](#spans-of-time).
"""
_SPANS = """\
## Spans of time

`30 minutes` · `36 hours` · `2 days` · `1 week` · `3 months` · `1 year` · `3 working days`, or ISO 8601: `PT36H`,
`P2D`, `P1W`, `P3M`, `P1Y`. Whole numbers from 1; ten years at most.

Minutes and hours are elapsed time. Days and longer keep the local time of the lead's zone, over changes of clocks
too; a month after 31 January is the last day of February. Working days leave out weekends and the public holidays
of the company's country.

## Conditions

A condition compares a name with a value, in one line of text: `answers.cx.band == "low" and lead.phone is known`.
What is missing makes a comparison false, and `not` turns that true. Texts are compared without regard to capitals.
There is no arithmetic and no call.
"""


def page() -> str:
    """The whole page."""
    kinds = " · ".join(f"[{kind}](#{kind})" for kind in MODELS)
    parts = [
        _HEAD,
        f"{kinds} · [steps](#steps) · [events](#events) · [spans](#spans-of-time) · [conditions](#conditions)",
    ]
    parts += [_kind(kind) for kind in MODELS]
    return "\n\n".join(part.strip("\n") for part in [*parts, _steps(), _events(), _SPANS, *_conditions()]) + "\n"


def _kind(kind: str) -> str:
    """A file: what it is, its keys, the mappings within it, an example."""
    schema = described(MODELS[kind])
    defs = schema.get("$defs", {})
    verbs = {model.__name__ for model in VERBS.values()}
    lines = [f"## {kind}", f"`{_FILES[kind]}`: {_about(schema)}", _table(schema)]
    for name, part in sorted(defs.items(), key=lambda item: _place(schema, item[0])):
        if name not in verbs and "properties" in part:
            lines += [f"### {kind}: {_words(name)}", _about(part), _table(part)]
            lines += [_behaviours()] if name == "Expectation" else []
    if kind == "scenario":
        reuse = described(Reuse)
        table = _table(reuse).replace("mapping of anything", "mapping")
        lines += ["### scenario: made from another", _about(reuse), table]
    path = EXAMPLES[kind]
    lines.append(f"Example, `{path}`:\n\n```yaml\n{files()[path].decode().strip()}\n```")
    text = "\n\n".join(line for line in lines if line)
    return _MAPPING.sub(lambda found: f"[{found[1]}](#{kind}-{found[1].replace(' ', '-')})", text)


def _place(schema: Mapping[str, Any], name: str) -> tuple[int, str]:
    """Where a mapping is first named, so that they stand in the order of the file."""
    found = json.dumps(schema["properties"]).find(f'/{name}"')
    return found if found >= 0 else sys.maxsize, name


def _steps() -> str:
    lines = ["## Steps", "Each step of a `sequence` (and of every `do:` and `otherwise:`) is named by its verb."]
    defs = described(MODELS["scenario"])["$defs"]
    for verb, model in VERBS.items():
        part = defs[model.__name__]
        lines += [f"### {verb}", _about(part), _table(part), f"```yaml\n{VERB_EXAMPLES[verb].rstrip()}\n```"]
    text = "\n\n".join(lines)
    return _MAPPING.sub(lambda found: f"[{found[1]}](#scenario-{found[1].replace(' ', '-')})", text)


def _events() -> str:
    rows = "\n".join(f"| `{event}` | {_EVENTS[event]} |" for event in get_args(EventName))
    about = (
        "What a scenario can start `on:`, a step `await`, or be skipped because of (`unless:`), and what a rule of "
        "points can be set off by. Beside `on:` a mapping says which of its kind: `on: {segment.entered: gold}`, "
        "`on: {score.reached: 50}`, `on: {appointment.held: results_call}`."
    )
    return f"## Events\n\n{about}\n\n| Event | |\n|---|---|\n{rows}"


def _behaviours() -> str:
    """The docstring of `Behaviour` as a table."""
    tree = ast.parse(inspect.getsource(expectation)).body
    at = next(i for i, node in enumerate(tree) if isinstance(node, ast.Assign) and "Behaviour" in ast.unparse(node))
    said = ast.literal_eval(tree[at + 1].value)  # type: ignore[attr-defined]
    pairs = [part.partition(": ") for part in " ".join(said.rstrip(".").split()).split(" · ")]
    assert [name for name, _, _ in pairs] == list(get_args(expectation.Behaviour))
    return "| `behaves` | |\n|---|---|\n" + "\n".join(f"| `{name}` | {what} |" for name, _, what in pairs)


def _conditions() -> Iterator[str]:
    names = scenario_vocabulary({}, None).names
    rows = [f"| `{name}` | {known.type} | {_values(known.values)} |" for name, known in names.items()]
    for name, kind, what in (
        ("answers.<questionnaire>.<question>", "by its kind", "an answer of this enrolment, else the latest"),
        ("answers.<questionnaire>.score", "number", "the points"),
        ("answers.<questionnaire>.score.<theme>", "number", "the points of a theme"),
        ("answers.<questionnaire>.share", "number", "per cent of the points that could be reached"),
        ("answers.<questionnaire>.band", "text", "the id of the band"),
        ("source.<key>", "text", "where she came from, like `source.utm_source`"),
    ):
        rows.append(f"| `{name}` | {kind} | {what} |")
    yield "| Name | Type | Values |\n|---|---|---|\n" + "\n".join(rows)
    compared = " ".join(f"`{operator}`" for operator in get_args(Operator))
    yield (
        f"Operators: {compared}; `in` and `not in` for a text in a list "
        '(`lead.position in ["CEO", "COO"]`, `"vip" in tags`); `is known`, `is missing`; `and`, `or`, `not`, and '
        "parentheses. A single or multiple choice is compared with the ids of its choices; an instant with a text like "
        '`"2026-12-24T09:00+01:00"`.'
    )


def _values(values: tuple[str, ...] | None) -> str:
    return ", ".join(f"`{value}`" for value in values or ())


def _about(part: Mapping[str, Any]) -> str:
    """What a mapping is; the rows of the catalogue are for those who build the product."""
    return _ROW.sub("", " ".join(str(part.get("description", "")).split()))


def _table(part: Mapping[str, Any]) -> str:
    required = part.get("required", [])
    rows = []
    for key, about in part["properties"].items():
        kind, default = _SPECIAL.get(key) or _type(about), _default(key, about, required)
        rows.append(f"| `{key}` | {kind} | {default} | {about.get('description', '')} |")
    return "| Key | Type | Default | Meaning |\n|---|---|---|---|\n" + "\n".join(rows)


def _default(key: str, about: Mapping[str, Any], required: list[str]) -> str:
    if key in required:
        return "**required**"
    value = about.get("default")
    if value is None or value in ([], {}) or isinstance(value, dict):
        return "-"
    return f"`{json.dumps(value, ensure_ascii=False)}`".replace('"', "") if value != "" else "-"


def _type(about: Mapping[str, Any]) -> str:
    """A JSON Schema type in an author's words."""
    if options := about.get("anyOf") or about.get("oneOf"):
        kinds = list(dict.fromkeys(_type(option) for option in options if option.get("type") != "null"))
        if {"string", "mapping of string"} <= set(kinds):
            return "text"
        return "[step](#steps)" if any("Step" in json.dumps(option) for option in options) else " or ".join(kinds)
    if found := about.get("$ref"):
        return f"@{_words(found.rpartition('/')[2])}@"
    if "enum" in about:
        return ", ".join(f"`{value}`" for value in about["enum"])
    if "const" in about:
        return f"`{json.dumps(about['const'])}`".replace('"', "")
    match about.get("type"):
        case "array":
            return f"list of {_type(about['items'])}"
        case "object":
            values = [about.get("additionalProperties"), *about.get("patternProperties", {}).values()]
            return f"mapping of {_type(next((one for one in values if one), {}))}"
        case "integer":
            return "whole number" + _limits(about)
        case "boolean":
            return "true or false"
        case "string":
            return "id" if str(about.get("pattern", "")).startswith("^[a-z][a-z0-9_]") else "string"
    return "anything"


def _limits(about: Mapping[str, Any]) -> str:
    low, high = about.get("minimum"), about.get("maximum")
    return f", {low} to {high}" if low is not None and high is not None else ""


def _words(name: str) -> str:
    """`AppointmentType` as `appointment type`."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE}\n")
