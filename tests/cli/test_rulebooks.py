"""Several rulebooks and the owner's values from the command line to the exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

from cdso_audit.cli import run

INVENTORY = """\
apiVersion: cdso/agency-v1
agency: {{id: example}}
{defaults}
systems:
  - id: old
    level: 3
    approved: {{on: 2025-03-10, under: decree-85-2016}}
    assets: [{{id: web, host: no-such-host.invalid, access: {{ssh: {{timeout: 2}}}}}}]
    {more}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path)
    return tmp_path


def write(folder: Path, defaults: str = "", more: str = "") -> None:
    (folder / "agency.yaml").write_text(INVENTORY.format(defaults=defaults, more=more))


def scanned(*more: str) -> dict[str, Any]:
    """The result of a scan; the host cannot be reached."""
    assert run(["scan", "-q", "-o", "out", "--format", "json", *more]) == 3
    found: dict[str, Any] = json.loads(Path("out/latest/result.json").read_text())
    return found


def books(result: dict[str, Any]) -> tuple[str, list[str]]:
    (system,) = result["systems"]
    return system["rulebook"] or result["rulebook"]["id"], [
        each["rulebook"] for each in system["beside"]
    ]


@pytest.mark.usefixtures("folder")
def test_without_a_choice_the_approval_decides() -> None:
    assert books(scanned()) == ("vn-legacy", ["vn-2026"])


def test_the_inventory_chooses_one_or_several(folder: Path) -> None:
    write(folder, "defaults: {rulebook: vn-2026}")
    assert books(scanned()) == ("vn-2026", [])
    write(folder, "defaults: {rulebook: [ransomware-6, linux-baseline]}")
    assert books(scanned()) == ("ransomware-6", ["linux-baseline"])


def test_the_command_line_beats_the_inventory(folder: Path) -> None:
    write(folder, "defaults: {rulebook: vn-2026}")
    found = scanned("--rulebook", "vn-legacy", "--rulebook", "ransomware-6")
    assert books(found) == ("vn-legacy", ["ransomware-6"])


@pytest.mark.parametrize(
    ("setting", "wanted"),
    [
        ('rulebook = "ransomware-6"', ("ransomware-6", [])),
        ('[scan]\nrulebook = ["vn-2026", "ransomware-6"]', ("vn-2026", ["ransomware-6"])),
    ],
)
def test_the_settings_choose_one_or_several(
    folder: Path, setting: str, wanted: tuple[str, list[str]]
) -> None:
    (folder / "cdso-audit.toml").write_text(setting + "\n")
    assert books(scanned()) == wanted


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["CDSO_AUDIT_RULEBOOK", "CDSO_AUDIT_RULEBOOKS"])
def test_the_environment_chooses_one_or_several(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "vn-2026 ransomware-6")
    assert books(scanned()) == ("vn-2026", ["ransomware-6"])


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "more", [(), ("--rulebook", "vn-2026"), ("--rulebook", "qcvn-12-2026", "--rulebook", "vn-2026")]
)
def test_the_result_recomputes_from_its_evidence(
    more: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    scanned(*more)
    assert run(["verify", "out/latest/bundle.zip"]) == 0
    assert "byte for byte" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_evidence_is_judged_anew_by_other_rules() -> None:
    scanned("--rulebook", "vn-2026")
    run(["evaluate", "out/latest/bundle.zip", "--rulebook", "ransomware-6", "-q", "-o", "again",
         "--format", "json"])  # fmt: skip
    (path,) = Path("again").glob("*-evaluated/result.json")
    assert books(json.loads(path.read_text())) == ("ransomware-6", [])


@pytest.mark.usefixtures("folder")
def test_an_unknown_rulebook_ends_with_2_and_names_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "-q", "--rulebook", "vn-2026", "--rulebook", "vn-2025"]) == 2
    assert "linux-baseline, qcvn-12-2026, ransomware-6, vn-2026, vn-legacy" in (
        capsys.readouterr().err.replace("\n", " ")
    )


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ("{pasword-length: {min_length: 12}}", "password-length"),
        ("{password-length: {length: 12}}", "min_length"),
        ("{ssh-root-login: {max_days: 1}}", "allowed"),
        ("{ssh-banner: {max_days: 1}}", "it has none"),
    ],
)
def test_a_parameter_that_does_not_exist_ends_with_2(
    folder: Path, parameters: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, more=f"parameters: {parameters}")
    assert run(["scan", "-q", "--plan"]) == 2
    assert says in capsys.readouterr().err


def test_a_value_below_the_clause_fails_the_requirement_and_is_told(folder: Path) -> None:
    write(folder, more="parameters: {log-retention: {min_days: 30}}")
    (system,) = scanned("--rulebook", "vn-2026")["systems"]
    (status,) = (
        each
        for each in system["requirements"]
        if each["id"] == "tcvn-14423-2026.security-logs.retention"
    )
    assert status["technical"] == "not-met"
    assert "looser than the rule (90)" in status["note"]["en"]


def test_attestations_of_another_regime_are_no_mistake(folder: Path) -> None:
    (folder / "attestations" / "documents").mkdir(parents=True)
    document = folder / "attestations" / "documents" / "rule.pdf"
    document.write_bytes(b"rule")
    assert run(
        ["attest", "tcvn-11930.management.policy.content", "--system", "old", "--statement", "s",
         "--document", str(document), "--by", "An", "--no-input"]
    ) == 0  # fmt: skip
    (system,) = scanned()["systems"]
    met = [each["id"] for each in system["requirements"] if each["status"] == "met"]
    assert met == ["tcvn-11930.management.policy.content"]
    assert books(scanned("--rulebook", "vn-2026")) == ("vn-2026", [])


@pytest.mark.usefixtures("folder")
def test_the_form_lists_what_governs_the_system(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "checklist", "--system", "old"]) == 0
    text = capsys.readouterr().out
    assert "tcvn-11930.management.policy.content" in text
    assert "tcvn-14423-2026" not in text


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("which", [("--system", "old"), ("--level", "3")])
def test_the_form_of_another_rulebook(
    which: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rules", "checklist", *which, "--rulebook", "ransomware-6"]) == 0
    text = capsys.readouterr().out
    assert "mic-6-solutions-2024.backup.offline-copy" in text
    assert "tcvn-" not in text


@pytest.mark.parametrize(
    "name", ["linux-baseline", "qcvn-12-2026", "ransomware-6", "vn-2026", "vn-legacy"]
)
def test_every_rulebook_can_be_listed_shown_and_covered(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rules", "list", "--rulebook", name, "--json"]) == 0
    first = json.loads(capsys.readouterr().out)[0]["id"]
    assert run(["rules", "show", "--rulebook", name, first]) == 0
    assert first in capsys.readouterr().out
    assert run(["rules", "coverage", "--rulebook", name, "--level", "1", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert rows
    assert all(row["checks"] or row["document"] or row["drills"] for row in rows)
