"""
Reading the SBOMs that agency.yaml names for an asset: files beside the inventory, no connection.

All files of one asset are one answer, each under a line with a mark that no file can know.
"""

import secrets
from collections.abc import Callable
from datetime import datetime

from cdso_audit.collect.beside import contents, decoded
from cdso_audit.facts.reading import Observation, Probe, UnavailableError
from cdso_audit.facts.software_bills import LARGEST, heading
from cdso_audit.model import Asset, System


def collect(
    probe: Probe,
    asset: Asset,
    system: System,
    *,
    at: Callable[[], datetime],
    deadline: float,  # noqa: ARG001 - files of bounded size
) -> Observation:
    """Each file's text under its heading, or why there is none; `cap` is for all together."""
    mark = secrets.token_hex(16)
    parts = [f"{mark}\n"]
    left = probe.cap
    for each in system.declared.sboms:
        if each.on != asset.id or not each.file:
            continue
        try:
            data, _ = contents(each.file, min(LARGEST, left))
        except UnavailableError as problem:
            parts.append(heading(mark, each.application, problem.reason, problem.detail))
        else:
            left -= len(data)
            parts += [heading(mark, each.application), decoded(data), "\n"]
    return Observation(
        probe=probe.id, asset=asset.id, exit_code=0, at=at(), output="".join(parts).encode()
    )
