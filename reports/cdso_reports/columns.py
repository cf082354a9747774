"""
The full lists in little room: typed columns and pooled strings, compressed, for the page's script.

Each block is gzip in base64, whose alphabet holds no character that could end an element, so what
was collected never meets the HTML parser. The columns that filters read come first and whole; the
texts follow in pieces of `CHUNK` rows that are unpacked when somebody looks at them.
"""

import base64
import gzip
import json
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cdso_audit.model import Outcome
from cdso_audit.result import Command, FindingResult, Text
from cdso_reports import words
from cdso_reports.outline import OUTCOME_ORDER, SEVERITY_ORDER, Outline, message, reason
from cdso_reports.plain import visible
from cdso_reports.words import fixed, named, say

#: Rows whose texts are unpacked together (reports-and-ecosystem.md A6 measured 5,000).
CHUNK = 5000
#: Hexadecimal digits of an evidence digest in the list; result.json has all 64.
DIGITS = 16


@dataclass(frozen=True, slots=True)
class Block:
    """A data block of the page."""

    id: str
    data: str


def blocks(outline: Outline) -> Iterator[Block]:
    """The head, the columns, and the texts by piece."""
    findings = outline.findings
    commands = outline.result.commands
    assets = {name: number for number, name in enumerate(_asset_names(outline))}
    systems = [each.id for each in outline.result.systems]
    systems += sorted({each.system for each in findings} - set(systems))
    checks = {each: number for number, each in enumerate(sorted({f.check for f in findings}))}
    probes = sorted({(each.probe, each.via, each.command, each.root) for each in commands})
    yield _packed_json(
        "d-head",
        {
            "chunk": CHUNK,
            "outcomes": [_pair(named(words.OUTCOMES, each.value)) for each in OUTCOME_ORDER],
            "outcomeKeys": [each.value for each in OUTCOME_ORDER],
            "severities": [_pair(named(words.SEVERITIES, each.value)) for each in SEVERITY_ORDER],
            "severityKeys": [each.value for each in SEVERITY_ORDER],
            "systems": [visible(each) for each in systems],
            "assets": [visible(each) for each in assets],
            "checks": [[visible(each), *_pair(outline.check(each).title)] for each in checks],
            "probes": [[visible(str(part)) for part in each] for each in probes],
            "statuses": {key: _pair(say(text)) for key, text in words.STATUSES.items()},
            "agency": visible(outline.result.agency.name or outline.result.agency.id),
            "words": {name: _pair(say(text)) for name, text in WORDS.items()},
            "findings": len(findings),
            "commands": len(commands),
        },
    )
    order = {each: number for number, each in enumerate(systems)}
    columns = (
        array("I", (assets[each.asset] for each in findings)),  # widest first: aligned
        array("H", (order[each.system] for each in findings)),
        array("H", (checks[each.check] for each in findings)),
        array("B", (OUTCOME_ORDER[each.outcome] for each in findings)),
        array("B", (SEVERITY_ORDER[each.severity] for each in findings)),
    )
    yield _packed("d-findings", b"".join(_little(each) for each in columns))
    for number, piece in enumerate(_pieces(findings)):
        yield _packed_json(f"d-findings-{number}", _pooled(_finding_row(each) for each in piece))
    places = {each: number for number, each in enumerate(probes)}
    runs = (
        array("I", (assets[each.asset] for each in commands)),
        array("H", (places[each.probe, each.via, each.command, each.root] for each in commands)),
    )
    yield _packed("d-commands", b"".join(_little(each) for each in runs))
    for number, piece in enumerate(_pieces(commands)):
        yield _packed_json(f"d-commands-{number}", _pooled(_command_row(each) for each in piece))


#: Words that the script writes.
WORDS = {
    "all": "all",
    "found": "{n} of {all} rows",
    "page": "page {n} of {all}",
    "searching": "searching …",
    "copied": "Copied",
    "copy": "Copy the commands",
    "requirements": "{n} of {all} requirements",
    "title": "Cybersecurity and recovery assessment",
}


def _asset_names(outline: Outline) -> list[str]:
    names = dict.fromkeys(outline.assets)
    names.update(dict.fromkeys(each.asset for each in outline.findings))
    names.update(dict.fromkeys(each.asset for each in outline.result.commands))
    return list(names)


def _finding_row(each: FindingResult) -> list[str]:
    said = message(each)
    knows = named(words.KNOWN_BY, each.known_by.value) if each.known_by else fixed("")
    if each.outcome in (Outcome.UNKNOWN, Outcome.ERROR):
        knows = named(words.REASONS, reason(each))
    return [
        visible(each.subject),
        visible(said.vi),
        visible(said.en),
        visible(each.seen),
        visible(each.expected),
        knows.vi,
        knows.en,
        " ".join(short(digest) for digest in each.evidence),
    ]


def _command_row(each: Command) -> list[str]:
    seconds = words.decimal(each.seconds)
    octets = words.size(each.bytes)
    gap = named(words.REASONS, each.gap) if each.gap else fixed("")
    end = "" if each.exit_code is None else str(each.exit_code)
    return [
        visible(gap.vi) or end,
        visible(gap.en) or end,
        seconds.vi,
        seconds.en,
        octets.vi,
        octets.en,
        short(each.digest),
    ]


def short(evidence: str) -> str:
    """The evidence's name with fewer digits: `sha256:0123456789abcdef#L12`."""
    name, mark, place = visible(evidence).partition("#")
    kind, colon, digits = name.partition(":")
    return f"{kind}{colon}{digits[:DIGITS]}{mark}{place}" if colon else visible(evidence)


def _pair(text: Text) -> list[str]:
    return [visible(text.vi), visible(text.en)]


def _pieces(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


def _pooled(rows: Iterable[list[str]]) -> dict[str, Any]:
    """Each string once, and rows of numbers that point at them, column by column."""
    pool: dict[str, int] = {}
    numbered = [[pool.setdefault(cell, len(pool)) for cell in row] for row in rows]
    return {"pool": list(pool), "columns": [list(column) for column in zip(*numbered, strict=True)]}


def _little(column: "array[int]") -> bytes:
    if sys.byteorder == "big":
        column.byteswap()
    return column.tobytes()


def _packed_json(name: str, value: Any) -> Block:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _packed(name, text.encode("utf-8", "replace"))


def _packed(name: str, raw: bytes) -> Block:
    return Block(name, base64.b64encode(gzip.compress(raw, compresslevel=9, mtime=0)).decode())
