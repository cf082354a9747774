"""The command line as a person meets it: what it says, what it writes, how it ends."""

import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from cdso_audit.cli import COMMANDS, run
from cdso_audit.cli.options import gate
from cdso_audit.result import Result

NOT_REACHABLE = """\
apiVersion: cdso/agency-v1
agency: {id: example, name: "Cơ quan ví dụ"}
systems:
  - id: dvc
    name: Cổng dịch vụ công
    kind: public-service-portal
    level: 3
    assets:
      - {id: web, host: no-such-host.invalid, access: {ssh: {user: nobody, timeout: 2}}}
"""


@dataclass(frozen=True)
class Scanned:
    """One scan of this machine that the tests share."""

    code: int
    folder: Path
    out: str
    err: str

    @property
    def result(self) -> Result:
        return Result.model_validate_json((self.folder / "result.json").read_bytes())


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    folder = tmp_path_factory.mktemp("here")
    done = subprocess.run(
        [sys.executable, "-m", "cdso_audit", "--lang", "en", "scan", "-o", "out", "--format",
         "html,json,junit,sarif,csv,md"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Scanned(done.returncode, folder / "out" / "latest", done.stdout, done.stderr)


class TestHelp:
    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_explains_itself(
        self, name: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run([name, "--help"]) == 0
        assert "Usage: cdso-audit" in capsys.readouterr().out

    @pytest.mark.parametrize("lang", ["vi", "en"])
    def test_names_every_command(self, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["--lang", lang, "--help"]) == 0
        shown = capsys.readouterr().out

        assert all(f"  {name} " in shown for name in COMMANDS)

    def test_a_typing_error_is_answered_with_the_nearest_command(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["scna"]) == 2
        assert "scan" in capsys.readouterr().err


class TestScanOfThisMachine:
    def test_ends_with_0_without_a_gate(self, here: Scanned) -> None:
        assert here.code == 0, here.err

    def test_writes_everything_and_open_to_nobody_else(self, here: Scanned) -> None:
        names = {path.name for path in here.folder.iterdir()}

        assert names == {
            "bundle.zip", "findings.csv", "junit.xml", "report.html", "report.md",
            "report.sarif", "result.json",
        }  # fmt: skip
        assert {path.stat().st_mode & 0o777 for path in here.folder.iterdir()} == {0o600}

    def test_says_that_no_inventory_was_given(self, here: Scanned) -> None:
        assert here.result.this_machine_only
        assert "No inventory" in here.out

    def test_leaves_no_check_without_a_finding(self, here: Scanned) -> None:
        from cdso_audit.evaluate import Selection
        from cdso_audit.inventory import this_machine
        from cdso_audit.plugins import installed_checks

        asset = this_machine("x").systems[0].assets[0]
        applicable = {
            name for name, each in installed_checks().items() if Selection(each).applies_to(asset)
        }

        assert {each.check for each in here.result.findings} == applicable

    def test_nothing_unreadable_passes(self, here: Scanned) -> None:
        gaps = {each.fact for each in here.result.gaps}
        checks = {each.id: each.fact for each in here.result.checks}
        # Two requirements may ask one check with parameters of their own.
        passed, unknown = (
            {
                (each.check, each.subject, str(each.parameters))
                for each in here.result.findings
                if each.outcome == outcome
            }
            for outcome in ("pass", "unknown")
        )

        assert not passed & unknown
        assert all(fact for fact in gaps)
        assert checks

    def test_the_bundle_verifies(self, here: Scanned, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["verify", str(here.folder / "bundle.zip")]) == 0
        assert "byte for byte" in capsys.readouterr().out

    def test_the_same_bundle_gives_the_same_bytes(self, here: Scanned, tmp_path: Path) -> None:
        bundle = str(here.folder / "bundle.zip")

        assert run(["evaluate", bundle, "-o", str(tmp_path), "-q", "--format", "json"]) == 0
        again = next(tmp_path.glob("*/result.json"))
        assert again.read_bytes() == (here.folder / "result.json").read_bytes()

    def test_an_altered_bundle_ends_with_5(self, here: Scanned, tmp_path: Path) -> None:
        altered = tmp_path / "bundle.zip"
        with (
            zipfile.ZipFile(here.folder / "bundle.zip") as old,
            zipfile.ZipFile(altered, "w") as new,
        ):
            for name in old.namelist():
                data = old.read(name)
                if name == "result.json":
                    data = data.replace(b'"fail"', b'"pass"', 1)
                new.writestr(name, data)

        assert run(["verify", str(altered)]) == 5

    def test_renders_again_to_stdout(
        self, here: Scanned, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        result = str(here.folder / "result.json")

        assert run(["report", result, "--format", "json", "-o", "-"]) == 0
        assert capfdbinary.readouterr().out == (here.folder / "result.json").read_bytes()


class TestGates:
    @pytest.mark.parametrize(
        ("gates", "code"),
        [
            ({}, 0),
            ({"fail_on": "low"}, 1),
            ({"fail_under": 100}, 1),
            ({"fail_under": 0}, 0),
            ({"min_coverage": 100}, 3),
            ({"min_coverage": 0}, 0),
            ({"min_coverage": 100, "fail_on": "low"}, 3),
        ],
    )
    def test_the_order_of_the_gates(
        self, here: Scanned, gates: dict[str, object], code: int
    ) -> None:
        asked = {"fail_on": None, "fail_under": None, "min_coverage": None, "view": "technical"}

        assert gate(here.result, **(asked | gates))[0] == code  # type: ignore[arg-type]

    def test_nothing_reachable_ends_with_3_and_the_report_still_comes(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        inventory = tmp_path / "agency.yaml"
        inventory.write_text(NOT_REACHABLE, encoding="utf-8")

        code = run(["scan", "-i", str(inventory), "-o", str(tmp_path / "out")])

        assert code == 3
        assert "Nothing was assessed" in capsys.readouterr().err
        result = json.loads((tmp_path / "out/latest/result.json").read_bytes())
        assert {each["outcome"] for each in result["findings"]} == {"unknown"}
        assert {each["gap"] for each in result["findings"]} <= {
            "refused",
            "unreachable",
            "missing-tool",
            "undeclared",
        }
        assert (tmp_path / "out/latest/report.html").exists()


class TestMistakes:
    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["scan", "--asset", "nope"], "nope"),
            (["scan", "--system", "nope"], "nope"),
            (["scan", "--format", "pfd"], "pfd"),
            (["scan", "--rulebook", "vn-2025"], "vn-2025"),
            (["scan", "-i", "none.yaml"], "none.yaml"),
            (["explain", "ssh-rot-login"], "ssh-root-login"),
            (["checks", "show", "ssh-rot-login"], "ssh-root-login"),
            (["rules", "show", "pasword-length"], "password-length"),
            (["verify", __file__], "not a bundle"),
            (["report", __file__], "not a result"),
        ],
    )
    def test_end_with_2_and_say_what_to_do(
        self,
        arguments: list[str],
        told: str,
        capsys: pytest.CaptureFixture[str],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.chdir(tmp_path)

        assert run(arguments) == 2
        shown = capsys.readouterr()
        assert told in shown.err
        assert not shown.out
        assert not list(tmp_path.iterdir())


class TestPlan:
    def test_prints_every_question_and_contacts_nobody(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        inventory = tmp_path / "agency.yaml"
        inventory.write_text(NOT_REACHABLE, encoding="utf-8")

        assert run(["scan", "-i", str(inventory), "--plan"]) == 0
        shown = capsys.readouterr().out
        assert "/usr/sbin/sshd -T -C" in shown
        assert "[root]" in shown
        assert not (tmp_path / "cdso-audit-out").exists()

    def test_as_json(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        inventory = tmp_path / "agency.yaml"
        inventory.write_text(NOT_REACHABLE, encoding="utf-8")

        assert run(["scan", "-i", str(inventory), "--plan", "--format", "json"]) == 0
        plan = json.loads(capsys.readouterr().out)
        assert plan[0]["asset"] == "web"

    def test_makes_the_sudoers_drop_in(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["scan", "--plan", "--sudoers", "audit"]) == 0
        assert "audit ALL=(root) NOPASSWD: /usr/bin/timeout" in capsys.readouterr().out


class TestSettings:
    def test_a_file_sets_options_and_the_command_line_beats_it(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("cdso-audit.toml").write_text('[scan]\nasset = ["nobody"]\n')

        assert run(["scan", "--plan"]) == 2
        assert "nobody" in capsys.readouterr().err
        assert run(["--no-config", "scan", "--plan"]) == 0

    def test_the_environment_sets_options(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("CDSO_AUDIT_INVENTORY", "/nonexistent/agency.yaml")

        assert run(["scan", "--plan"]) == 2
        assert "/nonexistent/agency.yaml" in capsys.readouterr().err

    def test_an_unknown_setting_is_answered_with_the_nearest(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("cdso-audit.toml").write_text('fail-no = "high"\n')

        assert run(["scan", "--plan"]) == 2
        assert "fail-on" in capsys.readouterr().err
