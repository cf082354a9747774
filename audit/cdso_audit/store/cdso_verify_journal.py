r"""
Verify a journal of recovery drills with Python's standard library alone.

    python3 cdso_verify_journal.py drills/journal.sqlite [--head SEQ:HASH]...

Each entry is a row (seq, prev_hash, hash, body). The hash is the SHA-256 of the line
"cdso/journal-v1\n" followed by the body; the body holds `seq` and `prev` too, so that no entry can
be edited, moved or taken out without breaking every hash after it. What is cut off at the end can
only be seen against a hash that was noted elsewhere: give it as --head. Ends with 0 when all holds,
with 5 when something does not, with 2 when the file cannot be read.
"""

import argparse
import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

PREFIX = b"cdso/journal-v1\n"
GENESIS = "0" * 64


class Chain:
    """Entries as they are read one after the other, and what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.hashes: dict[int, str] = {}
        self.drills: dict[int, str] = {}
        self.kept: dict[str, int] = {}
        self.head = GENESIS
        self.count = 0

    def read(self, seq: int, prev_hash: str, digest: str, body: bytes) -> None:
        """Take the next row."""
        if seq != self.count + 1:
            self.problems.append(f"entry {self.count + 1} is missing: {seq} follows")
        if prev_hash != self.head:
            self.problems.append(f"entry {seq} does not follow the entry before it")
        if hashlib.sha256(PREFIX + body).hexdigest() != digest:
            self.problems.append(f"entry {seq} was edited: its hash is not that of its text")
        try:
            entry = json.loads(body)
            if (entry["seq"], entry["prev"]) != (seq, prev_hash):
                self.problems.append(f"entry {seq} says of itself that it is {entry['seq']}")
            self._event(seq, entry["drill"], entry["event"])
        except (ValueError, KeyError, TypeError) as problem:
            self.problems.append(f"entry {seq} cannot be read: {problem!r}")
        self.hashes[seq] = digest
        self.head, self.count = digest, seq

    def _event(self, seq: int, drill: int | None, event: dict[str, Any]) -> None:
        kind = event["type"]
        if (seq == 1) != (kind == "journal_opened"):
            self.problems.append(f"entry {seq} is {kind}; a journal is opened once, at its start")
        if drill is not None:
            state = self.drills.get(drill)
            if (state is None) != (kind == "drill_registered"):
                self.problems.append(f"entry {seq}: drill {drill} is registered once, at its start")
            if state not in (None, "open") and kind != "note":
                self.problems.append(f"entry {seq} follows the end of drill {drill}")
            self.drills[drill] = event["outcome"] if kind == "closed" else state or "open"
        for each in event.get("kept") or ():
            self.kept.setdefault(each["sha256"], seq)

    def missing_drills(self) -> Iterator[str]:
        """The ledger has no holes."""
        for number in range(1, max(self.drills, default=0) + 1):
            if number not in self.drills:
                yield f"drill {number} is missing from the ledger"

    def kept_content(self, folder: Path) -> Iterator[str]:
        """What lies beside the journal is what the entries name."""
        for digest, seq in self.kept.items():
            path = folder / digest[:2] / digest
            if not path.is_file():
                yield f"entry {seq} keeps {digest}, which is missing"
            elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                yield f"entry {seq} keeps {digest}, which was edited"


def verified(path: str, heads: Iterable[tuple[int, str]] = ()) -> Chain:
    """The chain with everything that is wrong in it. Raises OSError, sqlite3.Error."""
    place = Path(path).resolve()
    connection = sqlite3.connect(f"{place.as_uri()}?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT seq, prev_hash, hash, body FROM events ORDER BY seq")
        chain = Chain()
        for seq, prev_hash, digest, body in rows:
            chain.read(seq, prev_hash, digest, body if isinstance(body, bytes) else b"")
    finally:
        connection.close()
    if not chain.count:
        chain.problems.append("the journal is empty")
    chain.problems += chain.missing_drills()
    chain.problems += chain.kept_content(place.parent / "kept")
    for seq, digest in heads:
        if chain.hashes.get(seq) != digest:
            chain.problems.append(f"entry {seq} is not the one that was noted: {digest}")
    return chain


def noted(text: str) -> tuple[int, str]:
    """A head as people note it: SEQ:HASH."""
    seq, _, digest = text.partition(":")
    return int(seq), digest.strip().lower()


def main(arguments: list[str] | None = None) -> int:
    """Check, tell, and give the exit code."""
    parser = argparse.ArgumentParser(description="Verify a journal of recovery drills.")
    parser.add_argument("journal", help="the file journal.sqlite")
    parser.add_argument("--head", type=noted, action="append", default=[], help="a noted SEQ:HASH")
    given = parser.parse_args(arguments)
    try:
        chain = verified(given.journal, given.head)
    except (sqlite3.Error, OSError) as problem:
        sys.stderr.write(f"cannot read {given.journal}: {problem}\n")
        return 2
    lines = [f"BROKEN: {each}" for each in chain.problems]
    lines.append(f"{chain.count} entries; head {chain.count}:{chain.head}")
    lines += [f"drill {number}: {state}" for number, state in sorted(chain.drills.items())]
    if not given.head:
        lines.append("No noted head was given, so nobody can tell whether the end was cut off.")
    lines.append("NOT WHOLE" if chain.problems else "whole")
    sys.stdout.write("\n".join(lines) + "\n")
    return 5 if chain.problems else 0


if __name__ == "__main__":
    sys.exit(main())
