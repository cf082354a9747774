r"""
Verify a journal of recovery drills with Python's standard library alone.

    python3 cdso_verify_journal.py drills/journal.sqlite [--head SEQ:HASH]... [--lang vi|en]

Each entry is a row (seq, prev_hash, hash, body). The hash is the SHA-256 of the line
"cdso/journal-v1\n" followed by the body; the body holds `seq` and `prev` too, so that no entry can
be edited, moved or taken out without breaking every hash after it. What is cut off at the end can
only be seen against a hash that was noted elsewhere: give it as --head. Ends with 0 when all holds,
with 5 when something does not, with 2 when the file cannot be read.
"""

import argparse
import hashlib
import json
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

PREFIX = b"cdso/journal-v1\n"
GENESIS = "0" * 64

#: Every sentence of this file, and its Vietnamese.
VIETNAMESE = {
    "entry {count} is missing: {seq} follows": "thiếu mục {count}: tiếp theo là {seq}",
    "entry {seq} does not follow the entry before it": "mục {seq} không nối tiếp mục trước nó",
    "entry {seq} was edited: its hash is not that of its text": "mục {seq} đã bị sửa: mã băm không "
    "phải của nội dung",
    "entry {seq} says of itself that it is {other}": "mục {seq} tự ghi số của mình là {other}",
    "entry {seq} cannot be read: {why}": "không đọc được mục {seq}: {why}",
    "entry {seq} is {kind}; a journal is opened once, at its start": "mục {seq} là {kind}; nhật ký "
    "chỉ được mở một lần, ở đầu",
    "entry {seq}: drill {drill} is registered once, at its start": "mục {seq}: cuộc diễn tập "
    "{drill} chỉ được đăng ký một lần, ở đầu",
    "entry {seq} follows the end of drill {drill}": "mục {seq} đứng sau khi cuộc diễn tập "
    "{drill} đã kết thúc",
    "drill {drill} is missing from the ledger": "sổ thiếu cuộc diễn tập {drill}",
    "entry {seq} keeps {digest}, which is missing": "mục {seq} lưu {digest}, nay không còn",
    "entry {seq} keeps {digest}, which was edited": "mục {seq} lưu {digest}, nay đã bị sửa",
    "the journal is empty": "nhật ký trống",
    "entry {seq} is not the one that was noted: {digest}": "mục {seq} không phải mục đã được ghi "
    "lại: {digest}",
    "cannot read {path}: {why}": "không đọc được {path}: {why}",
    "BROKEN: {why}": "HỎNG: {why}",
    "{count} entries; head {count}:{head}": "{count} mục; đầu chuỗi {count}:{head}",
    "drill {drill}: {state}": "cuộc diễn tập {drill}: {state}",
    "open": "đang mở",
    "succeeded": "thành công",
    "failed": "thất bại",
    "aborted": "bị dừng",
    "refused": "bị từ chối",
    "rehearsed": "chỉ diễn thử",
    "superseded": "đã được tiếp quản ở nơi khác",
    "No noted head was given, so nobody can tell whether the end was cut off.": "Không có đầu "
    "chuỗi đã ghi lại, nên không ai biết phần cuối có bị cắt hay không.",
    "NOT WHOLE": "KHÔNG NGUYÊN VẸN",
    "whole": "nguyên vẹn",
}


def said(lang: str, template: str, **values: object) -> str:
    """The sentence in that language; the templates are ours, the values may be anybody's."""
    return (VIETNAMESE.get(template, template) if lang == "vi" else template).format(**values)


class Fault:
    """What is wrong with a journal, in both languages; English as text."""

    def __init__(self, template: str, **values: object) -> None:
        self.template, self.values = template, values

    def said(self, lang: str) -> str:
        """The sentence in that language."""
        return said(lang, self.template, **self.values)

    def __str__(self) -> str:
        return self.said("en")

    def __repr__(self) -> str:
        return str(self)


class Chain:
    """Entries as they are read one after the other, and what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Fault] = []
        self.hashes: dict[int, str] = {}
        self.drills: dict[int, str] = {}
        self.kept: dict[str, int] = {}
        self.head = GENESIS
        self.count = 0

    def read(self, seq: int, prev_hash: str, digest: str, body: bytes) -> None:
        """Take the next row."""
        if seq != self.count + 1:
            self._wrong("entry {count} is missing: {seq} follows", seq, count=self.count + 1)
        if prev_hash != self.head:
            self._wrong("entry {seq} does not follow the entry before it", seq)
        if hashlib.sha256(PREFIX + body).hexdigest() != digest:
            self._wrong("entry {seq} was edited: its hash is not that of its text", seq)
        try:
            entry = json.loads(body)
            if (entry["seq"], entry["prev"]) != (seq, prev_hash):
                template = "entry {seq} says of itself that it is {other}"
                self._wrong(template, seq, other=entry["seq"])
            self._event(seq, entry["drill"], entry["event"])
        except (ValueError, KeyError, TypeError) as problem:
            self._wrong("entry {seq} cannot be read: {why}", seq, why=repr(problem))
        self.hashes[seq] = digest
        self.head, self.count = digest, seq

    def _wrong(self, template: str, seq: int, **values: object) -> None:
        self.problems.append(Fault(template, seq=seq, **values))

    def _event(self, seq: int, drill: int | None, event: dict[str, Any]) -> None:
        kind = event["type"]
        if (seq == 1) != (kind == "journal_opened"):
            template = "entry {seq} is {kind}; a journal is opened once, at its start"
            self._wrong(template, seq, kind=kind)
        if drill is not None:
            state = self.drills.get(drill)
            if (state is None) != (kind == "drill_registered"):
                template = "entry {seq}: drill {drill} is registered once, at its start"
                self._wrong(template, seq, drill=drill)
            if state not in (None, "open") and kind != "note":
                self._wrong("entry {seq} follows the end of drill {drill}", seq, drill=drill)
            ended = str(event["outcome"]) if kind == "closed" else ""
            self.drills[drill] = (ended if ended.isprintable() else repr(ended)) or state or "open"
        for each in event.get("kept") or ():
            self.kept.setdefault(each["sha256"], seq)

    def missing_drills(self) -> Iterator[Fault]:
        """The ledger has no holes."""
        for number in range(1, max(self.drills, default=0) + 1):
            if number not in self.drills:
                yield Fault("drill {drill} is missing from the ledger", drill=number)

    def kept_content(self, folder: Path) -> Iterator[Fault]:
        """What lies beside the journal is what the entries name."""
        for digest, seq in self.kept.items():
            path = folder / digest[:2] / digest
            if not path.is_file():
                yield Fault("entry {seq} keeps {digest}, which is missing", seq=seq, digest=digest)
            elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                yield Fault("entry {seq} keeps {digest}, which was edited", seq=seq, digest=digest)


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
        chain.problems.append(Fault("the journal is empty"))
    chain.problems += chain.missing_drills()
    chain.problems += chain.kept_content(place.parent / "kept")
    for seq, digest in heads:
        if chain.hashes.get(seq) != digest:
            template = "entry {seq} is not the one that was noted: {digest}"
            chain.problems.append(Fault(template, seq=seq, digest=digest))
    return chain


def noted(text: str) -> tuple[int, str]:
    """A head as people note it: SEQ:HASH."""
    seq, _, digest = text.partition(":")
    return int(seq), digest.strip().lower()


def spoken() -> str:
    """The language of this machine, as far as this file knows it."""
    given = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG")
                  if os.environ.get(name)), "")  # fmt: skip
    return "vi" if given.startswith("vi") else "en"


def main(arguments: list[str] | None = None) -> int:
    """Check, tell, and give the exit code."""
    parser = argparse.ArgumentParser(description="Verify a journal of recovery drills.")
    parser.add_argument("journal", help="the file journal.sqlite")
    parser.add_argument("--head", type=noted, action="append", default=[], help="a noted SEQ:HASH")
    parser.add_argument("--lang", choices=("vi", "en"), default=spoken(), help="the language")
    given = parser.parse_args(arguments)
    lang = given.lang
    try:
        chain = verified(given.journal, given.head)
    except (sqlite3.Error, OSError) as problem:
        template = "cannot read {path}: {why}"
        sys.stderr.write(said(lang, template, path=given.journal, why=problem) + "\n")
        return 2
    lines = [said(lang, "BROKEN: {why}", why=each.said(lang)) for each in chain.problems]
    template = "{count} entries; head {count}:{head}"
    lines.append(said(lang, template, count=chain.count, head=chain.head))
    for number, state in sorted(chain.drills.items()):
        told = VIETNAMESE.get(state, state) if lang == "vi" else state
        lines.append(said(lang, "drill {drill}: {state}", drill=number, state=told))
    if not given.head:
        template = "No noted head was given, so nobody can tell whether the end was cut off."
        lines.append(said(lang, template))
    lines.append(said(lang, "NOT WHOLE" if chain.problems else "whole"))
    sys.stdout.buffer.write("\n".join([*lines, ""]).encode("utf-8", "backslashreplace"))
    return 5 if chain.problems else 0


if __name__ == "__main__":
    sys.exit(main())
