"""Plain data against its model: every fault that pydantic finds, in an author's words and at its place."""

import re
from collections.abc import Iterator
from typing import Any, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from funnel.authoring.codes import Code
from funnel.authoring.document import Document
from funnel.authoring.findings import MAX_FINDINGS, Path, Problem
from funnel.authoring.hints import kind_of, nearest, quote, suggest
from funnel.authoring.saying import NOTHING, Saying, say
from funnel.authoring.schema import span_keys
from funnel.authoring.steps import verb_problems
from funnel.domain.model import ID, Authored
from funnel.domain.tunnel.scenario import Scenario
from funnel.domain.tunnel.steps import VERBS, AwaitStep

M = TypeVar("M", bound=Authored)

_SCALARS = ("str", "int", "float", "bool", "constrained-str")
_TYPES = {
    "string_type": say("a text"),
    "int_type": say("a whole number"),
    "int_from_float": say("a whole number"),
    "float_type": say("a number"),
    "bool_type": say("true or false"),
    "list_type": say("a list"),
    "dict_type": say("a mapping"),
    "model_type": say("a mapping"),
    "model_attributes_type": say("a mapping"),
}
_LIMITS = {
    "greater_than": (say("more than"), "gt"),
    "greater_than_equal": (say("at least"), "ge"),
    "less_than": (say("less than"), "lt"),
    "less_than_equal": (say("at most"), "le"),
    "multiple_of": (say("a multiple of"), "multiple_of"),
}
PATTERNS = {
    ID: (say("an id"), say("use lower case letters, digits and '_', a letter first")),
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": (say("a time of day"), say("write it like 08:30")),
    r"^(never|([01][0-9]|2[0-3]):[0-5][0-9])$": (
        say("a time of day or never"),
        say("write it like 08:00, or never"),
    ),
    r"^#[0-9a-fA-F]{6}$": (say("a colour"), say("write it like '#0a5c66', in quotes")),
    r"^[0-9]{1,7}(\.[0-9]{2})?$": (say("an amount of money"), say("write it like '45.00', in quotes")),
    r"^[A-Z]{3}$": (say("a currency"), say("write it like EUR, in capitals")),
    r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$": (say("a country code"), say("write it like FR or GB-ENG, in capitals")),
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]$": (
        say("a date and time"),
        say("write '2027-01-21 14:00'"),
    ),
    r"^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+$": (say("the name of a file"), say("write it like guide.pdf")),
    r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-4]):[0-5][0-9]$": (
        say("a range of hours"),
        say("write it like '09:00-12:30'"),
    ),
    r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$": (
        say("the name of a website"),
        say("write it like www.example.com: without https://, and no page of it"),
    ),
}
"""What each pattern of the models stands for, and how it is written."""
_LATER_KEYS = frozenset(
    (
        *("fills", "required_when"),
        *("again", "in_doubt", "languages", "logo", "sender"),
        *("exceptions", "calendar"),
        *("action_types", "segments", "routing", "score_rules", "sites", "holidays"),
    )
)
"""Keys of the language that this version cannot carry out; refused where no model knows them."""


_TRUTHS = {
    **dict.fromkeys(("true", "yes", "on", "y"), say("write true, without quotes")),
    **dict.fromkeys(("false", "no", "off", "n"), say("write false, without quotes")),
}
"""What older YAML took for a truth value, and people still write."""


def validate(model: type[M], document: Document, *, rules: bool = True) -> tuple[M | None, list[Problem]]:
    """The model of a document's data, or every problem of its shape (at most 100 are told). Without `rules` (stored
    bytes) a key that no model knows any more is passed over."""
    problems = verb_problems(document.data) if model is Scenario and rules else []
    if any(problem.code == "too-big" for problem in problems):
        return None, problems
    told = {steps_path(problem.path) for problem in problems}
    try:
        made = model.model_validate(document.data, extra="forbid" if rules else "ignore")
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        for fault in faults[:MAX_FINDINGS]:
            problem = _problem(model, document, fault)
            if problem and not (problem.path in told or problem.path[:-1] in told):
                problems.append(problem)
        if not problems:  # every fault was taken for one of a branch that was not meant
            path, _ = _real_path(document, faults[0]["loc"])
            problems.append(_bad_value(path, document.value(path), faults[0]["type"], {}, faults[0]["msg"]))
        if len(faults) > MAX_FINDINGS:
            problems.append(
                Problem(
                    (),
                    "too-many",
                    say("%(number)s more faults", number=len(faults) - MAX_FINDINGS),
                    say("mend these first"),
                )
            )
        return None, _once(problems)
    return (None if problems else made), problems


def steps_path(path: Path) -> Path:
    """The path of the step that a path leads into: up to its last index."""
    return path[: max((place + 1 for place, part in enumerate(path) if isinstance(part, int)), default=0)]


def _once(problems: list[Problem]) -> list[Problem]:
    seen: dict[tuple[Path, Code, str], Problem] = {}
    for problem in problems:
        name = problem.message if problem.code == "missing-key" else ""
        seen.setdefault((problem.path, problem.code, name), problem)
    return list(seen.values())


def _problem(model: type[Authored], document: Document, fault: ErrorDetails) -> Problem | None:
    """One fault of pydantic's as a problem; none where it speaks of a branch of a union that was not meant."""
    kind, loc = fault["type"], fault["loc"]
    if kind == "missing":
        path, _ = _real_path(document, loc[:-1])
        return _missing(path, str(loc[-1]), _models_at(model, loc[:-1]), document.value(path))
    path, branch = _real_path(document, loc)
    value = document.value(path)
    if branch is not None:
        at, name = branch
        if (name in _SCALARS) == isinstance(document.value(at), dict):
            return None
    if loc and loc[-1] == "[key]":
        if kind == "literal_error":
            fix = suggest(path[-1], _options(fault.get("ctx", {})))
            return Problem(path, "unknown-key", say("unknown key %(key)s", key=quote(path[-1])), fix, at="key")
        fix = say("use lower case letters, digits and '_', a letter first")
        return Problem(path, "bad-id", say("%(key)s is not an id", key=quote(path[-1])), fix, at="key")
    if kind == "extra_forbidden":
        return _unknown_key(path, _models_at(model, loc[:-1]))
    return _bad_value(path, value, kind, fault.get("ctx", {}), fault["msg"])


def _real_path(document: Document, loc: tuple[int | str, ...]) -> tuple[Path, tuple[Path, str] | None]:
    """The part of pydantic's location that stands in the file, and the first branch of a union named within it."""
    path: Path = ()
    branch: tuple[Path, str] | None = None
    for part in loc:
        if (*path, part) in document.values:
            path = (*path, part)
        elif isinstance(part, str) and branch is None and part != "[key]" and not part.startswith("<"):
            branch = (path, part)
    return path, branch


def _models_at(model: type[Authored], loc: tuple[int | str, ...]) -> list[type[Authored]]:
    """The models that may stand at a location."""
    here = [model]
    for part in loc:
        if isinstance(part, str) and part.strip("<>") in VERBS and part.startswith("<"):
            here = [VERBS[part.strip("<>")]]
            continue
        fields = [
            field
            for candidate in here
            for name, field in candidate.model_fields.items()
            if part == (field.alias or name)
        ]
        if fields:
            here = [found for field in fields for found in _models_in(field.annotation)]
    return here


def _models_in(annotation: Any) -> Iterator[type[Authored]]:
    if isinstance(annotation, type) and issubclass(annotation, Authored):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _keys(models: list[type[Authored]]) -> list[str]:
    own = {field.alias or name for model in models for name, field in model.model_fields.items()}
    return sorted(own | {"use", "with"} if Scenario in models else own)


def _missing(path: Path, key: str, models: list[type[Authored]], parent: Any) -> Problem:
    if AwaitStep in models and key in ("within", "otherwise"):
        what = say("how long it lasts") if key == "within" else say("what happens when nobody answers")
        message = say("an 'await' without %(key)s has no way out: it must say %(what)s", key=repr(key), what=what)
        fix = say("add 'within: 14 days'") if key == "within" else say("add 'otherwise: [{end: no_answer}]'")
        return Problem(path, "no-way-out", message, fix)
    strangers = [given for given in parent if given not in _keys(models)] if isinstance(parent, dict) else []
    near = next((given for given in strangers if nearest(given, [key])), None)
    fix = say("%(near)s may be meant for it", near=repr(near)) if near else say("add '%(key)s:'", key=key)
    return Problem(path, "missing-key", say("missing key %(key)s", key=repr(key)), fix)


def _unknown_key(path: Path, models: list[type[Authored]]) -> Problem:
    key = str(path[-1])
    if key in _LATER_KEYS:
        message = say("%(key)s belongs to the language, but this version cannot carry it out yet", key=repr(key))
        return Problem(path, "not-available", message, say("leave it out"), at="key")
    return Problem(
        path, "unknown-key", say("unknown key %(key)s", key=quote(key)), suggest(key, _keys(models)), at="key"
    )


def _bad_value(path: Path, value: Any, kind: str, context: dict[str, Any], said: str) -> Problem:
    if kind in _TYPES:
        return Problem(
            path,
            "wrong-type",
            say("%(name)s must be %(type)s, not %(kind)s", name=_name(path), type=_TYPES[kind], kind=kind_of(value)),
            _of_that_type(path, value, kind),
        )
    if kind == "literal_error":
        fix = suggest(value, _options(context))
        return Problem(
            path, "bad-value", say("%(value)s is not allowed for %(name)s", value=quote(value), name=_name(path)), fix
        )
    if kind == "string_pattern_mismatch":
        return _bad_pattern(path, value, str(context.get("pattern")))
    if kind in _LIMITS:
        words, name = _LIMITS[kind]
        return Problem(
            path,
            "bad-value",
            say(
                "%(name)s must be %(words)s %(limit)s, not %(value)s",
                name=_name(path),
                words=words,
                limit=context[name],
                value=quote(value),
            ),
        )
    if kind in ("too_short", "too_long", "string_too_short", "string_too_long"):
        limit = context.get("min_length", context.get("max_length"))
        words = say("at least") if kind.endswith("short") else say("at most")
        return Problem(
            path,
            "bad-value",
            say("%(name)s must have %(words)s %(limit)s in it", name=_name(path), words=words, limit=limit),
        )
    message = said.removeprefix("Value error, ")
    if "span of time" in message:
        fix = say("write it like '2 days', '36 hours', '3 working days'")
        return Problem(path, "bad-span", say("%(value)s is not a span of time", value=quote(value)), fix)
    if "time to wait for" in message:
        fix = say("write 'webinar', 'appointment', a date and time like '2027-01-21 14:00', or 'mon 09:00'")
        return Problem(path, "bad-value", say("%(value)s is not a time to wait for", value=quote(value)), fix)
    return Problem(path, "bad-value", say("%(name)s: %(pydantic)s", name=_name(path), pydantic=message))


def _of_that_type(path: Path, value: Any, kind: str) -> Saying:
    """How a value of another type may have been meant."""
    if kind == "bool_type":
        return _TRUTHS.get(str(value).lower(), NOTHING)
    if kind != "string_type" or not isinstance(value, int | float):
        return NOTHING
    if path and path[-1] in span_keys() and not isinstance(value, bool):
        return say("say which unit: '%(number)s days', '%(number)s hours'", number=value)
    return say("quote it: %(value)s", value=repr(str(value).lower()))


def _options(context: dict[str, Any]) -> list[str]:
    """What a literal may be: pydantic lists it as `'a', 'b' or 'c'`."""
    expected = str(context.get("expected", ""))
    return re.findall(r"'([^']*)'", expected) or [expected.lower()]


def _bad_pattern(path: Path, value: Any, pattern: str) -> Problem:
    what, fix = PATTERNS[pattern]
    code: Code = "bad-id" if what == "an id" else "bad-value"
    return Problem(path, code, say("%(value)s is not %(what)s", value=quote(value), what=what), fix)


def _name(path: Path) -> Saying:
    """What the value is called: its key, or the key of its list."""
    keys = [part for part in path if isinstance(part, str)]
    if not keys:
        return say("the file")
    key = quote(keys[-1])
    return Saying(key) if isinstance(path[-1], str) else say("each entry of %(key)s", key=key)
