"""`lists`: drafts from what was seen, confirmed by a person, and then they prove something."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cdso_audit.cli import run
from cdso_audit.lists import KINDS
from cdso_audit.model import VIETNAM

INVENTORY = """\
apiVersion: cdso/agency-v1
agency: {id: example, name: "Cơ quan ví dụ"}
systems:
  - id: dvc
    kind: public-service-portal
    level: 3
    assets: [{id: here, host: localhost, local: true}]
"""


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with agency.yaml and the bundle of one scan of this machine."""
    folder = tmp_path_factory.mktemp("lists")
    (folder / "agency.yaml").write_text(INVENTORY)
    run(["scan", "-i", str(folder / "agency.yaml"), "-o", str(folder / "out"), "-q"])
    assert run(["lists", "draft", "--from", str(_bundle(folder)), "-i", _inventory(folder)]) == 0
    return folder


def _inventory(folder: Path) -> str:
    return str(folder / "agency.yaml")


def _bundle(folder: Path) -> Path:
    return folder / "out" / "latest" / "bundle.zip"


def _result(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "out/latest/result.json").read_text())
    return found


def test_every_list_is_proposed_and_is_a_draft(
    scanned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {path.stem for path in (scanned / "lists").iterdir()} == set(KINDS)
    capsys.readouterr()
    assert run(["lists", "check", "--json", "-i", _inventory(scanned)]) == 0

    told = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert {row["state"] for row in told.values()} == {"draft"}
    assert told["accounts"]["rows"] >= 1


def test_a_second_draft_overwrites_nothing(scanned: Path) -> None:
    path = scanned / "lists" / "accounts.csv"
    before = path.read_bytes()

    assert (
        run(
            [
                "lists",
                "draft",
                "accounts",
                "--from",
                str(_bundle(scanned)),
                "-i",
                _inventory(scanned),
            ]
        )
        == 0
    )
    assert path.read_bytes() == before


def test_a_list_that_does_not_exist(scanned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lists", "draft", "acounts", "--from", str(_bundle(scanned))]) == 2
    assert "did you mean accounts?" in capsys.readouterr().err


def test_a_draft_proves_nothing_and_a_confirmed_list_does(scanned: Path) -> None:
    """The same accounts, first as a draft, then with a person's name and day at the top."""
    path = scanned / "lists" / "accounts.csv"
    scan = ["scan", "-i", _inventory(scanned), "-o", str(scanned / "out"), "-q"]

    run(scan)
    drafted = _outcomes(_result(scanned), "account-listed")
    text = path.read_text("utf-8-sig")
    text = text.replace("# confirmed_by: ", "# confirmed_by: Nguyễn Văn A")
    text = text.replace("# confirmed_on: ", f"# confirmed_on: {datetime.now(UTC):%d/%m/%Y}")
    path.write_text(text, "utf-8-sig")
    run(scan)
    result = _result(scanned)

    assert drafted == {"unknown"}
    assert _outcomes(result, "account-listed") == {"pass"}
    stands = [each for each in result["lists"] if each["name"] == "accounts"]  # type: ignore[attr-defined]
    assert stands[0]["state"] == "stands"
    assert run(["verify", str(_bundle(scanned))]) == 0

    path.write_text(re.sub(r"\n[^\n#]*root[^\n]*", "", text), "utf-8-sig")
    run(scan)
    assert _outcomes(_result(scanned), "account-listed") == {"fail"}


def test_lists_of_since_the_scan_are_held_against_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One scan; the list is confirmed afterwards, and no host is asked again."""
    (tmp_path / "agency.yaml").write_text(INVENTORY)
    run(["scan", "-i", _inventory(tmp_path), "-o", str(tmp_path / "out"), "-q"])
    bundle = str(_bundle(tmp_path))
    again = ["evaluate", bundle, "-o", str(tmp_path / "again"), "-q", "--format", "json"]
    capsys.readouterr()
    assert run([*again, "--lists", _inventory(tmp_path)]) == 2
    assert "there are no lists beside" in capsys.readouterr().err

    run(["lists", "draft", "accounts", "--from", bundle, "-i", _inventory(tmp_path)])
    path = tmp_path / "lists" / "accounts.csv"
    text = path.read_text("utf-8-sig").replace("# confirmed_by: ", "# confirmed_by: Nguyễn Văn A")
    on = f"# confirmed_on: {datetime.now(VIETNAM):%d/%m/%Y}"
    path.write_text(text.replace("# confirmed_on: ", on), "utf-8-sig")
    run([*again, "--lists", str(tmp_path)])
    [made] = (tmp_path / "again").glob("*-evaluated/result.json")
    result = json.loads(made.read_text())

    assert _outcomes(_result(tmp_path), "account-listed") == {"unknown"}
    assert _outcomes(result, "account-listed") == {"pass"}
    told = [each["en"] for each in result["notices"]]
    assert any("not as they were at the scan" in each and "accounts" in each for each in told)
    assert run(["verify", bundle, "--result", str(made), "--lists", str(tmp_path)]) == 0
    assert run(["verify", bundle, "--result", str(made)]) == 5


def _outcomes(result: dict[str, object], check: str) -> set[str]:
    return {each["outcome"] for each in result["findings"] if each["check"] == check}  # type: ignore[attr-defined]


def test_a_mistake_ends_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "agency.yaml").write_text(INVENTORY)
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists/zones.csv").write_text("zone;kind;networks\r\nDMZ;dmzz;10.1.2.0/24\r\n")

    assert run(["lists", "check", "-i", str(tmp_path / "agency.yaml")]) == 2
    assert "lists/zones.csv:2:2" in capsys.readouterr().err


def test_two_files_of_one_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "agency.yaml").write_text(INVENTORY)
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists/zones.csv").write_text("zone,kind,networks\n")
    (tmp_path / "lists/zones.yaml").write_text("apiVersion: cdso/list-v1\nlist: zones\nrows: []\n")

    assert run(["lists", "check", "-i", str(tmp_path / "agency.yaml")]) == 2
    assert "are the same list" in capsys.readouterr().err


def test_init_proposes_the_register_and_the_services(tmp_path: Path) -> None:
    data = Path(__file__).parent.parent / "data" / "inventory" / "nmap.xml"

    assert run(["init", str(tmp_path), "--from", str(data)]) == 0
    assert (tmp_path / "lists" / "assets.csv").is_file()
    assert run(["lists", "check", "-i", str(tmp_path / "agency.yaml")]) == 0


def test_a_rule_and_a_check_name_the_lists_that_they_compare_with(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for words in (
        ["rules", "show", "accounts-access.list-all"],
        ["checks", "show", "account-listed"],
    ):
        assert run(["--lang", "en", *words]) == 0
        out = capsys.readouterr().out
        assert any(
            "Compared with" in line and "lists/accounts" in line for line in out.splitlines()
        )
