"""
Reading the SBOMs that agency.yaml names for an asset: files beside the inventory, no connection.

All files of one asset are one answer, each under a line with a mark that no file can know. An SBOM
of an image may hold its environment, passwords with it: their values are taken out, so that what is
left is still JSON or XML.
"""

import re
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final

from cdso_audit.collect.beside import contents, decoded
from cdso_audit.facts.reading import Observation, Probe, UnavailableError
from cdso_audit.facts.software_bills import LARGEST, heading
from cdso_audit.model import Asset, System

#: `DB_PASSWORD=…` within a text. The lock for everything (scrub.py) knows no quotes with `\\"` in
#: them and no tags: it would take what ends the text too.
_SECRET: Final = re.compile(
    r"(?i)(?<![\w.-])((?=[\w.-]*?(?:password|passwd|passphrase|secret|token|api[_-]?key|credential"
    r"|pwd))[\w.-]++[ \t]*=>?[ \t]*)((?:\\.|[^\"\\'<>\s,;])+)"
)


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
            text = _SECRET.sub(r"\1[removed: value]", decoded(data))
            parts += [heading(mark, each.application), text, "\n"]
    return Observation(
        probe=probe.id, asset=asset.id, exit_code=0, at=at(), output="".join(parts).encode()
    )
