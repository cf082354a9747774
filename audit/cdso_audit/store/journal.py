"""
The journal of recovery drills: append-only, hash-chained, one ledger for the agency.

SQLite in WAL mode with synchronous=FULL, so that what `append` returned from has reached the disk.
Triggers refuse updates, deletes and gaps; every entry is checked against the fold before it is
written (`drill.ledger`). Large output lies beside the journal under its hash. The chain shows an
edit to whoever holds a later hash; it does not bind the owner of the machine before the head was
put where he cannot reach it (`drill anchor`).
"""

import contextlib
import fcntl
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

from cdso_audit.drill.clock import Stamp
from cdso_audit.drill.events import (
    ENTRY,
    AnyEvent,
    Entry,
    JournalOpened,
    Kept,
    LeaseTaken,
)
from cdso_audit.drill.ledger import IllegalEventError, Ledger, after, fold
from cdso_audit.errors import CdsoError, UsageError, VerificationError
from cdso_audit.store import files

NAME: Final = "journal.sqlite"
#: Seconds to wait for another process that is just writing an entry.
PATIENCE: Final = 20.0

#: File systems on which locks or write order cannot be relied on: networks, and what shares a
#: folder with another kernel. SQLite's own documentation warns of the first.
SHARED: Final = {
    "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "drvfs", "fuse.glusterfs",
    "fuse.mergerfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "fuse.vmhgfs-fuse", "gfs2",
    "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "prl_fs", "smb3", "smbfs", "vboxsf",
    "virtiofs",
}  # fmt: skip

SCHEMA: Final = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    body BLOB NOT NULL
);
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER events_in_order BEFORE INSERT ON events
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM events)
    OR NEW.prev_hash IS NOT coalesce(
        (SELECT hash FROM events ORDER BY seq DESC LIMIT 1), printf('%064d', 0))
BEGIN SELECT RAISE(ABORT, 'an entry follows the one before it'); END;
"""


class JournalError(CdsoError):
    """The journal cannot be read or written."""

    code = "CDSO-E007"
    exit_code = 4


class LeaseError(CdsoError):
    """Another process runs this drill, or has taken it over."""

    code = "CDSO-E008"
    exit_code = 2


def file_system(mounts: str, path: str) -> str:
    """The type of the file system that holds `path`, by /proc/self/mountinfo; empty if unknown."""
    found = ("", "")
    for line in mounts.splitlines():
        before, _, rest = line.partition(" - ")
        fields = before.split()
        if len(fields) <= 4 or not rest:  # noqa: PLR2004 - the fifth is the mount point
            continue
        point = (
            fields[4]
            .encode()
            .decode("unicode_escape")
            .encode("latin-1", "replace")
            .decode("utf-8", "replace")
        )
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(found[0]):
            found = (point, rest.split()[0])
    return found[1]


def refuse_shared(folder: Path) -> None:
    """Raise UsageError where SQLite's locks and write order cannot be relied on."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError as problem:
        raise UsageError(
            "cannot tell on which file system {path} lies: {why}",
            hint="the journal needs a local disk of a Linux machine",
            values={"path": folder, "why": problem.strerror},
        ) from problem
    kind = file_system(mounts, str(folder.resolve()))
    if not kind or kind in SHARED:
        raise UsageError(
            "the journal cannot lie on {path}: {kind} is a shared file system",
            hint="keep it on a local disk, and let --mirror write a copy to the share",
            values={"path": folder, "kind": kind or "?"},
        )


class Journal:
    """One agency's journal. Several processes may append; each entry is one transaction."""

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        clock: Callable[[], Stamp],
        actor: str,
        machine: str,
    ) -> None:
        self.path = path
        self.actor = actor
        self.machine = machine
        self._connection = connection
        self._clock = clock
        self._ledger = Ledger()
        self._mirror: Path | None = None
        self._mirrored = 0
        """The newest entry that the mirror holds."""
        self._lock: int | None = None

    # -- opening ------------------------------------------------------------------------------

    @classmethod
    def create(
        cls, folder: Path, agency: str, *, clock: Callable[[], Stamp], actor: str, machine: str
    ) -> Self:
        """A new journal in that folder, with its first entry. Raises UsageError, JournalError."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        refuse_shared(folder)
        path = folder / NAME
        if path.exists():
            raise UsageError("there is a journal at {path}", values={"path": path})
        draft = folder / f".{NAME}.{secrets.token_hex(4)}"
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        made = cls(path, _connected(draft), clock, actor, machine)
        try:
            made._connection.executescript(SCHEMA)
            made.append(None, JournalOpened(journal=secrets.token_hex(8), agency=agency))
            made._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            made.close()
        try:
            os.link(draft, path)  # fails where another process was faster: never overwrite
        except FileExistsError:
            pass
        finally:
            for name in (draft.name, f"{draft.name}-wal", f"{draft.name}-shm"):
                (folder / name).unlink(missing_ok=True)
        return cls.open(folder, clock=clock, actor=actor, machine=machine)

    @classmethod
    def open(cls, folder: Path, *, clock: Callable[[], Stamp], actor: str, machine: str) -> Self:
        """The journal in that folder. Raises UsageError when there is none."""
        path = folder / NAME
        if not path.is_file():
            raise UsageError(
                "there is no journal at {path}",
                hint="`cdso-audit drill plan` makes one with the first drill",
                values={"path": path},
            )
        refuse_shared(folder)
        return cls(path, _connected(path), clock, actor, machine)

    def close(self) -> None:
        """Release the file and, if it is held, the lock."""
        self._connection.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- reading ------------------------------------------------------------------------------

    def entries(self, after_seq: int = 0) -> Iterator[Entry]:
        """The entries after that number. Raises VerificationError at the first broken one."""
        before = after_seq
        previous = self._ledger.head if after_seq == self._ledger.length else None
        rows = self._connection.execute(
            "SELECT seq, prev_hash, hash, body FROM events WHERE seq > ? ORDER BY seq",
            (after_seq,),
        )
        for seq, prev_hash, digest, body in rows:
            if not isinstance(body, bytes):
                raise _broken(seq, "it cannot be read")
            entry = _entry(seq, prev_hash, digest, body)
            if seq != before + 1 or (previous is not None and prev_hash != previous):
                raise _broken(seq, "it does not follow the one before")
            before, previous = seq, digest
            yield entry

    def ledger(self) -> Ledger:
        """What follows from all entries so far. Raises VerificationError on a broken chain."""
        try:
            self._ledger = fold(self.entries(self._ledger.length), self._ledger)
        except IllegalEventError as problem:
            raise VerificationError(
                "the journal contradicts itself: {why}", values={"why": str(problem)}
            ) from problem
        except sqlite3.Error as problem:
            raise _unusable(self.path, problem) from problem
        return self._ledger

    def hash_at(self, seq: int) -> str:
        """The hash of that entry; nothing where there is none."""
        row = self._connection.execute("SELECT hash FROM events WHERE seq = ?", (seq,)).fetchone()
        return str(row[0]) if row else ""

    # -- writing ------------------------------------------------------------------------------

    def append(self, drill: int | None, event: AnyEvent, *, fence: int = 0) -> Entry:
        """
        Write one entry; when this returns, it is on disk.

        Raises IllegalEventError for one that cannot follow, JournalError where the disk refuses:
        then nothing was written.
        """
        return self.append_with(lambda _: (drill, event), fence=fence)

    def append_with(
        self, make: Callable[[Ledger], tuple[int | None, AnyEvent]], *, fence: int | None = 0
    ) -> Entry:
        """As `append`, for an event that depends on the ledger (a number, a fence)."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as problem:
            raise _unusable(self.path, problem) from problem
        try:
            ledger = self.ledger()
            drill, event = make(ledger)
            given = event.fence if isinstance(event, LeaseTaken) else fence or 0
            entry = Entry(
                seq=ledger.length + 1,
                prev=ledger.head,
                drill=drill,
                at=self._clock(),
                actor=self.actor,
                machine=self.machine,
                fence=given,
                event=event,
            )
            followed = after(ledger, entry)
            self._connection.execute(
                "INSERT INTO events (seq, prev_hash, hash, body) VALUES (?, ?, ?, ?)",
                (entry.seq, entry.prev, followed.head, entry.text),
            )
            self._connection.execute("COMMIT")
        except sqlite3.Error as problem:
            self._roll_back()
            raise _unusable(self.path, problem) from problem
        except BaseException:
            self._roll_back()
            raise
        self._ledger = followed
        self._copy()
        return entry

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")

    # -- one writer ---------------------------------------------------------------------------

    def lock(self) -> None:
        """
        Become the only process of this machine that runs a drill of this journal.

        The lock is the kernel's: it ends with the process, however that ends. Raises LeaseError.
        """
        handle = os.open(self.path.parent / "journal.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            holder = os.pread(handle, 200, 0).decode("utf-8", "replace").strip()
            os.close(handle)
            raise LeaseError(
                "another process runs a drill of this journal: {holder}",
                hint="`cdso-audit drill watch` shows it, `drill abort` ends it",
                values={"holder": holder or "?"},
            ) from problem
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{self.actor}, pid {os.getpid()}\n".encode(), 0)
        self._lock = handle

    @property
    def is_locked_by_other(self) -> bool:
        """Whether some process of this machine runs a drill right now."""
        try:
            handle = os.open(self.path.parent / "journal.lock", os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
        return False

    # -- the copy -----------------------------------------------------------------------------

    def mirror(self, path: Path) -> None:
        """
        From now on write each entry also to that file, one line each, before anything is done.

        A share can hold it: it is only appended to, by one process. Raises JournalError.
        """
        held = _mirrored(path)
        chain = [each.text for each in self.entries()]
        if [each.text for each in held] != chain[: len(held)]:
            raise JournalError(
                "{path} holds another journal than this one",
                hint="give --mirror another file",
                values={"path": path},
            )
        _whole_lines(path)
        self._mirror = path
        for entry in self.entries():
            for kept in getattr(entry.event, "kept", ()):
                self._keep_at(kept.sha256, files.read(self.kept_path(kept.sha256)))
        for text in chain[len(held) :]:
            self._write_mirror(text)
        self._mirrored = len(chain)

    def _keep_at(self, digest: str, data: bytes) -> None:
        """Content goes beside the mirror too, so that whoever takes over has all of it."""
        if self._mirror is not None:
            path = kept_beside(self._mirror) / digest[:2] / digest
            if not path.exists():
                files.write(path, data)

    def _copy(self) -> None:
        """All that is not in the mirror yet: people sign from processes of their own."""
        if self._mirror is None:
            return
        for each in self.entries(self._mirrored):
            for kept in getattr(each.event, "kept", ()):
                self._keep_at(kept.sha256, files.read(self.kept_path(kept.sha256)))
            self._write_mirror(each.text)
            self._mirrored = each.seq

    def _write_mirror(self, text: bytes) -> None:
        if self._mirror is None:
            return
        try:
            handle = os.open(self._mirror, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
            try:
                os.write(handle, text + b"\n")
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as problem:
            raise JournalError(
                "the mirror {path} cannot be written: {why}",
                hint="mend it, or go on without: drill resume without --mirror",
                values={"path": self._mirror, "why": problem.strerror},
            ) from problem

    @classmethod
    def from_mirror(
        cls,
        mirror: Path,
        folder: Path,
        *,
        clock: Callable[[], Stamp],
        actor: str,
        machine: str,
    ) -> Self:
        """A journal made anew from a mirror, every entry checked. Raises VerificationError."""
        entries = _mirrored(mirror)
        if not entries:
            raise UsageError("{path} holds no entry", values={"path": mirror})
        try:
            fold(entries)
        except IllegalEventError as problem:
            raise VerificationError(
                "the journal contradicts itself: {why}", values={"why": str(problem)}
            ) from problem
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        refuse_shared(folder)
        path = folder / NAME
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError as problem:
            raise UsageError("there is a journal at {path}", values={"path": path}) from problem
        made = cls(path, _connected(path), clock, actor, machine)
        made._connection.executescript(SCHEMA)
        made._connection.execute("BEGIN IMMEDIATE")
        for each in entries:
            made._connection.execute(
                "INSERT INTO events (seq, prev_hash, hash, body) VALUES (?, ?, ?, ?)",
                (each.seq, each.prev, each.hash, each.text),
            )
        made._connection.execute("COMMIT")
        for entry in entries:
            for kept in getattr(entry.event, "kept", ()):
                beside = kept_beside(mirror) / kept.sha256[:2] / kept.sha256
                if beside.is_file():  # what is missing, the verifier tells
                    files.write(made.kept_path(kept.sha256), files.read(beside))
        return made

    # -- content ------------------------------------------------------------------------------

    def keep(self, data: bytes, what: str = "stdout", *, cut: bool = False) -> Kept:
        """Keep bytes under their hash. The caller has taken the secrets out."""
        digest = sha256(data).hexdigest()
        path = self.kept_path(digest)
        if not path.exists():
            files.write(path, data)
        self._keep_at(digest, data)
        return Kept.model_validate({"sha256": digest, "size": len(data), "what": what, "cut": cut})

    def kept_path(self, digest: str) -> Path:
        """Where the bytes of that hash lie."""
        return self.path.parent / "kept" / digest[:2] / digest


def kept_beside(mirror: Path) -> Path:
    """Where the content of a mirror lies."""
    return mirror.parent / f"{mirror.name}.kept"


def _connected(path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA recursive_triggers=ON")
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        connection.execute("PRAGMA synchronous=FULL")
    except sqlite3.Error as problem:
        raise _unusable(path, problem) from problem
    if mode[0] != "wal":
        raise JournalError(
            "{path}: the file system allows no write-ahead log",
            hint="keep the journal on a local disk",
            values={"path": path},
        )
    return connection


def _entry(seq: int, prev_hash: str, digest: str, body: bytes) -> Entry:
    try:
        entry = ENTRY.validate_json(body)
    except ValueError as problem:
        raise _broken(seq, "it cannot be read") from problem
    if entry.seq != seq or entry.prev != prev_hash or entry.text != body or entry.hash != digest:
        raise _broken(seq, "its hash is not that of its text")
    return entry


def _broken(seq: int, why: str) -> VerificationError:
    return VerificationError(
        "the journal is broken at entry {seq}: {why}",
        hint="nothing in it may be relied on from there; look for the mirror or a backup",
        values={"seq": seq, "why": why},
    )


def _unusable(path: Path, problem: sqlite3.Error) -> JournalError:
    return JournalError(
        "{path}: {why}",
        hint="free some space or mend the disk; nothing was begun that is not in the journal",
        values={"path": path, "why": str(problem)},
    )


def _whole_lines(path: Path) -> None:
    """Cut off a last line that was never finished, so that the next one begins a line."""
    data = files.read(path) if path.exists() else b""
    if data and not data.endswith(b"\n"):
        os.truncate(path, data.rfind(b"\n") + 1)


def _mirrored(path: Path) -> Sequence[Entry]:
    """The entries of a mirror; a last line that is cut off does not count."""
    if not path.exists():
        return []
    lines = files.read(path).split(b"\n")
    found = []
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            entry = ENTRY.validate_json(line)
        except ValueError as problem:
            if number == len(lines):
                break
            raise _broken(number, "it cannot be read") from problem
        found.append(entry)
    return found
