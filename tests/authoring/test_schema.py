"""The JSON Schemas say what the models check."""

import json
import re
from pathlib import Path

import funnel.authoring
import funnel.usecases.rehearsal
from funnel.authoring.codes import CODES
from funnel.authoring.schema import MODELS, json_schema, schemas
from funnel.authoring.shape import PATTERNS
from funnel.domain.tunnel.steps import VERBS


def test_every_kind_of_file_has_a_schema_that_is_json() -> None:
    assert set(schemas()) == {"scenario", "company", "questionnaire", "persona", "email"}
    assert json.loads(json.dumps(schemas())) == schemas()


def test_the_schema_of_a_scenario_knows_every_verb_as_authors_write_it() -> None:
    steps = {name: part for name, part in json_schema("scenario")["$defs"].items() if name.endswith("Step")}
    assert len(steps) == len(VERBS)
    assert set(VERBS) <= {key for part in steps.values() for key in part["properties"]}
    assert all(part["additionalProperties"] is False for part in steps.values())


def test_the_schemas_name_the_keys_of_files_not_of_python() -> None:
    assert "await" in json_schema("scenario")["$defs"]["AwaitStep"]["required"]
    assert "from" in json_schema("company")["$defs"]["Window"]["properties"]
    assert not re.search(r'"\w+_": \{', json.dumps(schemas()))


def test_every_model_closes_its_mapping() -> None:
    for kind in MODELS:
        schema = json_schema(kind)
        for shape in (schema["then"], schema["else"]) if kind == "scenario" else (schema,):
            assert shape["additionalProperties"] is False


def test_every_code_is_told_somewhere() -> None:
    source = "\n".join(
        file.read_text(encoding="utf-8")
        for folder in (*funnel.authoring.__path__, *funnel.usecases.rehearsal.__path__)
        for file in Path(folder).rglob("*.py")
        if file.name != "codes.py"
    )
    assert {code for code in CODES if f'"{code}"' not in source} == set()


def test_every_pattern_has_a_name_and_a_way_to_write_it() -> None:
    patterns = {json.loads(one) for one in re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', json.dumps(schemas()))}
    assert len(patterns) > 8
    assert patterns <= PATTERNS.keys()
