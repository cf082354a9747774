"""Files that lie beside the inventory: where they are, and reading one up to a cap."""

import stat
from datetime import UTC, date, datetime
from pathlib import Path

from cdso_audit.facts.reading import UnavailableError
from cdso_audit.model import GapReason, System


def contents(name: str, cap: int) -> tuple[bytes, date]:
    """The bytes and the day of the last change, in UTC. Raises UnavailableError, which names it."""
    path = Path(name)
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):  # a pipe would wait for somebody to write
            raise UnavailableError(GapReason.UNREACHABLE, f"{path.name} is no file")
        with path.open("rb") as file:
            data = file.read(cap + 1)
    except PermissionError as problem:
        raise UnavailableError(
            GapReason.DENIED, f"{path.name} cannot be read: {problem.strerror}"
        ) from problem
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or "the path is not valid"
        raise UnavailableError(GapReason.UNREACHABLE, f"{path.name}: {why}") from problem
    if len(data) > cap:
        raise UnavailableError(GapReason.TOO_LARGE, f"{path.name} is larger than {cap} bytes")
    return data, datetime.fromtimestamp(about.st_mtime, UTC).date()


def decoded(data: bytes) -> str:
    """Text in UTF-8, or UTF-16 as programs of Windows save it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")


def reachable(system: System, folder: Path) -> System:
    """The system with the files that it declares where they are."""
    sboms = tuple(
        each.model_copy(update={"file": str(folder / Path(each.file).expanduser())})
        if each.file
        else each
        for each in system.declared.sboms
    )
    if not sboms:
        return system
    declared = system.declared.model_copy(update={"sboms": sboms})
    return system.model_copy(update={"declared": declared})
