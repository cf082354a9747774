"""`waive`: two people, 180 days, only what a result shows as failed."""

from pathlib import Path

import pytest
from tests.cli.test_attest import INVENTORY

from cdso_audit.cli import run

LOCK = "tcvn-14423-2026.secure-configuration.session-lock"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "agency.yaml").write_text(INVENTORY)
    return tmp_path


def waive(*more: str, requirement: str = LOCK) -> int:
    return run(
        ["waive", requirement, "--system", "dvc", "--reason", "kiosk",
         "--compensating-control", "a guard", "--requested-by", "Trần Bình",
         "--approved-by", "Nguyễn An", "--approved-on", "2026-11-01", "--no-input", *more]
    )  # fmt: skip


def files(folder: Path) -> list[Path]:
    return sorted((folder / "waivers").glob("*.yaml"))


def test_it_writes_a_file_for_ninety_days(folder: Path) -> None:
    assert waive() == 0
    assert waive() == 0

    assert len(files(folder)) == 2
    assert "until: '2027-01-30'" in files(folder)[0].read_text()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--approved-by", "trần bình, Phó phòng"], "also approved it"),
        (["--until", "2027-04-30"], "the last day can be 2027-04-29"),
        (["--until", "2026-10-01"], "before the day of its approval"),
        (["--asset", "wbe"], "did you mean web?"),
        (["--system", "dcv"], "did you mean dvc?"),
        (["--reason", " "], "--reason is missing"),
    ],
)
def test_a_mistake_ends_with_2_and_writes_nothing(
    folder: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert waive(*more) == 2
    assert said in capsys.readouterr().err
    assert not files(folder)


@pytest.mark.parametrize(
    ("requirement", "said"),
    [
        ("tcvn-14423-2026.network.inbound-control", "is a knock-out"),
        ("level-dossier.level-determined", "only a measured failure"),
    ],
)
def test_what_can_never_be_waived_is_refused(
    folder: Path, requirement: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert waive(requirement=requirement) == 2
    assert said in capsys.readouterr().err
    assert not files(folder)


def test_only_what_the_latest_result_shows_as_failed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["scan", "-q", "--format", "json"])

    assert waive() == 2
    assert "shows no failure" in capsys.readouterr().err
    assert not files(folder)


def test_a_waiver_of_nothing_is_told_by_the_scan(folder: Path) -> None:
    import json

    waive("--approved-on", "2026-11-01")
    run(["scan", "-q", "--format", "json", "-o", "out"])
    result = json.loads((folder / "out" / "latest" / "result.json").read_text())

    assert len(result["waivers"]) == 1
    assert any(f"The waiver of {LOCK} for dvc" in each["en"] for each in result["notices"])


def test_the_list_has_the_days(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waive()
    capsys.readouterr()

    assert run(["waive", "list"]) == 0
    assert capsys.readouterr().out.startswith("2027-01-30")
    assert run(["waive", "list", "--system", "mail"]) == 0
    assert capsys.readouterr().out == ""
    assert files(folder)
