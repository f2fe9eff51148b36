"""JSON Schema of each authored file, made from the same models that check it, for editors and the reference."""

from typing import Any

from funnel.domain.company import Company
from funnel.domain.email import Email
from funnel.domain.model import Authored
from funnel.domain.persona import Persona
from funnel.domain.questionnaire import Questionnaire
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
    """The schema (draft 2020-12) of a kind of file, one of `MODELS`; keys as authors write them."""
    return {"$schema": DIALECT, **MODELS[kind].model_json_schema(by_alias=True)}


def schemas() -> dict[str, dict[str, Any]]:
    """Every schema by its kind."""
    return {kind: json_schema(kind) for kind in MODELS}
