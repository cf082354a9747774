"""The examples of the guides are what the program reads."""

import re
from pathlib import Path

import pytest

from cdso_audit.declarative import Operator, parse_check
from cdso_audit.inventory import parse_agency
from cdso_audit.profiles import PROFILES

DOCS = Path(__file__).parent.parent.parent / "docs"


def example(name: str) -> str:
    found = re.search(r"```yaml\n(.*?)```", (DOCS / name).read_text("utf-8"), re.DOTALL)
    assert found
    return found[1]


def test_the_inventory_of_the_guide_is_one() -> None:
    agency = parse_agency(example("agency.md"))

    assert [each.level for each in agency.systems] == [3, 3]


def test_the_guide_names_every_kind_with_its_level() -> None:
    rows = re.findall(
        r"^\| ([a-z, -]+) \| (\d|none)", (DOCS / "agency.md").read_text("utf-8"), re.MULTILINE
    )
    told = {kind: level for kinds, level in rows for kind in kinds.split(", ")}

    assert told == {kind: str(each.level or "none") for kind, each in PROFILES.items()}


@pytest.mark.parametrize("name", ["checks-in-yaml.md", "checks-in-yaml.vi.md"])
def test_the_check_of_the_guide_is_one(name: str) -> None:
    text = (DOCS / name).read_text("utf-8")

    assert parse_check(example(name), name).about.id == "ssh-x11-off"
    assert all(f"`{each.value}`" in text for each in Operator)
