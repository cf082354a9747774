"""
Reading the saved configuration of a network device: a file beside the inventory, no connection.

Nothing is kept of a file that cannot be told to be of its dialect, since what its secrets look like
is not known then. From any other each secret is taken out before the text goes on.
"""

from collections.abc import Callable
from datetime import datetime

from cdso_audit.collect.beside import contents, decoded
from cdso_audit.collect.scrub_config import scrubbed_config
from cdso_audit.facts.devices.config_text import saved
from cdso_audit.facts.devices.dialects import dialect_of
from cdso_audit.facts.reading import Observation, Probe, UnavailableError, UnreadableError
from cdso_audit.model import Asset, DeviceAsset, GapReason, System


def collect(
    probe: Probe,
    asset: Asset,
    system: System,  # noqa: ARG001 - the form of every collector
    *,
    at: Callable[[], datetime],
    deadline: float,  # noqa: ARG001 - a file of bounded size
) -> Observation:
    """The file's text without its secrets, under a first line that tells its day."""

    def gap(reason: GapReason, detail: str) -> Observation:
        return Observation(probe=probe.id, asset=asset.id, gap=reason, detail=detail, at=at())

    if not isinstance(asset, DeviceAsset):
        return gap(GapReason.BUG, "only a device has a saved configuration")
    try:
        dialect = dialect_of(asset.device)
        data, day = _read(asset.config, probe.cap)
        text = saved(decoded(data)).text
        dialect.parse(text)
        clean, _ = scrubbed_config(text, dialect.name)
    except UnavailableError as problem:
        return gap(problem.reason, problem.detail)
    except UnreadableError as problem:
        return gap(GapReason.UNPARSABLE, str(problem))
    return Observation(
        probe=probe.id,
        asset=asset.id,
        exit_code=0,
        at=at(),
        output=f"[file of {day}]\n{clean}".encode(),
    )


def _read(name: str | None, cap: int) -> tuple[bytes, str]:
    """The bytes and the day of the last change, in UTC. Raises UnavailableError."""
    if not name:
        raise UnavailableError(
            GapReason.UNREACHABLE,
            "the inventory names no file: save the configuration and write `config: FILE`",
        )
    data, day = contents(name, cap)
    return data, day.isoformat()
