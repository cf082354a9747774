"""
Collectors that a person runs by hand on a host that nobody here reaches, and what they bring back.

The script is the program that would have been sent, with a first line that names what it is: kind
of host, digest of its questions, marker. Its output is read by the same framing. An output of other
questions than those of today is refused, since it could not be told from a full one.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from cdso_audit.collect import program as shell
from cdso_audit.collect.beside import reachable
from cdso_audit.collect.endpoints import collect_endpoint
from cdso_audit.collect.windows import program as powershell
from cdso_audit.errors import UsageError
from cdso_audit.facts.reading import Observation, Outputs, Probe, UnavailableError
from cdso_audit.model import Asset, AssetKind, GapReason, HostAsset, System

HEAD = "cdso-audit-output 1"
#: How far the clock of a host may go before ours.
AHEAD = timedelta(days=1)

_SHELL = r"""#!/bin/sh
# cdso-audit: asks this host what an audit needs. Changes nothing, writes nothing but its output.
# As root:  sh cdso-audit.sh > output.txt     (without root some questions stay open)
# Then:     cdso-audit collect --from output.txt --asset ID -i agency.yaml
exec 5>&1
main() {
printf '%s\n' '__HEAD__'
__PROGRAM__
}
errors=$(main 2>&1 >&5 5>&- </dev/null)
printf '\n%s errors\n%s\n' '__MARKER__' "$errors"
"""

_POWERSHELL = r"""# cdso-audit: asks this host what an audit needs. Changes nothing there.
# As administrator, in the 64-bit Windows PowerShell:
#   powershell -NoProfile -ExecutionPolicy Bypass -File .\cdso-audit.ps1 -OutFile output.txt
# -OutFile writes one new file beside this script; without it the output goes to the console.
# -SecurityPolicy reads a file that you made before with: secedit /export /cfg policy.inf
# Then:  cdso-audit collect --from output.txt --asset ID -i agency.yaml
param([string]$OutFile = '', [string]$SecurityPolicy = '')
if ($SecurityPolicy) { $SecurityPolicy = (Resolve-Path -LiteralPath $SecurityPolicy).ProviderPath }
$target = ''
if ($OutFile) {
  $target = Join-Path -Path $PSScriptRoot -ChildPath (Split-Path -Path $OutFile -Leaf)
  if (Test-Path -LiteralPath $target) { throw "$target exists already" }
}
$lines = & {
'__HEAD__'
__PROGRAM__
}
if ($target) { Set-Content -LiteralPath $target -Value $lines -Encoding UTF8 } else { $lines }
"""

_ABOUT = Probe(
    id="about",
    run="date -u +%Y-%m-%dT%H:%M:%SZ; uname -n; id -un",
    why="who answered, and when",
)


def digest(probes: Sequence[Probe]) -> str:
    """What tells one set of questions from another."""
    words = sorted(f"{each.id}\n{each.command}\n{each.root}" for each in probes)
    return sha256("\0".join(words).encode()).hexdigest()[:32]


def asked(kind: AssetKind, probes: Sequence[Probe]) -> list[Probe]:
    """The probes that such a host is asked by a program, in a fixed order."""
    via = "powershell" if kind is AssetKind.HOST_WINDOWS else "shell"
    chosen = {each.id: each for each in probes if each.via == via}
    return [chosen[name] for name in sorted(chosen)]


def script(kind: AssetKind, probes: Sequence[Probe], marker: str) -> str:
    """The stand-alone collector for such hosts."""
    chosen = asked(kind, probes)
    head = f"{HEAD} {kind} {digest(chosen)} {marker}"
    if kind is AssetKind.HOST_WINDOWS:
        text = powershell.program(powershell.first_questions(chosen), marker)
        frame = _POWERSHELL
    else:
        questions = [shell.Question(_ABOUT), *shell.first_questions(chosen)]
        text = shell.program(questions, marker, sudo=False)
        frame = _SHELL
    made = frame.replace("__HEAD__", head).replace("__MARKER__", marker)
    return made.replace("__PROGRAM__", text.rstrip("\n"))


@dataclass(frozen=True, slots=True)
class Output:
    """What a collector that ran by hand brought back: whose it is, and its bytes."""

    kind: str
    questions: str
    marker: str
    stream: bytes
    errors: bytes


def parse(data: bytes, name: str) -> Output:
    """The output in a file; raises UsageError when it is none, or was cut before its end."""
    stream = powershell.plain(data)
    found = re.search(
        rb"(?m)^cdso-audit-output 1 ([a-z-]+) ([0-9a-f]{32}) ([A-Za-z0-9]{32,})$", stream
    )
    if found is None:
        raise UsageError(
            "{name} is no output of a collector of this tool",
            hint="print the collector with `cdso-audit collector`, and run it on the host",
            values={"name": name},
        )
    marker = found[3].decode()
    body, _, errors = stream[found.end() :].partition(f"\n{marker} errors\n".encode())
    if not shell.is_complete(body, marker):
        raise UsageError(
            "{name} ends before the collector did",
            hint="run the collector again, to its end",
            values={"name": name},
        )
    return Output(found[1].decode(), found[2].decode(), marker, body, errors)


def evidence(
    output: Output,
    asset: Asset,
    system: System,
    probes: Sequence[Probe],
    name: str,
    now: datetime,
    *,
    folder: Path = Path(),
) -> list[Observation]:
    """
    The observations of an asset from a collector's output, and from files beside the inventory,
    which is in `folder`.

    Raises UsageError when the output is that of another kind of host or of other questions, or says
    to come from the future.
    """
    if not isinstance(asset, HostAsset) or asset.kind.value != output.kind:
        raise UsageError(
            "{name} comes from a {seen}, and {asset} is a {kind}",
            values={"name": name, "seen": output.kind, "asset": asset.id, "kind": asset.kind.value},
        )
    chosen = asked(asset.kind, probes)
    if output.questions != digest(chosen):
        raise UsageError(
            "{name} answers other questions than those of today for {asset}",
            hint="print the collector again with this version and these checks, and run it again",
            values={"name": name, "asset": asset.id},
        )
    at, account, host = _about(output, name)
    if at > now + AHEAD:
        raise UsageError(
            "{name} says that it was made on {at}, which is still to come",
            hint="set the clock of the host, and run the collector again",
            values={"name": name, "at": at.isoformat()},
        )
    vantage = f"by hand on {host}"
    if asset.kind is AssetKind.HOST_WINDOWS:
        answers = powershell.observations(
            powershell.first_questions(chosen),
            output.marker,
            output.stream,
            asset=asset.id,
            at=at,
            run_as=account,
            vantage=vantage,
        )
        return [*answers, *_outside(asset, probes, at), *_beside(asset, system, probes, folder)]
    found = shell.observations(
        shell.first_questions(chosen),
        output.marker,
        output.stream,
        output.errors,
        asset=asset.id,
        at=at,
        run_as=account,
        vantage=vantage,
    )
    unasked = _unasked(found, asset, system, chosen, at)
    outside = [*_outside(asset, probes, at), *_beside(asset, system, probes, folder)]
    return [*found, *unasked, *outside]


def _outside(asset: HostAsset, probes: Sequence[Probe], at: datetime) -> list[Observation]:
    """What is asked from another machine, which a collector run by hand cannot do."""
    return [
        Observation(
            probe=each.id,
            asset=asset.id,
            gap=GapReason.UNREACHABLE,
            detail="a collector run by hand does not look from outside",
            at=at,
        )
        for each in probes
        if each.via not in ("shell", "powershell", "sbom")
    ]


def _beside(
    asset: HostAsset, system: System, probes: Sequence[Probe], folder: Path
) -> list[Observation]:
    """What lies beside the inventory, wherever the collector ran."""
    return collect_endpoint(
        [each for each in probes if each.via == "sbom"], asset, reachable(system, folder)
    )


def _unasked(
    found: Sequence[Observation],
    asset: HostAsset,
    system: System,
    probes: Sequence[Probe],
    at: datetime,
) -> list[Observation]:
    """Questions that needed the answers of others: nobody could ask them by hand."""
    outputs = Outputs({each.probe: each for each in found}, asset, system, at)
    made = []
    for probe in probes:
        if probe.follow is None:
            continue
        reason = GapReason.UNREACHABLE
        detail = "this needs a second program, which a collector run by hand does not have"
        try:
            if not probe.follow(outputs):
                continue
        except UnavailableError as missing:
            reason, detail = missing.reason, missing.detail
        except Exception as problem:  # noqa: BLE001 - the host's answer must not take this down
            reason, detail = GapReason.BUG, f"{type(problem).__name__}: {problem}"
        made.append(Observation(probe=probe.id, asset=asset.id, gap=reason, detail=detail, at=at))
    return made


def _about(output: Output, name: str) -> tuple[datetime, str, str]:
    """When, by which account, on which host."""
    frames = {each.name: each for each in shell.frames(output.stream, output.marker)}
    text = frames["about"].body.decode("utf-8", "replace") if "about" in frames else ""
    try:
        if output.kind == AssetKind.HOST_WINDOWS.value:
            told: Any = json.loads(text)
            words = [str(told["at"]), str(told["host"]), str(told["account"])]
        else:
            words = text.split("\n")
        return datetime.fromisoformat(words[0]).astimezone(UTC), words[2], words[1]
    except (ValueError, LookupError, TypeError) as problem:
        raise UsageError(
            "{name} does not say when and where it was made",
            hint="run the collector again, to its end",
            values={"name": name},
        ) from problem
