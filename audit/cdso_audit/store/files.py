"""Writing files that are whole or not there, and open to nobody else."""

import os
import tempfile
from pathlib import Path

from cdso_audit.errors import CdsoError, UsageError


def write(path: Path, data: bytes) -> None:
    """Write atomically with mode 0600; raises CdsoError naming the path."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise CdsoError(
            "cannot write {path}: {why}",
            hint="give another folder with -o, or free some space",
            values={"path": path, "why": problem.strerror},
        ) from problem


def read(path: Path) -> bytes:
    """The file's bytes; raises UsageError that names it."""
    try:
        return path.read_bytes()
    except OSError as problem:
        raise UsageError(
            "cannot read {path}: {why}",
            hint="check the path and its rights",
            values={"path": path, "why": problem.strerror},
        ) from problem
