"""The guide's examples are right, and it names every command in both languages."""

import re
from pathlib import Path

import pytest

from cdso_audit.cli.drill import drill
from cdso_audit.drill.plan import parse_plan_file
from cdso_audit.drill.playbook import KINDS, Phase

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = [DOCS / "drills.md", DOCS / "drills.vi.md"]


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
class TestTheGuide:
    def test_shows_a_plan_that_is_right(self, path: Path) -> None:
        (block,) = re.findall(r"```yaml\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)

        written, _ = parse_plan_file(block, path.name)

        assert written.playbook == "postgresql-pitr"

    def test_names_only_commands_that_exist(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        named = set(re.findall(r"cdso-audit drill ([a-z]+)", text))

        assert named
        assert named <= set(drill.commands)

    def test_names_every_kind_of_step_and_every_phase(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")

        assert all(f"`{kind}`" in text for kind in KINDS)
        assert all(phase.value in text for phase in Phase)
