"""`schema` prints JSON Schemas that editors and programs can use."""

import json

import pytest
from jsonschema import Draft202012Validator

from cdso_audit.cli import run
from cdso_audit.cli.schema import SCHEMAS


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_is_a_schema(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", name]) == 0

    schema = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["title"].startswith("cdso-audit")


def test_another_name_is_a_usage_error() -> None:
    assert run(["schema", "nothing"]) == 2
