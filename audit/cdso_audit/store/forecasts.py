"""
Forecasts that were made, kept beside the inventory so that drills can score them later.

`history/forecasts.jsonl` is only ever appended to: a line a forecast, each with the SHA-256 of the
line before it, so that a line taken out, changed or put in between is seen. Who can rewrite the
whole file can rewrite the chain too; git, or a copy elsewhere, is what helps against that.
"""

import fcntl
import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from cdso_audit.drill.forecast.result import Forecast
from cdso_audit.drill.forecast.scoring import Held
from cdso_audit.errors import CdsoError, ConfigError, ConfigErrors, Place, VerificationError
from cdso_audit.store.files import read

FILE: Final = Path("history") / "forecasts.jsonl"
_START: Final = "0" * 64


def keep(folder: Path, forecast: Forecast) -> Path:
    """Append the forecast; raises VerificationError when what is there is not whole."""
    path = folder / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            before = file.read()
            entries = _checked(path, before)
            previous = sha256(before.splitlines()[-1]).hexdigest() if entries else _START
            entry = {
                "number": len(entries) + 1,
                "previous": previous,
                "forecast": forecast.model_dump(mode="json", by_alias=True),
            }
            line = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        raise CdsoError(
            "cannot write {path}: {why}",
            hint="give another folder with -o, or free some space",
            values={"path": path, "why": problem.strerror},
        ) from problem
    return path


def kept(folder: Path) -> list[Forecast]:
    """The forecasts of that folder, the oldest first; raises VerificationError."""
    path = folder / FILE
    return _checked(path, read(path)) if path.is_file() else []


def _checked(path: Path, data: bytes) -> list[Forecast]:
    found = []
    previous = _START
    if data and not data.endswith(b"\n"):
        raise VerificationError(
            "{path}: the last line is cut off",
            hint="move the file away, and put it back from git or a copy",
            values={"path": path},
        )
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            entry = json.loads(line)
            whole = entry["previous"] == previous and entry["number"] == number
            content = entry["forecast"]
        except (ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            raise VerificationError(
                "{path}: line {line} is not the one that was written after the line before",
                hint="move the file away, and put it back from git or a copy",
                values={"path": path, "line": number},
            )
        try:
            forecast = Forecast.model_validate(content)
        except ValidationError as problem:
            raise VerificationError(
                "{path}: line {line} was written by another version of this tool",
                hint="read it with that version, or move the file away",
                values={"path": path, "line": number},
            ) from problem
        found.append(forecast)
        previous = sha256(line).hexdigest()
    return found


def read_drills(path: Path) -> list[Held]:
    """Measured drills, a JSON object a line; raises ConfigErrors with the lines that are none."""
    found, problems = [], []
    for number, line in enumerate(read(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(Held.model_validate_json(line))
        except ValidationError as problem:
            first = problem.errors()[0]
            problems.append(
                ConfigError(
                    "this is no measured drill: {key} ({why})",
                    hint="a line is {example}; only level 4 and above is measured",
                    values={
                        "key": ".".join(str(part) for part in first["loc"]),
                        "why": first["msg"],
                        "example": '{"system": "dvc", "held_at": "2026-03-10T01:00:00Z", '
                        '"took": "PT19H30M", "level": 4}',
                    },
                    place=Place(str(path), number),
                )
            )
    if problems:
        raise ConfigErrors(problems)
    return found
