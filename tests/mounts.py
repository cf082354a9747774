"""Folders that a test mounts something over, in a namespace of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def mount_points(*folders: str) -> Iterator[None]:
    """Make those that this machine lacks, and take them away afterwards."""
    made: list[Path] = []
    try:
        for each in folders:
            path = Path(each)
            missing = [one for one in (path, *path.parents) if not one.exists()]
            for one in reversed(missing):
                one.mkdir()
                made.append(one)
        yield
    finally:
        for one in reversed(made):
            one.rmdir()
