"""JSON Schema of each authored file, made from the same models that check it, for editors and the reference."""

from typing import Any

from funnel.authoring.meanings import MEANINGS
from funnel.domain.company import Company
from funnel.domain.email import Email
from funnel.domain.model import Authored
from funnel.domain.persona import Persona
from funnel.domain.questionnaire import Questionnaire
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
