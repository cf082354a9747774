"""The state of a file system as one value per path, to prove that a scan changed nothing."""

from __future__ import annotations

import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

EXCLUDED: Final = (
    "/proc",
    "/sys",
    "/dev",
    "/run",
    "/var/log/journal",
    "/var/log/auth.log",
    "/var/log/syslog",
    "/var/log/messages",
    "/var/log/user.log",
    "/var/log/sudo.log",
    "/var/log/kern.log",
    "/var/log/daemon.log",
    "/var/log/cron.log",
    "/var/log/wtmp",
    "/var/log/wtmp.db",
    "/var/log/btmp",
    "/var/log/lastlog",
    "/var/lib/lastlog",
    "/var/lib/wtmpdb",
    "/var/log/remote",
    "/var/log/nginx/access.log",
    "/var/log/nginx/error.log",
    "/var/log/ufw.log",
    "/var/log/chrony",
    "/var/lib/chrony",
    "/var/lib/systemd/timers",
    "/var/lib/postgresql",
    "/var/log/postgresql",
    "/var/lib/knot",
    "/var/lib/rsyslog",
    "/var/spool/rsyslog",
)
"""What the daemons themselves write while anybody logs in or asks them something."""


def tree_digest(root: Path, excluded: Iterable[str] = EXCLUDED) -> dict[str, str]:
    """
    Return path → kind, mode, owner, size, time of change and, for a regular file, its SHA-256.

    A directory's time counts unless something excluded lies directly in it.
    """
    left_out = frozenset(excluded)
    busy = frozenset(os.path.dirname(path) for path in left_out)  # noqa: PTH120 - not real paths
    top = str(root).rstrip("/")

    def entry(item: tuple[str, os.stat_result]) -> tuple[str, str]:
        path, seen = item
        name = path[len(top) :] or "/"
        mode = seen.st_mode
        words = [f"{mode:o}", f"{seen.st_uid}:{seen.st_gid}"]
        if stat.S_ISDIR(mode):
            words += [] if name in busy else [str(seen.st_mtime_ns)]
        elif stat.S_ISLNK(mode):
            words += [os.readlink(path)]  # noqa: PTH115 - as above
        elif stat.S_ISREG(mode):
            words += [str(seen.st_size), str(seen.st_mtime_ns), _sha256(path)]
        else:
            words += [str(seen.st_rdev)]
        return name, " ".join(words)

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return dict(pool.map(entry, _walk(top, left_out), chunksize=1))


def changes(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return one line for each path that came, went or differs."""
    lines = [f"+ {path} {after[path]}" for path in sorted(after.keys() - before.keys())]
    lines += [f"- {path} {before[path]}" for path in sorted(before.keys() - after.keys())]
    lines += [
        f"~ {path} {before[path]} -> {after[path]}"
        for path in sorted(before.keys() & after.keys())
        if before[path] != after[path]
    ]
    return lines


def _walk(top: str, left_out: frozenset[str]) -> Iterator[tuple[str, os.stat_result]]:
    yield top, os.lstat(top)
    pending = [top]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for found in entries:
                if found.path[len(top) :] in left_out:
                    continue
                try:
                    seen = found.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                yield found.path, seen
                if stat.S_ISDIR(seen.st_mode):
                    pending.append(found.path)


def _sha256(path: str) -> str:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a Path each would double the time
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return "gone"
