"""
A second verifier, written against the format's description and sharing no code with the first.

It reads the pages of the journal through SQL ordered by nothing, sorts them itself, and recomputes
the canonical text of each entry from its parsed values.
"""

import hashlib
import json
import sqlite3
from pathlib import Path


def is_whole(  # noqa: PLR0911 - one return a fault
    path: Path, head: tuple[int, str] | None = None
) -> bool:
    with sqlite3.connect(path) as connection:
        table = {row[0]: row[1:] for row in connection.execute("SELECT seq, * FROM events")}
    connection.close()
    digest = "".join(["0"] * 64)
    for number in range(1, len(table) + 1):
        if number not in table:
            return False
        seq, before, claimed, body = table[number]
        try:
            value = json.loads(body)
        except ValueError:
            return False
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if text.encode() != body or value["seq"] != seq or value["prev"] != before:
            return False
        if before != digest:
            return False
        digest = hashlib.sha256(b"cdso/journal-v1\n" + text.encode()).hexdigest()
        if digest != claimed:
            return False
        for kept in value["event"].get("kept", []):
            beside = path.parent / "kept" / kept["sha256"][:2] / kept["sha256"]
            if hashlib.sha256(beside.read_bytes()).hexdigest() != kept["sha256"]:
                return False
    numbers = sorted(
        json.loads(row[3])["drill"]
        for row in table.values()
        if json.loads(row[3])["event"]["type"] == "drill_registered"
    )
    if numbers != list(range(1, len(numbers) + 1)) or not table:
        return False
    return head is None or (head[0] in table and table[head[0]][2] == head[1])
