"""Clocks for tests: readings that are made, not read."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cdso_audit.drill.clock import Stamp

START = datetime(2026, 3, 10, 8, tzinfo=UTC)


def stamp(
    seconds: float = 0, *, wall: float | None = None, awake: float | None = None, boot: str = "b1"
) -> Stamp:
    """A reading `seconds` after the start; the other clocks agree unless they are given."""
    return Stamp(
        wall=START + timedelta(seconds=seconds if wall is None else wall),
        boottime=1000 + seconds,
        awake=1000 + (seconds if awake is None else awake),
        boot_id=boot,
    )


@dataclass(slots=True)
class Clock:
    """A clock that goes on by `tick` at each reading."""

    at: float = 0
    tick: float = 1
    boot: str = "b1"

    def __call__(self) -> Stamp:
        self.at += self.tick
        return stamp(self.at, boot=self.boot)
