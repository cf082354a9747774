"""
The owner's lists, which stand beside agency.yaml in `lists/`: what they hold, and how they are read
and written. Pure.

A list is YAML, or a table (CSV) as a spreadsheet saves it: with a byte order mark, Windows line
ends, `;` between the cells, headings in English or Vietnamese. `confirmed_by` and `confirmed_on`
stand at its top; without them it is a draft, and proves nothing.
"""

from cdso_audit.lists.columns import KINDS, Column, ListKind
from cdso_audit.lists.reading import FOLDER, VERSION, joined, list_schema, parse_list
from cdso_audit.lists.writing import table

__all__ = [
    "FOLDER",
    "KINDS",
    "VERSION",
    "Column",
    "ListKind",
    "joined",
    "list_schema",
    "parse_list",
    "table",
]
