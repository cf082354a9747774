"""`rules checklist`: the form, its cells, and what comes back from it."""

import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.cli.test_attest import INVENTORY, REVIEW, attest, scanned, status

from cdso_audit.checklist import COLUMNS, Form, Row
from cdso_audit.cli import run
from cdso_audit.store.workbook import workbook


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "agency.yaml").write_text(INVENTORY)
    (tmp_path / "attestations" / "documents").mkdir(parents=True)
    (tmp_path / "attestations" / "documents" / "minutes.pdf").write_bytes(b"minutes")
    return tmp_path


def fill(folder: Path, **cells: Any) -> None:
    """The form with these cells of the row of REVIEW filled in, as `back.xlsx`."""
    if not (folder / "form.xlsx").exists():
        args = ["rules", "checklist", "--system", "dvc", "--format", "xlsx", "-o", "form.xlsx"]
        assert run(args) == 0
    book = openpyxl.load_workbook(folder / "form.xlsx")
    sheet = book["form"]
    row = row_of(sheet)
    for name, value in cells.items():
        sheet.cell(row=row, column=COLUMNS.index(name) + 1).value = value
    book.save(folder / "back.xlsx")


def row_of(sheet: Any) -> int:
    return next(int(cell.row) for cell in sheet["A"] if cell.value == REVIEW)


GOOD: dict[str, Any] = {
    "answer": "Có",
    "document": "attestations/documents/minutes.pdf",
    "by": "Nguyễn Văn An",
    "on": "2026-03-10",
}


def files(folder: Path) -> list[Path]:
    return sorted((folder / "attestations").glob("*.yaml"))


@pytest.mark.parametrize("on", ["2026-03-10", "10/03/2026", datetime(2026, 3, 10)])  # noqa: DTZ001
def test_a_filled_form_becomes_attestations_that_count(
    folder: Path, on: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(folder, **{**GOOD, "on": on})
    capsys.readouterr()

    assert run(["rules", "checklist", "--read", "back.xlsx", "--no-input"]) == 0
    assert f"+- requirement: {REVIEW}" in capsys.readouterr().out
    assert "on': '2026-03-10'" in files(folder)[0].read_text()
    assert status(scanned(folder)) == "met"


def test_reading_it_again_adds_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(folder, **GOOD)
    for _ in range(2):
        assert run(["rules", "checklist", "--read", "back.xlsx", "--no-input"]) == 0

    assert len(files(folder)) == 1
    assert "Nothing new" in capsys.readouterr().err


def test_what_is_attested_is_not_asked_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = ["rules", "checklist", "--system", "dvc"]
    run(args)
    assert REVIEW in capsys.readouterr().out
    assert attest() == 0
    capsys.readouterr()
    run(args)
    assert REVIEW not in capsys.readouterr().out
    assert files(folder)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"answer": "maybe"}, "the answer is none of"),
        ({"answer": "không áp dụng"}, "applies to every system"),
        ({"document": None}, "the cell H{row} is empty"),
        ({"document": "nowhere.pdf"}, "cannot read the document nowhere.pdf"),
        ({"document": "../x.pdf"}, "must lie in the folder"),
        ({"by": None}, "the cell I{row} is empty"),
        ({"by": "=cmd|' /C calc'!A0"}, "the cell I{row} holds a formula"),
        ({"on": "tomorrow"}, "tomorrow is no day"),
        ({"valid_until": "2026-01-01"}, "before the day on which it was signed"),
        ({"requirement": "tcvn-14423-2026.risk.proces-review"}, "has no requirement"),
    ],
)
def test_a_mistake_names_its_row_and_nothing_is_written(
    folder: Path, cells: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(folder, **{**GOOD, **cells})
    row = row_of(openpyxl.load_workbook(folder / "form.xlsx")["form"])
    capsys.readouterr()

    assert run(["rules", "checklist", "--read", "back.xlsx", "--no-input"]) == 2
    told = capsys.readouterr().err
    assert f"back.xlsx:{row}" in told
    assert said.format(row=row) in told
    assert not files(folder)


def test_no_is_left_open(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(folder, answer="Không")

    assert run(["rules", "checklist", "--read", "back.xlsx", "--no-input"]) == 0
    assert REVIEW in capsys.readouterr().err
    assert not files(folder)


def test_no_cell_of_the_form_is_a_formula(tmp_path: Path) -> None:
    nasty = Row("id", "1", "=1+1", '=HYPERLINK("http://x")', "+cmd|' /C calc'!A0\x07")
    form = Form("vn-2026", 3, "dvc", "en", (("@SUM(A1)", (nasty,)),))
    (tmp_path / "x.xlsx").write_bytes(workbook(form, "=title"))
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["form"]

    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type in ("s", "n"), cell.coordinate
    with zipfile.ZipFile(tmp_path / "x.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert sheet["C4"].value == "=1+1"
    assert sheet["C4"].quotePrefix


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_markdown_has_chapters_in_the_language(
    folder: Path, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--lang", lang, "rules", "checklist", "--level", "2"]) == 0
    said = capsys.readouterr().out

    assert ("## Quản lý rủi ro an ninh mạng" if lang == "vi" else "## Risk management") in said
    widths = {line.replace("\\|", "").count("|") for line in said.splitlines() if line[:1] == "|"}
    assert len(widths) == 1
    assert folder


def test_a_form_that_is_there_is_not_overwritten(folder: Path) -> None:
    fill(folder)
    args = ["rules", "checklist", "--system", "dvc", "--format", "xlsx"]

    assert run([*args, "-o", "form.xlsx"]) == 2
    assert run(args) == 2


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nonsense", b"a,b\n"])
def test_what_is_no_workbook_is_refused(
    folder: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "x.xlsx").write_bytes(content)

    assert run(["rules", "checklist", "--read", "x.xlsx", "--system", "dvc"]) == 2
    assert "is no XLSX file" in capsys.readouterr().err


def test_a_workbook_of_somebody_else_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    openpyxl.Workbook().save(folder / "x.xlsx")

    assert run(["rules", "checklist", "--read", "x.xlsx", "--system", "dvc"]) == 2
    assert "no form of this version" in capsys.readouterr().err


def test_without_openpyxl_the_way_out_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)  # what Python does for one not installed
    args = ["rules", "checklist", "--system", "dvc", "--format", "xlsx", "-o", "form.xlsx"]

    assert run(args) == 4
    assert "cdso-audit[xlsx]" in capsys.readouterr().err
    assert not (folder / "form.xlsx").exists()
