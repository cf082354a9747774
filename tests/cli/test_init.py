"""`init` writes an inventory that parses, for its owner alone, and never over another file."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from cdso_audit.cli import run
from cdso_audit.inventory import parse_agency
from cdso_audit.profiles import PROFILES

DATA = Path(__file__).parent.parent / "data" / "inventory"


def test_a_template_to_fill_in(tmp_path: Path) -> None:
    assert run(["init", str(tmp_path), "--no-input", "--name", "Sở Y tế"]) == 0

    path = tmp_path / "agency.yaml"
    agency = parse_agency(path.read_bytes())
    assert (agency.agency.id, agency.agency.name) == ("so-y-te", "Sở Y tế")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "cdso-audit-out/" in (tmp_path / ".gitignore").read_text()


@pytest.mark.parametrize("name", ["nmap.xml", "hosts-vi.csv", "hosts.ini", "hosts.yml"])
def test_from_a_file(tmp_path: Path, name: str) -> None:
    assert run(["init", str(tmp_path), "--from", str(DATA / name)]) == 0

    agency = parse_agency((tmp_path / "agency.yaml").read_bytes())
    assert sum(len(each.assets) for each in agency.systems) >= 2


def test_comments_are_in_the_persons_language(tmp_path: Path) -> None:
    assert run(["--lang", "vi", "init", str(tmp_path), "--no-input"]) == 0

    assert "Không bao giờ viết mật khẩu ở đây" in (tmp_path / "agency.yaml").read_text("utf-8")


def test_nothing_is_ever_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "agency.yaml").write_text("mine")
    (tmp_path / ".gitignore").write_text("mine")

    assert run(["init", str(tmp_path), "--no-input"]) == 2

    assert (tmp_path / "agency.yaml").read_text() == "mine"
    assert (tmp_path / ".gitignore").read_text() == "mine"
    assert "never overwritten" in capsys.readouterr().err


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "agency.yaml").symlink_to(tmp_path / "elsewhere")

    assert run(["init", str(tmp_path), "--no-input"]) == 2
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path), "--from", str(tmp_path / "no.csv")]) == 2

    assert "no.csv" in capsys.readouterr().err
    assert not (tmp_path / "agency.yaml").exists()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_wizard_asks_and_asks_again(tmp_path: Path, lang: str) -> None:
    from cdso_audit.cli import group

    kind = list(PROFILES).index("public-service-portal") + 1
    answers = [
        "Sở Xây dựng", "Nguyễn Văn A", "", "Cổng dịch vụ công", str(kind), "",
        "10.0.0.1, -bad", "10.0.0.1, db1.example.vn", "https://dvc.example.vn", "dvc.example.vn",
        "",
    ]  # fmt: skip
    done = CliRunner().invoke(
        group, ["--lang", lang, "init", str(tmp_path)], input="\n".join(answers) + "\n"
    )

    assert done.exit_code == 0, done.output
    agency = parse_agency((tmp_path / "agency.yaml").read_bytes())
    system = agency.systems[0]
    assert (system.id, system.kind, system.level) == (
        "cong-dich-vu-cong", "public-service-portal", 3,
    )  # fmt: skip
    assert [each.type for each in system.assets] == ["host", "host", "endpoint", "domain"]
    assert agency.agency.owner == "Nguyễn Văn A"


def test_a_wizard_without_a_person_writes_nothing(tmp_path: Path) -> None:
    from cdso_audit.cli import group

    done = CliRunner().invoke(group, ["init", str(tmp_path)], input="")

    assert done.exit_code != 0
    assert not (tmp_path / "agency.yaml").exists()
