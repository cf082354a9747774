"""
A list from its file: the same rows, whether YAML or a table. Every mistake is told at once, with
file, line and column, and the nearest word that would have been right.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import Any, Final

from pydantic import ValidationError

from cdso_audit import address, yamlfile
from cdso_audit.errors import ConfigError, ConfigErrors, InvalidValueError, Place
from cdso_audit.importing.hosts_csv import folded
from cdso_audit.language import translated
from cdso_audit.lists.columns import KINDS, Column, ListKind, shown_choices
from cdso_audit.model import Frozen, ListFile, Lists
from cdso_audit.yamlfile import Document

FOLDER: Final = "lists"
VERSION: Final = "cdso/list-v1"

#: More rows than any agency lists; a hostile file costs no more.
MOST_ROWS: Final = 50_000

#: The head of a list, in either form.
HEAD: Final = ("apiVersion", "list", "confirmed_by", "confirmed_on")

_YES: Final = frozenset({"yes", "y", "true", "x", "có", "co", "đúng", "1"})
_NO: Final = frozenset({"no", "n", "false", "không", "khong", "sai", "0"})


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one cell, and where. A list of YAML is its items; `quoted` is no formula."""

    text: str
    place: Place
    items: tuple[str, ...] | None = None
    quoted: bool = False


@dataclass(slots=True)
class _Sheet:
    """A list as it was written: its head, and rows of cells by the key of their column."""

    head: dict[str, Cell] = field(default_factory=dict)
    rows: list[tuple[Place, dict[str, Cell]]] = field(default_factory=list)
    problems: list[ConfigError] = field(default_factory=list)
    empty: list[ConfigError] = field(default_factory=list)
    """Cells that must be filled before somebody confirms the list; a draft may leave them."""


def kind_of_file(name: str) -> ListKind | None:
    """The kind that a file's name says: `lists/accounts.csv` → accounts; None for no list."""
    path = PurePosixPath(name.replace("\\", "/"))
    return KINDS.get(path.stem.replace("-", "_")) if path.suffix in SUFFIXES else None


SUFFIXES: Final = (".csv", ".yaml", ".yml")


def parse_list(
    data: bytes, file: str, assets: Sequence[str]
) -> tuple[ListFile, tuple[Frozen, ...]]:
    """
    The list in that file. `assets` are the ids of the inventory.

    Raises ConfigError, or ConfigErrors with everything that is wrong.
    """
    kind = kind_of_file(file)
    if kind is None:
        stem = PurePosixPath(file.replace("\\", "/")).stem
        near = yamlfile.nearest(stem, list(KINDS))
        raise ConfigError(
            "there is no list {name}",
            hint="did you mean {near}?" if near else "the lists are: {known}",
            values={"name": stem, "near": near, "known": ", ".join(KINDS)},
            place=Place(file),
        )
    sheet = _table(data, file, kind) if file.endswith(".csv") else _yaml(data, file, kind)
    known = dict.fromkeys(assets)
    rows = [row for place, cells in sheet.rows if (row := _row(kind, place, cells, sheet, known))]
    by, on = _confirmation(sheet)
    if by or on:
        sheet.problems += sheet.empty
    if sheet.problems:
        raise ConfigErrors(yamlfile.in_order(sheet.problems))
    return (
        ListFile(
            name=kind.name,
            file=file,
            rows=len(sheet.rows),
            incomplete=len({each.place for each in sheet.empty}),
            confirmed_by=by,
            confirmed_on=on,
        ),
        tuple(rows),
    )


def joined(found: Iterable[tuple[ListFile, tuple[Frozen, ...]]]) -> Lists:
    """All lists as checks see them."""
    files = sorted(found, key=lambda each: each[0].name)
    rows: dict[str, Any] = {head.name: rows for head, rows in files}
    return Lists(files=tuple(head for head, _ in files), **rows)


# ---------------------------------------------------------------------------------------------
# YAML
# ---------------------------------------------------------------------------------------------


def _yaml(data: bytes, file: str, kind: ListKind) -> _Sheet:
    document = yamlfile.parse(data, file)
    sheet = _Sheet()
    given = document.data
    if not isinstance(given, Mapping):
        raise ConfigError(
            "this is no list: it must begin with apiVersion, list, confirmed_by, rows",
            hint="`cdso-audit lists draft` writes one to start from",
            place=document.place(()),
        )
    _yaml_head(document, given, file, kind, sheet)
    rows = given.get("rows")
    if not isinstance(rows, list):
        sheet.problems.append(
            ConfigError(
                "the key {key} is missing", values={"key": "rows"}, place=document.place(())
            )
        )
        return sheet
    for at, row in enumerate(rows):
        place = document.place(("rows", at))
        if isinstance(row, Mapping):
            sheet.rows.append((place, _yaml_row(document, at, row, kind, sheet)))
        else:
            sheet.problems.append(ConfigError("a row is a block of keys and values", place=place))
    return sheet


def _yaml_head(
    document: Document, given: Mapping[str, Any], file: str, kind: ListKind, sheet: _Sheet
) -> None:
    for key, value in given.items():
        if key == "rows":
            continue
        if key not in HEAD:
            sheet.problems.append(
                _unknown(str(key), [*HEAD, "rows"], document.key_place((str(key),)))
            )
        else:
            sheet.head[key] = Cell("" if value is None else str(value), document.place((key,)))
    version = given.get("apiVersion")
    if version != VERSION:
        sheet.problems.append(
            ConfigError(
                "apiVersion must be {version}",
                values={"version": VERSION},
                place=document.place(("apiVersion",)),
            )
        )
    if given.get("list") not in (None, kind.name):
        sheet.problems.append(
            ConfigError(
                "the file is called {file} and says that it is the list {name}",
                hint="a list stands in the file of its name",
                values={"file": file, "name": str(given["list"])},
                place=document.place(("list",)),
            )
        )


def _yaml_row(
    document: Document, at: int, row: Mapping[str, Any], kind: ListKind, sheet: _Sheet
) -> dict[str, Cell]:
    cells = {}
    for key, value in row.items():
        here = ("rows", at, key)
        if key not in kind.keys:
            sheet.problems.append(_unknown(str(key), kind.keys, document.key_place(here)))
        elif value is not None:
            cells[str(key)] = _of_yaml(value, document.place(here))
    return cells


def _of_yaml(value: Any, place: Place) -> Cell:
    if isinstance(value, list):
        return Cell("; ".join(map(str, value)), place, tuple(map(str, value)))
    if isinstance(value, bool):
        return Cell("yes" if value else "no", place)
    return Cell(str(value), place)


def _unknown(name: str, known: Sequence[str], place: Place) -> ConfigError:
    near = yamlfile.nearest(name, known)
    return ConfigError(
        "unknown key {key}",
        hint="did you mean {near}?" if near else "known are: {known}",
        values={"key": name, "near": near, "known": ", ".join(known)},
        place=place,
    )


# ---------------------------------------------------------------------------------------------
# Tables
# ---------------------------------------------------------------------------------------------


def _table(data: bytes, file: str, kind: ListKind) -> _Sheet:
    text = yamlfile.decoded(data, file)
    sheet = _Sheet()
    delimiter = _delimiter(text)
    columns: list[str] | None = None
    try:
        for line, row in _numbered(text, delimiter):
            if not any(cell.strip() for cell in row):
                continue
            first = row[0].strip()
            if first.startswith("#"):
                _head_line(first, Place(file, line, 1), sheet)
            elif columns is None:
                columns = _columns(row, file, line, kind, sheet)
            elif len(sheet.rows) >= MOST_ROWS:
                raise ConfigError("the list has too many rows", place=Place(file, line))
            else:
                _table_row(row, columns, Place(file, line), sheet)
    except csv.Error as problem:
        raise ConfigError("the table is damaged", place=Place(file)) from problem
    if columns is None:
        sheet.problems.append(
            ConfigError(
                "the table has no headings",
                hint="the headings are: {known}",
                values={"known": ", ".join(kind.keys)},
                place=Place(file, 1, 1),
            )
        )
    return sheet


def _delimiter(text: str) -> str:
    """What parts the cells: in the first line that is no comment; Excel may say it (`sep=;`)."""
    lines = (line for line in text.splitlines() if line.strip())
    for line in lines:
        bare = line.strip().strip('"')
        if bare.lower().startswith("sep=") and len(bare) == len("sep=;"):
            return bare[-1]
        if not bare.startswith("#"):
            return max(";,\t|", key=re.sub(r'"[^"]*"', "", line).count)
    return ","


def _numbered(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    for row in reader:
        if row and not (line == 1 and row[0].lower().startswith("sep=")):
            yield line, row
        line = reader.line_num + 1


def _head_line(text: str, place: Place, sheet: _Sheet) -> None:
    """`# confirmed_by: Nguyễn Văn A`; any other comment is the owner's."""
    match = re.fullmatch(r"#+\s*([A-Za-z_]+)\s*:\s*(.*?)\s*", text)
    if match is None:
        return
    key, value = match[1], match[2]
    if key in HEAD:
        sheet.head[key] = Cell(value, place)
    elif yamlfile.nearest(key, HEAD):
        sheet.problems.append(_unknown(key, HEAD, place))


def _columns(row: Sequence[str], file: str, line: int, kind: ListKind, sheet: _Sheet) -> list[str]:
    """The key of each column, from its heading in either language; `` for an empty heading."""
    known: dict[str, str] = {}
    for each in kind.columns:
        for word in (each.key, each.heading, translated(each.heading, "vi")):
            known.setdefault(folded(word), each.key)
            known.setdefault(folded(word.partition("(")[0]), each.key)
    found = []
    for at, cell in enumerate(row, start=1):
        heading = cell.strip()
        key = known.get(folded(heading), "")
        place = Place(file, line, at)
        if heading and not key:
            sheet.problems.append(_unknown(heading, kind.keys, place))
        elif key and key in found:
            sheet.problems.append(
                ConfigError("the column {key} stands twice", values={"key": key}, place=place)
            )
        found.append(key)
    missing = [each.key for each in kind.columns if each.needed and each.key not in found]
    if missing:
        sheet.problems.append(
            ConfigError(
                "the column {key} is missing",
                values={"key": ", ".join(missing)},
                place=Place(file, line, 1),
            )
        )
    return found


def _table_row(row: Sequence[str], columns: Sequence[str], place: Place, sheet: _Sheet) -> None:
    cells = {}
    for at, text in enumerate(row, start=1):
        here = Place(place.file, place.line, at)
        clean = text.strip()
        if at > len(columns) or not columns[at - 1]:
            if clean:
                sheet.problems.append(
                    ConfigError(
                        "a cell outside the table: it has no heading",
                        hint="a text with the separator in it needs quotes around it",
                        place=here,
                    )
                )
            continue
        if clean:
            bare = unescaped(clean)
            cells[columns[at - 1]] = Cell(bare, here, quoted=bare != clean)
    sheet.rows.append((place, cells))


def unescaped(text: str) -> str:
    """Without the `'` that keeps a spreadsheet from taking the text for a formula."""
    return text[1:] if re.match(r"'[=+\-@\t]", text) else text


# ---------------------------------------------------------------------------------------------
# Cells → rows
# ---------------------------------------------------------------------------------------------


def _confirmation(sheet: _Sheet) -> tuple[str, date | None]:
    by, on = sheet.head.get("confirmed_by"), sheet.head.get("confirmed_on")
    name = by.text.strip() if by else ""
    day = None
    if on and on.text.strip():
        try:
            day = _day(on.text)
        except InvalidValueError as problem:
            sheet.problems.append(_refused(problem, on.place, "confirmed_on"))
    if bool(name) != bool(day) and not sheet.problems:
        place = (on or by or Cell("", Place(""))).place
        sheet.problems.append(
            ConfigError(
                "a confirmed list names both: confirmed_by and confirmed_on",
                hint="a draft has neither",
                place=place,
            )
        )
    return name, day


def _row(
    kind: ListKind,
    place: Place,
    cells: Mapping[str, Cell],
    sheet: _Sheet,
    assets: Collection[str],
) -> Frozen | None:
    """One row, or None when it cannot be one; the problems are told to the sheet."""
    before = len(sheet.problems) + len(sheet.empty)
    values: dict[str, Any] = {}
    for column in kind.columns:
        cell = cells.get(column.key)
        if cell is None:
            if column.needed:
                sheet.empty.append(
                    ConfigError("the cell {key} is empty", values={"key": column.key}, place=place)
                )
            continue
        if cell.text.lstrip().startswith("=") and not cell.quoted:
            sheet.problems.append(
                ConfigError(
                    "the cell {key} holds a formula",
                    hint="put its value there: paste it as values only",
                    values={"key": column.key},
                    place=cell.place,
                )
            )
            continue
        try:
            values[column.key] = _value(cell, column)
        except InvalidValueError as problem:
            sheet.problems.append(_refused(problem, cell.place, column.key))
            continue
        if column.asset:
            sheet.problems.extend(_strangers(values[column.key], column, cell.place, assets))
    if len(sheet.problems) + len(sheet.empty) > before:
        return None
    try:
        return kind.row.model_validate(values)
    except ValidationError as invalid:
        sheet.problems += _invalid(invalid, cells, place)
        return None


def _invalid(
    invalid: ValidationError, cells: Mapping[str, Cell], place: Place
) -> Iterator[ConfigError]:
    """What the row itself refused."""
    for each in invalid.errors(include_url=False):
        key = str(each["loc"][0]) if each["loc"] else ""
        where = cells[key].place if key in cells else place
        told = each.get("ctx", {}).get("error")
        if isinstance(told, InvalidValueError):
            yield _refused(told, where, key)
        else:
            yield ConfigError(
                "{value} is no value for {key}",
                values={"value": cells[key].text if key in cells else "", "key": key},
                place=where,
            )


def _refused(problem: InvalidValueError, place: Place, key: str) -> ConfigError:
    return ConfigError(
        problem.template, hint=problem.hint, values=problem.values, place=place, subject=key
    )


def _value(cell: Cell, column: Column) -> Any:  # noqa: PLR0911 - one return a form
    """What the cell says, in the form of its column. Raises InvalidValueError."""
    text = " ".join(cell.text.split())
    match column.form:
        case "text":
            return text
        case "words":
            return _words(cell)
        case "networks":
            return tuple(address.network(each) for each in _words(cell))
        case "day":
            return _day(text)
        case "flag":
            return _flag(text)
        case "number":
            if not text.isdigit() or len(text) > 9:  # noqa: PLR2004 - far beyond any port
                raise InvalidValueError("{value} is no number", value=text)
            return int(text)
        case "choice":
            return _choice(text, column)


def _words(cell: Cell) -> tuple[str, ...]:
    given = cell.items if cell.items is not None else re.split(r"[;,\s]+", cell.text)
    return tuple(word for word in (each.strip() for each in given) if word)


def _day(text: str) -> date:
    """A day as a spreadsheet keeps it: 2026-03-10, 10/03/2026, 10.3.2026."""
    clean = text.strip().partition(" ")[0].partition("T")[0]
    parts = re.split(r"[/.]", clean)
    try:
        if len(parts) == len(("day", "month", "year")):
            return date(int(parts[2]), int(parts[1]), int(parts[0]))
        return date.fromisoformat(clean)
    except ValueError as problem:
        raise InvalidValueError(
            "{value} is no day; write it as 2026-03-10", value=text
        ) from problem


def _flag(text: str) -> bool:
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise InvalidValueError("{value} is neither yes nor no", hint="write có or không", value=text)


def _choice(text: str, column: Column) -> str:
    words = column.choices or {}
    known = {folded(key): key for key in words} | {folded(word): key for key, word in words.items()}
    found = known.get(folded(text))
    if found is not None:
        return found
    near = yamlfile.nearest(text, [*words, *words.values()])
    raise InvalidValueError(
        "{value} is none of the words that can stand here",
        hint="did you mean {near}?" if near else "they are: {known}",
        value=text,
        near=near,
        known=", ".join(shown_choices(column)),
    )


def _strangers(
    value: Any, column: Column, place: Place, assets: Collection[str]
) -> Iterator[ConfigError]:
    """Names of assets that the inventory does not have; patterns may fit none yet."""
    for name in [value] if isinstance(value, str) else value:
        if name in assets or (column.patterns and re.search(r"[*?\[]", name)):
            continue
        near = yamlfile.nearest(name, list(assets))
        yield ConfigError(
            "the inventory has no asset {name}",
            hint="did you mean {near}?" if near else "known are: {known}" if assets else "",
            values={"name": name, "near": near, "known": ", ".join(list(assets)[:20])},
            place=place,
            subject=column.key,
        )


# ---------------------------------------------------------------------------------------------
# Schema
# ---------------------------------------------------------------------------------------------


def list_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of lists/*.yaml, for editors: one alternative a list."""
    alternatives = []
    definitions: dict[str, Any] = {}
    for kind in KINDS.values():
        row = kind.row.model_json_schema(mode="validation", ref_template="#/$defs/{model}")
        definitions |= row.pop("$defs", {})
        if "assets" in row["properties"]:
            row["properties"]["assets"].pop("default", None)
        row["required"] = [each.key for each in kind.columns if each.needed]
        definitions[kind.row.__name__] = row
        alternatives.append(
            {
                "properties": {
                    "list": {"const": kind.name, "description": kind.title},
                    "rows": {"type": "array", "items": {"$ref": f"#/$defs/{kind.row.__name__}"}},
                },
                "required": ["list", "rows"],
            }
        )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": definitions,
        "title": "cdso-audit lists/*.yaml",
        "type": "object",
        "properties": {
            "apiVersion": {"const": VERSION},
            "list": {"enum": list(KINDS)},
            "confirmed_by": {
                "type": "string",
                "description": "Who looked through it, with position.",
            },
            "confirmed_on": {"type": "string", "format": "date"},
            "rows": {"type": "array"},
        },
        "required": ["apiVersion", "list", "rows"],
        "additionalProperties": False,
        "oneOf": alternatives,
    }
