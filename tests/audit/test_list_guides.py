"""The guides to lists: their examples are read, and both name every list."""

import re
from pathlib import Path

import pytest

from cdso_audit.lists import KINDS, parse_list
from cdso_audit.rulebook import load_rulebook

DOCS = Path(__file__).parent.parent.parent / "docs"


@pytest.mark.parametrize("name", ["lists.md", "lists.vi.md"])
def test_the_guide_is_true(name: str) -> None:
    text = (DOCS / name).read_text("utf-8")
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert example
    head, rows = parse_list(example[1].encode(), "lists/accounts.yaml", ["dvc-db1", "dvc-web1"])

    assert head.confirmed_on is not None
    assert len(rows) == 2
    assert all(f"lists/{kind}.csv" in text for kind in KINDS)
    needing = sum(bool(each.proof.lists) for each in load_rulebook("vn-2026").requirements)
    assert text.count(str(needing)) >= 1
