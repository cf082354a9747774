"""`checks confirm`: who held an experimental check against the real thing, and where that shows."""

import json
from datetime import date
from pathlib import Path

import pytest

from cdso_audit.assessment import check_info
from cdso_audit.cli import run
from cdso_audit.confirming import (
    Confirmation,
    confirmed,
    experimental,
    parse_confirmations,
    with_one_more,
)
from cdso_audit.errors import ConfigError
from cdso_audit.plugins import installed_checks

NAME = "windows-firewall"
GIVEN = ["--by", "Trần Văn B, Sở TTTT", "--where", "Windows Server 2022", "--on", "2026-11-20"]
INVENTORY = "apiVersion: cdso/agency-v1\nagency: {id: example}\nsystems: []\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "agency.yaml").write_text(INVENTORY)
    return tmp_path


def confirm(folder: Path, *more: str) -> int:
    return run(["checks", "confirm", *more, "-i", str(folder / "agency.yaml"), "--no-input"])


def test_what_is_confirmed_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inventory = ["-i", str(folder / "agency.yaml")]
    run(["--lang", "en", "checks", "show", NAME, *inventory])
    assert "experimental: not yet confirmed" in capsys.readouterr().out

    assert confirm(folder, NAME, *GIVEN, "--note", "netsh compared") == 0
    capsys.readouterr()
    run(["--lang", "en", "checks", "show", NAME, *inventory])
    shown = " ".join(capsys.readouterr().out.split())
    assert "confirmed by Trần Văn B, Sở TTTT, 2026-11-20, on Windows Server 2022" in shown
    assert "experimental" not in shown.replace("Experimental", "")

    run(["--lang", "en", "checks", "list", NAME, *inventory])
    assert "[confirmed]" in capsys.readouterr().out
    run(["checks", "list", NAME, "--json", *inventory])
    told = json.loads(capsys.readouterr().out)[0]
    assert told["confirmed"][0]["where"] == "Windows Server 2022"


def test_comments_of_the_owner_stay(folder: Path) -> None:
    path = folder / "confirmations.yaml"
    path.write_text(
        "# ours\napiVersion: cdso/confirmation-v1\nconfirmations:\n"
        "  - {check: windows-laps, by: A, where: W, on: 2026-01-01}  # seen\n"
    )

    assert confirm(folder, NAME, *GIVEN) == 0
    assert confirm(folder, NAME, *GIVEN) == 0

    text = path.read_text()
    assert "# ours" in text
    assert "# seen" in text
    held = parse_confirmations(text, "x", experimental(installed_checks()))
    assert [each.check for each in held] == ["windows-laps", NAME]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["windows-firewal", *GIVEN], "did you mean windows-firewall?"),
        (["ssh-root-login", *GIVEN], "is not experimental"),
        ([NAME, "--by", "A"], "--where is missing"),
        ([NAME, "--by", "A", "--where", "W", "--on", "2999-01-01"], "has not come yet"),
    ],
)
def test_what_cannot_be_confirmed(
    folder: Path, given: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert confirm(folder, *given) == 2
    assert says in capsys.readouterr().err
    assert not (folder / "confirmations.yaml").exists()


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("{check: windows-firewal, by: A, where: W, on: 2026-01-01}", "3:13: there is no check"),
        ("{check: ssh-banner, by: A, where: W, on: 2026-01-01}", "is not experimental"),
        ("{check: windows-laps, by: A, where: W, on: 2026-12-01}", "has not come yet"),
        ("{check: windows-laps, by: ' ', where: W, on: 2026-01-01}", "by"),
        ("{check: windows-laps, who: A, where: W, on: 2026-01-01}", "who"),
        ("{check: windows-laps, by: A, on: 2026-01-01}", "where"),
    ],
)
def test_the_file_is_held_against_its_schema(entry: str, says: str) -> None:
    text = f"apiVersion: cdso/confirmation-v1\nconfirmations:\n  - {entry}\n"
    with pytest.raises(ConfigError) as caught:
        parse_confirmations(
            text, "confirmations.yaml", experimental(installed_checks()), date(2026, 11, 21)
        )

    assert says in str(caught.value)


def test_a_report_says_who_confirmed(folder: Path) -> None:
    """The owner's word goes into the bundle, and comes out of it again."""
    (folder / "agency.yaml").write_text(
        "apiVersion: cdso/agency-v1\nagency: {id: example}\nsystems:\n"
        "  - id: s\n    level: 1\n    assets: [{id: fw, device: cisco-ios, config: fw.txt}]\n"
    )
    (folder / "fw.txt").write_text("version 15.2\nhostname fw\n!\nend\n")
    assert confirm(folder, "device-banner", *GIVEN) == 0
    out = folder / "out"
    run(["scan", "-i", str(folder / "agency.yaml"), "-o", str(out), "-q"])

    result = json.loads((out / "latest/result.json").read_text())
    told = {each["id"]: each for each in result["checks"]}
    assert told["device-banner"]["confirmed"][0]["by"] == "Trần Văn B, Sở TTTT"
    assert "xác nhận bởi Trần Văn B" in (out / "latest/report.html").read_text()
    assert run(["verify", str(out / "latest/bundle.zip")]) == 0


def test_the_projects_own_and_the_owners_stand_together() -> None:
    one = Confirmation(check=NAME, by="A", where="W", on=date(2026, 1, 1))
    two = Confirmation(check=NAME, by="B", where="W", on=date(2026, 2, 1))
    checks = confirmed(confirmed(installed_checks(), [one]), [two, one])

    assert check_info(checks[NAME]).confirmed == (one, two)


def test_a_new_file_reads_back() -> None:
    one = Confirmation(check=NAME, by="A: B", where="W # 1", on=date(2026, 1, 1), note="x")
    text = with_one_more(with_one_more("", one), one)

    assert parse_confirmations(text, "x", {NAME: True}) == (one, one)
