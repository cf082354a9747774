"""Compile the translation catalogues: `locale/vi/*.po` of each package becomes `.mo` beside it."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOTS = ("audit", "checks", "playbooks", "reports")


def compile_catalogues(root: Path) -> list[Path]:
    """Write a `.mo` beside every `.po` under the import roots and name what was written."""
    written = []
    for folder in ROOTS:
        for source in sorted((root / folder).rglob("*.po")):
            target = source.with_suffix(".mo")
            with source.open("rb") as lines:
                catalogue = read_po(lines, abort_invalid=True)
            with target.open("wb") as binary:
                write_mo(binary, catalogue)
            written.append(target)
    return written


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]
    """Run before both the wheel and the editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        compile_catalogues(Path(self.root))


if __name__ == "__main__":
    compile_catalogues(Path(__file__).parent)
