"""`attest`: what it writes, what it refuses, and what a scan makes of it."""

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from cdso_audit.cli import run

REVIEW = "tcvn-14423-2026.risk.process-review"
INVENTORY = """\
apiVersion: cdso/agency-v1
agency: {id: example}
defaults: {rulebook: vn-2026}
systems:
  - id: dvc
    level: 3
    approved: {on: 2026-01-15, under: decree-85-2016}
    assets: [{id: web, host: no-such-host.invalid, access: {ssh: {timeout: 2}}}]
  - {id: mail, level: 1}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "agency.yaml").write_text(INVENTORY)
    (tmp_path / "attestations" / "documents").mkdir(parents=True)
    (tmp_path / "attestations" / "documents" / "minutes.pdf").write_bytes(b"minutes")
    return tmp_path


def attest(*more: str, requirement: str = REVIEW, system: str = "dvc") -> int:
    return run(
        ["attest", requirement, "--system", system, "--statement", "Đã rà soát",
         "--document", "attestations/documents/minutes.pdf", "--by", "Nguyễn Văn An",
         "--no-input", *more]
    )  # fmt: skip


def files(folder: Path) -> list[Path]:
    return sorted((folder / "attestations").glob("*.yaml"))


def scanned(folder: Path) -> dict[str, Any]:
    """The result of a scan; the host cannot be reached, so only words can prove anything."""
    assert run(["scan", "-q", "-o", "out", "--format", "json"]) == 3
    found: dict[str, Any] = json.loads((folder / "out" / "latest" / "result.json").read_text())
    return found


def status(result: dict[str, Any], requirement: str = REVIEW) -> str:
    system = next(each for each in result["systems"] if each["id"] == "dvc")
    return str(next(e["status"] for e in system["requirements"] if e["id"] == requirement))


def notices(result: dict[str, Any]) -> str:
    return "\n".join(each["en"] for each in result["notices"])


def test_it_writes_a_file_with_the_hash_and_the_rules_own_end(folder: Path) -> None:
    assert attest("--on", "2026-03-10") == 0
    text = files(folder)[0].read_text()

    assert sha256(b"minutes").hexdigest() in text
    assert "valid_until: '2027-03-09'" in text
    assert "Đã rà soát" in text
    assert files(folder)[0].stat().st_mode & 0o777 == 0o600


def test_it_never_overwrites(folder: Path) -> None:
    assert attest() == 0
    before = files(folder)[0].read_bytes()
    assert attest("--statement", "other") == 0

    assert len(files(folder)) == 2
    assert before in [each.read_bytes() for each in files(folder)]


def test_a_longer_end_than_the_rules_is_cut(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert attest("--on", "2026-03-10", "--valid-until", "2030-01-01") == 0

    assert "12 months only: until 2027-03-09" in capsys.readouterr().err
    assert "2027-03-09" in files(folder)[0].read_text()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--system", "dcv"], "did you mean dvc?"),
        (["--asset", "wbe"], "did you mean web?"),
        (["--document", "nowhere.pdf"], "cannot read the document"),
        (["--document", "/etc/hostname"], "must lie in the folder"),
        (["--on", "10/03/2026"], "is no day"),
        (["--on", "2026-03-10", "--valid-until", "2026-03-09"], "before the day"),
        (["--by", " "], "--by is missing"),
        (["--not-applicable"], "applies to every system"),
        (["--system", "mail"], ""),
    ],
)
def test_a_mistake_ends_with_2_and_writes_nothing(
    folder: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = attest(*more)

    assert code == (2 if said else 0)
    assert said in capsys.readouterr().err
    assert bool(files(folder)) is (code == 0)


@pytest.mark.parametrize(
    ("requirement", "said"),
    [
        ("tcvn-14423-2026.risk.proces-review", REVIEW),
        ("process-review", "it could be one of these"),
        ("no-such-thing-at-all", "rules list"),
        ("secure-coding-training-yearly", "does not bind the system dvc at level 3"),
    ],
)
def test_an_unknown_requirement_is_answered_with_the_nearest(
    folder: Path, requirement: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert attest(requirement=requirement) == 2
    assert said in capsys.readouterr().err
    assert not files(folder)


def test_without_an_inventory_there_is_nothing_to_attest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert attest() == 2
    assert "cdso-audit init" in capsys.readouterr().err


def test_the_list_and_what_is_due(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    attest("--on", "2026-03-10")
    attest("--on", "2024-01-01", requirement="hardware-assets.stocktake")
    capsys.readouterr()

    assert run(["attest", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["2024-12-31", "2027-03-09"]
    assert run(["attest", "due", "--within", "1d"]) == 1
    assert "2027-03-09" not in capsys.readouterr().out
    assert run(["attest", "due", "--within", "soon"]) == 2
    assert "--within" in capsys.readouterr().err
    assert run(["attest", "list", "--system", "dcv"]) == 2
    assert len(files(folder)) == 2


class TestScan:
    def test_an_attestation_meets_the_requirement_until_its_document_changes(
        self, folder: Path
    ) -> None:
        assert status(scanned(folder)) == "unproven"
        attest()
        met = scanned(folder)
        assert status(met) == "met"
        assert run(["verify", "out/latest/bundle.zip"]) == 0
        (folder / "attestations" / "documents" / "minutes.pdf").write_bytes(b"changed")
        changed = scanned(folder)
        assert status(changed) == "unproven"
        assert "was changed after it was signed" in notices(changed)
        assert run(["verify", "out/latest/bundle.zip"]) == 0
        (folder / "attestations" / "documents" / "minutes.pdf").unlink()
        gone = scanned(folder)
        assert status(gone) == "unproven"
        assert "cannot be read" in notices(gone)

    def test_an_expired_one_returns_to_unproven_and_is_named(self, folder: Path) -> None:
        attest("--on", "2024-01-01")
        result = scanned(folder)

        assert status(result) == "unproven"
        assert f"{REVIEW} (2024-12-31)" in notices(result)
        assert [e["state"] for e in result["deadlines"] if e["kind"] == "attestation"] == ["over"]

    def test_a_mistake_in_a_file_ends_with_2_and_names_the_line(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        attest()
        path = files(folder)[0]
        path.write_text(path.read_text().replace("system: dvc", "system: dcv"))

        assert run(["scan", "-q", "-o", "out"]) == 2
        said = capsys.readouterr().err
        assert f"attestations/{path.name}:4:" in said
        assert "did you mean dvc?" in said

    def test_the_yearly_report_is_shown_with_its_day(self, folder: Path) -> None:
        kinds = {each["kind"] for each in scanned(folder)["deadlines"]}

        assert {"yearly-report-owner", "yearly-report-ministry", "transition-comply"} <= kinds


def test_a_person_at_a_terminal_is_asked(folder: Path) -> None:
    import os
    import pty

    master, slave = pty.openpty()
    os.write(master, "Đã xem\nattestations/documents/minutes.pdf\nNguyễn Văn An\n".encode())
    done = subprocess.run(
        [sys.executable, "-m", "cdso_audit", "attest", REVIEW, "--system", "dvc"],
        stdin=slave, capture_output=True, text=True, check=False, cwd=folder, timeout=60,
    )  # fmt: skip
    os.close(master)
    os.close(slave)

    assert done.returncode == 0, done.stderr
    assert "statement: Đã xem" in files(folder)[0].read_text()
