"""The examples of the guide to proofs are what the program reads."""

import re
from pathlib import Path

import jsonschema
import pytest

from cdso_audit.attesting import parse_attestations
from cdso_audit.cli.schema import SCHEMAS
from cdso_audit.inventory import parse_agency
from cdso_audit.levels import decide, load_level_rules, parse_answers
from cdso_audit.rulebook import load_rulebook
from cdso_audit.waiving import parse_waivers
from cdso_audit.yamlfile import parse

DOCS = Path(__file__).parent.parent.parent / "docs"
BOOK = load_rulebook("vn-2026")
AGENCY = parse_agency(
    """\
apiVersion: cdso/agency-v1
agency: {id: example}
systems: [{id: dvc, level: 3, assets: [{id: dvc-db1, host: 198.18.0.1}]}]
"""
)


@pytest.mark.parametrize("name", ["proofs.md", "proofs.vi.md"])
def test_the_examples_are_read(name: str) -> None:
    given = re.findall(r"```yaml\n(.*?)```", (DOCS / name).read_text("utf-8"), re.DOTALL)
    signed, waived, answered = given

    assert len(parse_attestations(signed, name, AGENCY, BOOK)) == 1
    assert len(parse_waivers(waived, name, AGENCY, BOOK)) == 1
    rules = load_level_rules()
    assert decide(rules, parse_answers(answered, name, rules, ["dvc"]).answers).level == 3


def test_the_twins_have_the_same_commands() -> None:
    english, vietnamese = (
        re.findall(r"cdso-audit [a-z]+ ?[a-z]*", (DOCS / name).read_text("utf-8"))
        for name in ("proofs.md", "proofs.vi.md")
    )

    assert sorted(set(english)) == sorted(set(vietnamese))


@pytest.mark.parametrize(("schema", "place"), [("attestation", 0), ("waiver", 1), ("level", 2)])
def test_the_examples_fit_their_schemas(schema: str, place: int) -> None:
    text = (DOCS / "proofs.md").read_text("utf-8")
    given = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)[place]

    jsonschema.validate(parse(given, "x").data, SCHEMAS[schema]())
