"""Collectors that run by hand: the real shell one, the PowerShell one by written answers."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.checks.windows.documented import registry
from tests.collect.test_windows_program import MARKER, PROBES, answered

from cdso_audit.collect.alone import asked, digest, evidence, parse, script
from cdso_audit.errors import UsageError
from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.facts.software_bills import SBOM_FILES
from cdso_audit.model import AssetKind, Declared, DeclaredSbom, GapReason, HostAsset, System

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LINUX = HostAsset(id="h1", host="198.18.77.10")
WINDOWS = HostAsset(id="win1", host="198.18.77.30", os="windows")
SYSTEM = System(id="dvc", assets=(LINUX, WINDOWS))
SHELL = [
    Probe(id="hello", run="echo hello; echo trouble >&2", why=""),
    Probe(id="absent", run="x", tool="no-such-program", why=""),
    Probe(id="again", run='echo "$1"', follow=lambda _: ["x"], why=""),
    Probe(id="never", run='echo "$1"', follow=lambda _: None, why=""),
]


def ran(shell: str) -> bytes:
    text = script(AssetKind.HOST_LINUX, SHELL, MARKER)
    return subprocess.run([shell], input=text.encode(), capture_output=True, check=True).stdout


def windows(probes: list[Probe], at: str = "2026-11-21T10:00:00.0000000Z") -> str:
    about = {"at": at, "host": "WIN1", "account": "WIN1\\an"}
    return (
        f"cdso-audit-output 1 host-windows {digest(probes)} {MARKER}\n"
        + answered("about", json.dumps(about), 0)
        + "".join(answered(each.id, registry(), 0) for each in probes)
        + answered("done", "", 0)
    )


def by_probe(found: list[Observation]) -> dict[str, Observation]:
    return {each.probe: each for each in found}


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_the_shell_collector_brings_back_its_answers(shell: str) -> None:
    output = parse(ran(shell), "out")
    found = by_probe(evidence(output, LINUX, SYSTEM, SHELL, "out", datetime.now(UTC)))

    assert found["hello"].output == b"hello\n"
    assert found["hello"].errors == b"trouble"
    assert found["hello"].vantage.startswith("by hand on ")
    assert found["absent"].gap is GapReason.MISSING_TOOL
    assert found["again"].gap is GapReason.UNREACHABLE
    assert "never" not in found


def test_the_powershell_collector_brings_back_its_answers() -> None:
    probes = asked(AssetKind.HOST_WINDOWS, list(PROBES.values()))
    output = parse(("\ufeff" + windows(probes)).replace("\n", "\r\n").encode(), "out")
    found = evidence(output, WINDOWS, SYSTEM, probes, "out", NOW)

    assert [each.probe for each in found] == [each.id for each in probes]
    assert {each.gap for each in found} == {None}
    assert {(each.run_as, each.vantage) for each in found} == {("WIN1\\an", "by hand on WIN1")}
    assert {each.at for each in found} == {NOW - timedelta(hours=2)}


def test_what_is_asked_from_outside_is_a_gap() -> None:
    ports = Probe(id="host-ports", via="ports", run="", why="")
    (found,) = evidence(parse(windows([]).encode(), "out"), WINDOWS, SYSTEM, [ports], "out", NOW)

    assert (found.probe, found.gap) == ("host-ports", GapReason.UNREACHABLE)


@pytest.mark.parametrize("system", ["linux", "windows"])
def test_what_lies_beside_the_inventory_is_read_wherever_the_collector_ran(
    system: str, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_text('{"bomFormat": "CycloneDX"}')
    asset = LINUX if system == "linux" else WINDOWS
    sbom = DeclaredSbom(application="a", on=asset.id, file="a.json")
    declared = SYSTEM.model_copy(update={"declared": Declared(sboms=(sbom,))})
    probes = [*SHELL, SBOM_FILES] if system == "linux" else [SBOM_FILES]
    output = ran("sh") if system == "linux" else windows([]).encode()

    found = by_probe(
        evidence(
            parse(output, "out"), asset, declared, probes, "out", datetime.now(UTC), folder=tmp_path
        )
    )

    assert found[SBOM_FILES.id].gap is None
    assert b"CycloneDX" in found[SBOM_FILES.id].output


def test_another_plan_is_refused() -> None:
    output = parse(windows(list(PROBES.values())[:3]).encode(), "out")

    with pytest.raises(UsageError, match="other questions"):
        evidence(output, WINDOWS, SYSTEM, list(PROBES.values()), "out", NOW)


def test_another_kind_of_host_is_refused() -> None:
    with pytest.raises(UsageError, match="comes from a host-windows"):
        evidence(parse(windows([]).encode(), "out"), LINUX, SYSTEM, SHELL, "out", NOW)


@pytest.mark.parametrize("at", ["2027-01-01T00:00:00.0000000Z", "yesterday"])
def test_an_impossible_moment_is_refused(at: str) -> None:
    with pytest.raises(UsageError):
        evidence(parse(windows([], at).encode(), "out"), WINDOWS, SYSTEM, [], "out", NOW)


@pytest.mark.parametrize("data", [b"", b"hello", windows([]).encode()[:-60]])
def test_what_is_no_output_or_was_cut_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError):
        parse(data, "out")


def test_another_marker_is_refused() -> None:
    head, _, rest = windows([]).partition("\n")

    with pytest.raises(UsageError, match="ends before"):
        parse(f"{head[:-2]}zz\n{rest}".encode(), "out")
