"""`waive`: two people, 180 days, only what a result shows as failed."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.cli.test_attest import INVENTORY

from cdso_audit.cli import run
from cdso_audit.cli.evaluate import judged
from cdso_audit.cli.proofs import books_and_inventory
from cdso_audit.store.evidence import unpack
from cdso_audit.store.proofs import load_proofs

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


BESIDE = """\
apiVersion: cdso/agency-v1
agency: {id: example}
defaults: {rulebook: [vn-2026, linux-baseline]}
systems:
  - id: corpus
    level: 3
    assets: [{id: debian12-stock, host: no-such-host.invalid}]
"""
BUNDLE = Path(__file__).parents[1] / "corpus/bundles/debian12-stock.zip"
FAILS_BESIDE = "linux-baseline.log-forwarding"


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of the corpus, judged by a second rulebook beside the one that governs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "agency.yaml").write_text(BESIDE)
    judge = ["evaluate", str(BUNDLE), "-q", "--format", "json", "-o", "out"]
    run([*judge, "--rulebook", "vn-2026", "--rulebook", "linux-baseline"])
    return tmp_path


def measured(folder: Path) -> list[str]:
    [made] = folder.glob("out/*/result.json")
    return ["--system", "corpus", "--result", str(made)]


def test_a_failure_beside_the_governing_rulebook_is_waived(beside: Path) -> None:
    assert waive(*measured(beside), requirement=FAILS_BESIDE) == 0
    assert waive(*measured(beside), "--asset", "debian12-stock", requirement=FAILS_BESIDE) == 0

    assert all(FAILS_BESIDE in each.read_text() for each in files(beside))
    assert run(["waive", "list"]) == 0


def test_what_passes_beside_is_not_waived(beside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert waive(*measured(beside), requirement="linux-baseline.account-empty-password") == 2
    assert "shows no failure" in capsys.readouterr().err
    assert not files(beside)


def test_a_rulebook_that_nobody_chose_is_named(
    beside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (beside / "agency.yaml").write_text(BESIDE.replace(", linux-baseline]", "]"))

    assert waive(*measured(beside), requirement=FAILS_BESIDE) == 2
    said = capsys.readouterr().err
    assert "stands in the rulebook linux-baseline" in said
    assert "--rulebook vn-2026 --rulebook linux-baseline" in said.replace("\n", " ")
    assert not files(beside)

    chosen = ["--rulebook", "vn-2026", "--rulebook", "linux-baseline"]
    assert waive(*measured(beside), *chosen, requirement=FAILS_BESIDE) == 0
    assert len(files(beside)) == 1


def test_a_waiver_beside_counts_in_the_result(beside: Path) -> None:
    waive(*measured(beside), requirement=FAILS_BESIDE)
    loaded, books = books_and_inventory(None)
    [waiver] = load_proofs(beside, loaded.agency, books.joined()).waivers

    evidence = unpack(BUNDLE)
    run_ = evidence.run.model_copy(
        update={"waivers": (waiver.model_copy(update={"approved_on": evidence.run.started_at}),)}
    )
    result = judged(replace(evidence, run=run_), ("vn-2026", "linux-baseline"))
    [other] = result.systems[0].beside
    [status] = [each for each in other.requirements if each.id == FAILS_BESIDE]
    assert [each.waived for each in status.assets] == [True]
