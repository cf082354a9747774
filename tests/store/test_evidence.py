"""Evidence survives the way to disk and back, and whatever was done to it on the way is seen."""

import json
import zipfile
from pathlib import Path

import pytest
from tests.support import AT, SYSTEM

from cdso_audit.errors import CdsoError, UsageError, VerificationError
from cdso_audit.evidence import Run
from cdso_audit.facts.reading import Observation
from cdso_audit.model import Agency, AgencyIdentity, GapReason
from cdso_audit.result import Tool
from cdso_audit.store.evidence import EvidenceFolder, pack, unpack

RUN = Run(
    tool=Tool(version="0.1.0"),
    started_at=AT,
    finished_at=AT,
    rulebook="vn-2026",
    agency=Agency(agency=AgencyIdentity(id="a", name="Sở Thông tin"), systems=(SYSTEM,)),
)
SEEN = [
    Observation(probe="one", asset="web1", exit_code=0, at=AT, output=b"a\xff\n", errors=b"hm"),
    Observation(probe="two", asset="web1", gap=GapReason.DENIED, detail="no", at=AT),
]


def folder(path: Path) -> EvidenceFolder:
    made = EvidenceFolder(path)
    made.begin(RUN)
    made.save("web1", SEEN)
    return made


def bundle(tmp_path: Path) -> Path:
    target = tmp_path / "bundle.zip"
    pack(folder(tmp_path / "evidence"), b'{"the": "result"}', target)
    return target


def rewritten(path: Path, change: dict[str, bytes | None]) -> Path:
    """The bundle with some files changed, added or (None) left out."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files.update({name: data for name, data in change.items() if data is not None})
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            if change.get(name, data) is not None:
                archive.writestr(name, data)
    return path


def test_a_bundle_comes_back_as_it_was(tmp_path: Path) -> None:
    found = unpack(bundle(tmp_path))

    assert found.run == RUN
    assert list(found.observations["web1"]) == SEEN
    assert found.result == b'{"the": "result"}'


def test_the_same_evidence_makes_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"

    assert bundle(first).read_bytes() == bundle(second).read_bytes()


def test_files_are_open_to_nobody_else(tmp_path: Path) -> None:
    made = folder(tmp_path / "evidence")

    modes = {path.stat().st_mode & 0o777 for path in made.path.rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert bundle(tmp_path / "b").stat().st_mode & 0o777 == 0o600


def test_secrets_do_not_reach_the_disk(tmp_path: Path) -> None:
    made = EvidenceFolder(tmp_path)
    secret = Observation(probe="x", asset="h", exit_code=0, at=AT, output=b"PASSWORD=CANARY1234567")

    kept = made.save("h", [secret])

    assert b"CANARY" not in kept[0].output
    assert all(b"CANARY" not in path.read_bytes() for path in tmp_path.rglob("*.*"))
    assert json.loads((tmp_path / "assets/h/index.json").read_bytes())[0]["masked"] == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"assets/web1/one.out": b"b\n"}, "was changed"),
        ({"assets/web1/one.err": None}, "is missing"),
        ({"assets/web1/three.out": b""}, "was added"),
        ({"manifest.json": None}, "no manifest"),
        ({"../../etc/passwd": b""}, "no bundle has"),
        ({"assets/../x.json": b""}, "no bundle has"),
    ],
)
def test_what_was_done_to_a_bundle_is_seen(
    tmp_path: Path, change: dict[str, bytes | None], told: str
) -> None:
    with pytest.raises(VerificationError, match=told):
        unpack(rewritten(bundle(tmp_path), change))


def test_a_changed_index_is_seen_even_if_the_manifest_was_mended(tmp_path: Path) -> None:
    made = folder(tmp_path)
    (tmp_path / "assets/web1/one.out").write_bytes(b"b\n")

    with pytest.raises(VerificationError, match="not what was collected"):
        made.load()


@pytest.mark.parametrize("data", [b"", b"no zip at all"])
def test_what_is_no_bundle_is_said_so(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(data)

    with pytest.raises(UsageError, match="not a bundle"):
        unpack(path)


def test_a_bundle_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CdsoError, match="cannot read"):
        unpack(tmp_path / "none.zip")


def test_a_bomb_is_refused_before_it_is_inflated(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("assets/web1/one.out", b"\0" * (64 * 1024 * 1024))

    with pytest.raises(UsageError, match="too large"):
        unpack(path)
