"""`backup-not-empty` compares sizes where they can be seen, and says where they cannot."""

import pytest
from tests.checks.backup.declared import ago, copies, declared, seen, traces
from tests.support import Answer, Case, agree

from cdso_audit.facts.backups import BACKUP_TRACES
from cdso_audit.model import Declared, Outcome
from cdso_checks.backup.backup_not_empty import backup_not_empty

MIB = 1024 * 1024


def files(*sizes: int) -> str:
    """One file a day, the newest last."""
    days = range(len(sizes), 0, -1)
    lines = "".join(f"file {ago(24 * day)} {size}\n" for day, size in zip(days, sizes, strict=True))
    return f"readable\n{lines}total 500000\n"


FILES = declared("files")
CASES = [
    Case(
        "good: as large as usual",
        seen(files(100 * MIB, 110 * MIB, 105 * MIB)),
        Outcome.PASS,
        says="105.0 MiB",
        declared=FILES,
    ),
    Case("good: exactly half", seen(files(100, 100, 50)), Outcome.PASS, declared=FILES),
    Case(
        "bad: under half",
        seen(files(100 * MIB, 100 * MIB, 49 * MIB)),
        Outcome.FAIL,
        says="49.0 MiB",
        declared=FILES,
    ),
    Case("bad: empty", seen(files(100, 100, 0)), Outcome.FAIL, says="empty", declared=FILES),
    Case(
        "bad: an empty repository",
        seen("readable\ntotal 0"),
        Outcome.FAIL,
        declared=declared(),
    ),
    Case("absent: declared elsewhere", seen(), Outcome.NOT_APPLICABLE, declared=declared(on="b1")),
    Case("absent: none declared", seen(), Outcome.FAIL, declared=Declared(backups=())),
    Case(
        "unreadable: restic hides sizes",
        seen(copies(3)),
        Outcome.UNKNOWN,
        says="needs the key",
        declared=declared(),
    ),
    Case(
        "unreadable: one copy", seen(files(100)), Outcome.UNKNOWN, says="one copy", declared=FILES
    ),
    Case("unreadable: denied", seen("denied"), Outcome.UNKNOWN, declared=FILES),
    Case("unreadable: not declared", {BACKUP_TRACES: traces()}, Outcome.UNKNOWN),
    Case("unreadable: broken", {BACKUP_TRACES: Answer(code=2)}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(backup_not_empty, case)
