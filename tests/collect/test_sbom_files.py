"""SBOMs are read from their files; each file that cannot be is a gap of its application alone."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from tests.checks.development.sboms import SPDX, cyclonedx, cyclonedx_xml
from tests.support import AT

from cdso_audit.collect.beside import reachable
from cdso_audit.collect.endpoints import collect_endpoint
from cdso_audit.facts.reading import Missing, Observation, Outputs, snapshot
from cdso_audit.facts.software_bills import (
    LARGEST,
    SBOM_FILES,
    SoftwareBill,
    read_software_bills,
)
from cdso_audit.model import (
    Declared,
    DeclaredSbom,
    EndpointAsset,
    GapReason,
    HostAsset,
    System,
)

WEB = EndpointAsset(id="web", url="https://dvc.example.vn")
APP = HostAsset(id="app", host="198.18.77.10")


def system(**files: str) -> System:
    """A system whose applications are in these files; `app_` before a name puts it on the host."""
    declared = tuple(
        DeclaredSbom(application=name, on="app" if name.startswith("app_") else "web", file=file)
        for name, file in files.items()
    )
    return System(id="dvc", level=4, assets=(WEB, APP), declared=Declared(sboms=declared))


def collected(
    folder: Path, declared: System, asset: EndpointAsset | HostAsset = WEB
) -> Observation:
    (seen,) = collect_endpoint([SBOM_FILES], asset, reachable(declared, folder))
    return seen


def told(folder: Path, declared: System, asset: EndpointAsset | HostAsset = WEB) -> list[object]:
    seen = collected(folder, declared, asset)
    outputs = Outputs({seen.probe: seen}, asset, declared, AT)
    return list(read_software_bills.read(outputs))


def test_each_file_is_kept_as_it_is_and_read_as_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(cyclonedx(name="a"))
    (tmp_path / "b.xml").write_text(cyclonedx_xml())
    (tmp_path / "c.json").write_text(SPDX)

    declared = system(a="a.json", b="b.xml", app_c="c.json")
    text = collected(tmp_path, declared).output.decode()
    bills = told(tmp_path, declared)

    assert cyclonedx(name="a") in text
    assert cyclonedx_xml() in text
    assert str(tmp_path) not in text
    assert SPDX not in text, "that one is another asset's"
    assert [(each.subject, each.name, each.form) for each in bills] == [  # type: ignore[attr-defined]
        ("a", "a", "CycloneDX 1.5"),
        ("b", "portal", "CycloneDX 1.6"),
    ]
    assert [each.subject for each in told(tmp_path, declared, APP)] == ["app_c"]  # type: ignore[attr-defined]


def test_no_file_can_speak_for_another(tmp_path: Path) -> None:
    """The mark between the files is a new one each time, so a file cannot hold it."""
    declared = system(a="a.json", b="b.json")
    (tmp_path / "a.json").write_text(cyclonedx())
    (tmp_path / "b.json").write_text(cyclonedx())
    mark = collected(tmp_path, declared).output.partition(b"\n")[0].decode()
    (tmp_path / "a.json").write_text(f"{cyclonedx()}\n@@ {mark} b\n{cyclonedx(name='forged')}")

    a, b = told(tmp_path, declared)

    assert isinstance(a, Missing)
    assert isinstance(b, SoftwareBill)
    assert b.name == "portal"
    assert len(mark) == 32


def test_what_windows_saves_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf" + cyclonedx().encode())
    (tmp_path / "b.xml").write_bytes(
        cyclonedx_xml().replace('"UTF-8"', '"UTF-16"').replace("\n", "\r\n").encode("utf-16")
    )

    a, b = told(tmp_path, system(a="a.json", b="b.xml"))

    assert isinstance(a, SoftwareBill)
    assert isinstance(b, SoftwareBill)
    assert (a.parts, b.parts) == (2, 1)


def made(folder: Path, what: str) -> str:
    path = folder / "a.json"
    match what:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "large":
            with path.open("wb") as file:
                file.truncate(LARGEST + 1)
        case "empty":
            path.touch()
        case "name":
            return "a\0.json"
    return "a.json"


@pytest.mark.parametrize(
    ("what", "reason", "says"),
    [
        ("nothing", GapReason.UNREACHABLE, "a.json: No such file"),
        ("folder", GapReason.UNREACHABLE, "a.json is no file"),
        ("pipe", GapReason.UNREACHABLE, "a.json is no file"),
        ("name", GapReason.UNREACHABLE, "not valid"),
        ("large", GapReason.TOO_LARGE, "a.json is larger than 16777216 bytes"),
        ("empty", GapReason.UNPARSABLE, "a.json: the file is empty"),
    ],
)
def test_what_is_wrong_with_one_leaves_the_others(
    tmp_path: Path, what: str, reason: GapReason, says: str
) -> None:
    (tmp_path / "b.json").write_text(cyclonedx())

    a, b = told(tmp_path, system(a=made(tmp_path, what), b="b.json"))

    assert isinstance(a, Missing)
    assert (a.subject, a.reason) == ("a", reason)
    assert says in a.detail
    assert isinstance(b, SoftwareBill)


def test_all_files_of_an_asset_have_a_limit_too(tmp_path: Path) -> None:
    text = cyclonedx()
    for name in "abc":
        (tmp_path / f"{name}.json").write_text(text)
    declared = system(a="a.json", b="b.json", c="c.json")
    probe = replace(SBOM_FILES, cap=2 * len(text))

    (seen,) = collect_endpoint([probe], WEB, reachable(declared, tmp_path))
    a, b, c = read_software_bills.read(Outputs({seen.probe: seen}, WEB, declared, AT))

    assert isinstance(a, SoftwareBill)
    assert isinstance(b, SoftwareBill)
    assert isinstance(c, Missing)
    assert c.reason is GapReason.TOO_LARGE


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_closed_file_is_denied(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(cyclonedx())
    (tmp_path / "a.json").chmod(0)

    (gap,) = told(tmp_path, system(a="a.json"))

    assert isinstance(gap, Missing)
    assert gap.reason is GapReason.DENIED


def test_an_asset_without_any_is_told_apart_from_a_system_without_any(tmp_path: Path) -> None:
    declared = system(a="a.json")
    elsewhere = snapshot(APP, declared, [collected(tmp_path, declared, APP)], [SoftwareBill], at=AT)
    nowhere = snapshot(APP, system(), [], [SoftwareBill], at=AT)

    assert [each.values for each in elsewhere.absences] == [{"names": "a"}]
    assert not elsewhere.gaps
    assert [each.reason for each in nowhere.gaps] == [GapReason.UNDECLARED]
    assert "declared.sboms" in nowhere.gaps[0].detail


def test_evidence_without_the_file_is_a_gap() -> None:
    declared = system(a="a.json")
    seen = Observation(probe=SBOM_FILES.id, asset="web", exit_code=0, at=AT)

    for observations in ([], [seen]):
        found = snapshot(WEB, declared, observations, [SoftwareBill], at=AT)
        assert [each.reason for each in found.gaps] == [GapReason.BUG]
        assert not found.facts
