"""
Golden files: what a person or a program reads, reviewed as a diff.

Refresh them with `UPDATE_GOLDEN=1 python -m pytest tests/reports`, then read the diff before
committing it.
"""

import os
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "golden"


def agree(name: str, made: bytes) -> None:
    """Assert that `made` is the golden file, byte for byte; write it when asked to refresh."""
    path = FOLDER / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(made)
    assert path.is_file(), f"no golden file {name}: run with UPDATE_GOLDEN=1"
    assert made == path.read_bytes(), f"{name} changed: run with UPDATE_GOLDEN=1 and read the diff"
