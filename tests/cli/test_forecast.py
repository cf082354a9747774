"""`forecast`: the table in two languages, the history that only grows, the score."""

import json
import sys
from pathlib import Path

import pytest

from cdso_audit.cli import run
from cdso_audit.store.forecasts import FILE, kept

AGENCY = """
apiVersion: cdso/agency-v1
agency: {id: so-tttt, name: Sở}
systems:
  - {id: ad, level: 3, data_gb: 40}
  - {id: dvc, level: 3, depends_on: [ad], data_gb: 300, approved: {max_outage: 12h}}
  - {id: web, level: 1}
"""
PLAN = """
apiVersion: cdso/forecast-v1
declare: {by: [giam-doc]}
shifts: {office: {week: ["Mon-Fri 07:30-17:00"]}, rota: {always: true}}
people:
  - {id: giam-doc, shift: office}
  - {id: an, count: 3, skills: [database], shift: rota}
restore: {bandwidth: 400}
usual: {verify_skill: database}
"""
FEW = ["--runs", "300"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "agency.yaml").write_text(AGENCY)
    (tmp_path / "forecast.yaml").write_text(PLAN)
    return tmp_path


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            ["Chance that all 2 tier-1 systems are back within 24 h", "computed, not measured",
             "the plan on paper says", "What would raise it", "a deputy for giam-doc",
             "prior, not data", "inputs are priors", "waiting for giam-doc", "seed 1"],
        ),
        (
            "vi",
            ["Khả năng cả 2 hệ thống nhóm 1 trở lại trong 24 giờ", "tính toán, không phải đo",
             "Điều gì làm tăng khả năng", "giả định, không phải số liệu", "giam-doc"],
        ),
    ],
)  # fmt: skip
def test_the_chance_and_what_it_rests_on(
    folder: Path, lang: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--lang", lang, "forecast", *FEW]) == 0
    said = " ".join(capsys.readouterr().out.split())

    assert [word for word in words if word not in said] == [], said
    assert "  " not in said
    assert folder


def test_json_has_everything_and_the_same_seed_repeats_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = []
    for _ in range(2):
        assert run(["forecast", "run", *FEW, "--json", "--seed", "9", "--no-keep"]) == 0
        found.append(json.loads(capsys.readouterr().out))
    for each in found:
        each.pop("made_at")

    assert found[0] == found[1]
    assert found[0]["schema"] == "cdso/forecast-result-v1"
    assert found[0]["kind"] == "computed"
    assert found[0]["seed"] == 9
    assert set(found[0]["inputs"]) == {"agency.yaml", "forecast.yaml"}
    assert any(each["basis"] == "prior" for each in found[0]["assumptions"])
    assert not (folder / "history").exists()


def test_without_a_plan_it_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "forecast.yaml").unlink()

    assert run(["--lang", "en", "forecast", *FEW, "--no-what-if"]) == 0
    said = capsys.readouterr().out
    assert "There is no forecast.yaml" in said
    assert "What would raise it" not in said


@pytest.mark.parametrize(("least", "code"), [("0", 0), ("100", 1)])
def test_a_gate(folder: Path, least: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert folder
    assert run(["--lang", "en", "forecast", *FEW, "--no-what-if", "--fail-under", least]) == code
    assert ("less than the 100 % asked for" in capsys.readouterr().err) is (code == 1)


def test_mistakes_in_the_plan_end_with_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "forecast.yaml").write_text(
        PLAN.replace("verify_skill: database", "verify_skill: db")
    )

    assert run(["--lang", "en", "forecast", *FEW]) == 2
    assert "forecast.yaml:9:23: nobody has the skill db" in capsys.readouterr().err
    assert not (folder / FILE).exists()


def test_without_numpy_the_way_out_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cdso_audit.cli.forecast.find_spec", lambda _: None)

    assert run(["--lang", "en", "forecast"]) == 2
    said = capsys.readouterr().err
    assert "needs numpy" in said
    assert 'pip install "cdso-audit[forecast]"' in said
    assert folder


def test_help_does_not_load_numpy(capsys: pytest.CaptureFixture[str]) -> None:
    import subprocess

    code = (
        "import sys; from cdso_audit.cli import run; run(['--help']); run(['forecast', '--help']);"
        "sys.exit('numpy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert capsys


# ---------------------------------------------------------------------------------------------
# History
# ---------------------------------------------------------------------------------------------


def test_forecasts_are_kept_one_after_the_other(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in ("1", "2", "3"):
        assert run(["forecast", *FEW, "--no-what-if", "--seed", seed]) == 0
    capsys.readouterr()

    assert [each.seed for each in kept(folder)] == [1, 2, 3]
    assert (folder / FILE).stat().st_mode & 0o777 == 0o600
    assert run(["--lang", "en", "forecast", "list"]) == 0
    assert capsys.readouterr().out.count("inputs are priors") == 3


@pytest.mark.parametrize("fault", ["edited", "taken out", "swapped", "cut", "no json"])
def test_a_history_that_was_changed_is_refused(
    folder: Path, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in ("1", "2", "3"):
        assert run(["forecast", *FEW, "--no-what-if", "--seed", seed]) == 0
    path = folder / FILE
    lines = path.read_bytes().splitlines(keepends=True)
    match fault:
        case "edited":
            lines[1] = lines[1].replace(b'"seed":2', b'"seed":7')
        case "taken out":
            del lines[1]
        case "swapped":
            lines[0], lines[1] = lines[1], lines[0]
        case "cut":
            lines[2] = lines[2][:-9]
        case _:
            lines[1] = b"{\n"
    path.write_bytes(b"".join(lines))
    before = path.read_bytes()

    assert run(["forecast", "list"]) == 5
    assert run(["forecast", *FEW, "--no-what-if"]) == 5
    assert path.read_bytes() == before
    assert "forecasts.jsonl" in capsys.readouterr().err


def test_drills_score_the_forecasts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["forecast", *FEW, "--no-what-if"]) == 0
    drills = folder / "drills.jsonl"
    drills.write_text(
        '{"system": "ad", "held_at": "2999-01-01T00:00:00Z", "took": "PT10H", "level": 4}\n'
        '{"system": "dvc", "held_at": "1999-01-01T00:00:00Z", "took": "PT10H", "level": 5}\n'
    )
    capsys.readouterr()

    assert run(["--lang", "en", "forecast", "score", "--drills", str(drills)]) == 0
    said = capsys.readouterr().out
    assert "2999-01-01  ad:" in said
    assert "took 10 h of 24 h: in time" in said
    assert "no forecast was made before dvc 1999-01-01" in said
    assert "Brier score" in said


@pytest.mark.parametrize(
    ("line", "said", "code"),
    [
        ('{"system": "ad", "held_at": "2999-01-01T00:00:00Z", "took": "PT9H", "level": 3}',
         "drills.jsonl:1: this is no measured drill: level", 2),
        ("{", "drills.jsonl:1", 2),
        ('{"system": "ad", "held_at": "1999-01-01T00:00:00Z", "took": "PT9H", "level": 4}',
         "Nothing was scored", 3),
    ],
)  # fmt: skip
def test_what_is_no_measured_drill_scores_nothing(
    folder: Path, line: str, said: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "drills.jsonl").write_text(line + "\n")

    assert run(["--lang", "en", "forecast", "score", "--drills", "drills.jsonl"]) == code
    assert said in capsys.readouterr().err


def test_without_a_file_the_journal_scores(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Measured entries of a journal beside the inventory; one that is broken is said."""
    assert run(["--lang", "en", "forecast", "score"]) == 3
    assert "Nothing was scored" in capsys.readouterr().err
    (folder / "drills").mkdir()
    (folder / "drills" / "journal.sqlite").write_bytes(b"no journal")

    assert run(["--lang", "en", "forecast", "score"]) == 3
    assert "counts for nothing" in capsys.readouterr().err
    assert run(["--lang", "en", "forecast", *FEW, "--no-what-if"]) == 0
    assert "counts for nothing" in capsys.readouterr().err
