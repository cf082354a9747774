"""The form as an XLSX workbook. No cell of it is ever a formula, whatever the rules say."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from cdso_audit.checklist import COLUMNS, FILLED, VERSION, Filled, Form, heading
from cdso_audit.errors import CdsoError, UsageError
from cdso_audit.store.files import read

if TYPE_CHECKING:
    from types import ModuleType

    from openpyxl.worksheet.worksheet import Worksheet

#: 64 MiB once unpacked, and more rows than any rulebook has: a hostile file costs no more.
LARGEST = 64 << 20
MOST_ROWS = 5000

_FORM, _ABOUT = "form", "cdso"
_WIDTH = {"requirement": 30, "clause": 14, "title": 30, "text": 60, "papers": 40, "statement": 40}


def _openpyxl() -> "ModuleType":
    try:
        import openpyxl  # noqa: PLC0415 - an extra
    except ImportError as problem:
        raise CdsoError(
            "XLSX needs openpyxl, which is not installed",
            hint="pip install 'cdso-audit[xlsx]', or take --format md",
        ) from problem
    return openpyxl


def workbook(given: Form, title: str) -> bytes:
    """The form as bytes of an XLSX file."""
    library = _openpyxl()
    book = library.Workbook()
    sheet = book.active
    sheet.title = _FORM
    _put(sheet, 1, 1, title, bold=True)
    for at, name in enumerate(COLUMNS, start=1):
        _put(sheet, 2, at, heading(name, given.lang), bold=True)
        sheet.column_dimensions[library.utils.get_column_letter(at)].width = _WIDTH.get(name, 24)
    number = 2
    for chapter, rows in given.chapters:
        number += 1
        _put(sheet, number, 1, chapter, bold=True)
        for row in rows:
            number += 1
            for at, name in enumerate(COLUMNS, start=1):
                _put(sheet, number, at, getattr(row, name, ""), fill=name in FILLED)
    sheet.freeze_panes = "D3"
    about = book.create_sheet(_ABOUT)
    facts = (VERSION, given.rulebook, given.system, str(given.level), ",".join(COLUMNS))
    for at, fact in enumerate(facts, start=1):
        _put(about, at, 1, fact)
    about.sheet_state = "hidden"
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def _put(
    sheet: "Worksheet", row: int, column: int, text: str, *, bold: bool = False, fill: bool = False
) -> None:
    """A cell that is text, even where it begins as a formula does."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415

    cell = sheet.cell(row=row, column=column)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text) or None
    if cell.value is not None:
        cell.data_type = "s"
        cell.quotePrefix = text[:1] in "=+-@"
    cell.font = Font(bold=bold)
    cell.alignment = Alignment(wrap_text=row > 1, vertical="top")
    if fill:
        cell.fill = PatternFill("solid", fgColor="FFF8DC")


def filled(path: Path) -> tuple[str, list[Filled]]:
    """The system that a filled form is for, and its rows; raises UsageError."""
    library = _openpyxl()
    data = read(path)
    try:
        with ZipFile(BytesIO(data)) as archive:
            size = sum(each.file_size for each in archive.infolist())
        if size > LARGEST:
            raise UsageError(
                "{path} is larger than {limit} MiB once unpacked",
                values={"path": path, "limit": LARGEST >> 20},
            )
        book = library.load_workbook(BytesIO(data), read_only=False, data_only=False)
    except (BadZipFile, KeyError, ValueError, OSError) as problem:
        raise UsageError(
            "{path} is no XLSX file",
            hint="give back the file that `rules checklist --format xlsx` wrote, saved as .xlsx",
            values={"path": path},
        ) from problem
    if _FORM not in book.sheetnames or _ABOUT not in book.sheetnames:
        raise _foreign(path)
    facts = [str(each[0] or "") for each in book[_ABOUT].iter_rows(max_row=5, values_only=True)]
    if len(facts) < len(("version", "rulebook", "system", "level", "columns")):
        raise _foreign(path)
    if facts[0] != VERSION or facts[4] != ",".join(COLUMNS):
        raise _foreign(path)
    return facts[2], _rows(book[_FORM])


def _foreign(path: Path) -> UsageError:
    return UsageError(
        "{path} is no form of this version",
        hint="write a new one with `cdso-audit rules checklist --format xlsx`",
        values={"path": path},
    )


def _rows(sheet: Any) -> list[Filled]:
    found = []
    given = sheet.iter_rows(min_row=3, max_row=MOST_ROWS, max_col=len(COLUMNS), values_only=True)
    for number, values in enumerate(given, start=3):
        cells = dict(zip(COLUMNS, values, strict=False))
        if any(value is not None for value in values[1:]):  # a chapter has one cell only
            found.append(Filled(number, cells))
    return found
