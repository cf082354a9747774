"""A list as a table that a spreadsheet opens: UTF-8 with its mark, `;` or `,` between the cells."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from cdso_audit.language import Language, said, translated
from cdso_audit.lists.columns import KINDS, ListKind

#: Beginnings that a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - meant


def table(name: str, rows: Iterable[Mapping[str, Any]], lang: Language, *, note: str = "") -> str:
    """
    The list as text of a CSV file: a draft, with empty lines for who confirms it.

    A Vietnamese spreadsheet parts cells with `;`, an English one with `,`; both are read.
    """
    kind = KINDS[name]
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";" if lang == "vi" else ",", lineterminator="\r\n")
    writer.writerow([f"# {translated(kind.title, lang)}"])
    writer.writerow(
        [
            "# "
            + said(
                "A draft proves nothing: correct every row, remove what must not be, then fill in "
                "the next two lines.",
                {},
                lang,
            )
        ]
    )
    writer.writerow(["# confirmed_by: "])
    writer.writerow(["# confirmed_on: "])
    if note:
        writer.writerow([f"# {note}"])
    writer.writerow([translated(each.heading, lang) for each in kind.columns])
    for row in rows:
        writer.writerow(
            [escaped(_cell(row.get(each.key), each.key, kind, lang)) for each in kind.columns]
        )
    return made.getvalue()


def escaped(text: str) -> str:
    """The text with a `'` before it where a spreadsheet would take it for a formula."""
    flat = " ".join(text.split(" ")).replace("\x00", "")
    return f"'{flat}" if flat.startswith(_FORMULA) else flat


def _cell(value: Any, key: str, kind: ListKind, lang: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("có" if value else "không") if lang == "vi" else ("yes" if value else "no")
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    if lang == "vi":
        column = next(each for each in kind.columns if each.key == key)
        return (column.choices or {}).get(text, text)
    return text
