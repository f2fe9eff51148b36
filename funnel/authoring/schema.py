"""JSON Schema of each authored file, made from the same models that check it, for editors and the reference."""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_origin

from funnel.authoring.meanings import MEANINGS
from funnel.domain.company import Company
from funnel.domain.email import Email
from funnel.domain.model import Authored
from funnel.domain.persona import Persona
from funnel.domain.questionnaire import Questionnaire
from funnel.domain.spans import SpanText
from funnel.domain.tunnel.reuse import Reuse
from funnel.domain.tunnel.scenario import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"

MODELS: dict[str, type[Authored]] = {
    "scenario": Scenario,
    "company": Company,
    "questionnaire": Questionnaire,
    "persona": Persona,
    "email": Email,
}
"""Each kind of file and its model."""


_SPAN = get_args(SpanText)[1]


@cache
def span_keys() -> frozenset[str]:
    """The keys that take a span of time, as authors write them, in whatever file."""
    found: set[str] = set()
    models: list[type[Authored]] = [*MODELS.values(), Reuse]
    for model in models:  # grows while it is walked
        for name, field in model.model_fields.items():
            if _SPAN in (*field.metadata, *_parts(field.annotation, into_lists=False)):
                found.add(field.alias or name)
            inner = (one for one in _parts(field.annotation, into_lists=True) if isinstance(one, type))
            models += [one for one in inner if issubclass(one, Authored) and one not in models]
    return frozenset(found)


def _parts(annotation: Any, *, into_lists: bool) -> Iterator[Any]:
    """What an annotation is made of: itself, the members of a union, and what lists and mappings hold, if asked."""
    yield annotation
    if into_lists or get_origin(annotation) not in (list, dict):
        for part in get_args(annotation):
            yield from _parts(part, into_lists=into_lists)


def json_schema(kind: str) -> dict[str, Any]:
    """The schema (draft 2020-12) of a kind of file, one of `MODELS`; keys as authors write them, with their meaning."""
    whole = described(MODELS[kind])
    if kind != "scenario":
        return {"$schema": DIALECT, **whole}
    # A file is a scenario of its own or made from another; an editor is told of the faults of one of them only.
    reuse = described(Reuse)
    definitions = {**whole.pop("$defs", {}), **reuse.pop("$defs", {})}
    return {"$schema": DIALECT, "$defs": definitions, "if": {"required": ["use"]}, "then": reuse, "else": whole}


def described(model: type[Authored]) -> dict[str, Any]:
    """The schema of one model, each key with its meaning."""
    made = model.model_json_schema(by_alias=True)
    for name, part in {**made.get("$defs", {}), model.__name__: made}.items():
        for key, about in part.get("properties", {}).items():
            if meaning := MEANINGS.get(name, {}).get(key):
                about["description"] = meaning
    return made


def schemas() -> dict[str, dict[str, Any]]:
    """Every schema by its kind."""
    return {kind: json_schema(kind) for kind in MODELS}
