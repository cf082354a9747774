"""`backup-verified` wants a trace of a check that ended well."""

import pytest
from tests.checks.backup.declared import ago, copies, declared, seen, traces
from tests.support import Answer, Case, agree

from cdso_audit.facts.backups import BACKUP_TRACES
from cdso_audit.model import Outcome
from cdso_checks.backup.backup_verified import backup_verified

UNIT = "verified Id=restic-check.service ExecMainExitTimestamp={} UTC {}"
GOOD = UNIT.format("Sun 2026-11-01 03:10:00", "ExecMainStatus=0")
CASES = [
    Case(
        "good: a service",
        seen(copies(1), runs=GOOD),
        Outcome.PASS,
        says="2026-11-01 (restic-check.service)",
        declared=declared(),
    ),
    Case(
        "good: a log",
        seen("denied", runs=f"log {ago(48)} /var/log/restic/check.log"),
        Outcome.PASS,
        declared=declared(),
    ),
    Case(
        "bad: long ago",
        seen(copies(1), runs=GOOD.replace("11-01", "09-01")),
        Outcome.FAIL,
        says="81 days ago",
        declared=declared(),
    ),
    Case("absent: declared elsewhere", seen(), Outcome.NOT_APPLICABLE, declared=declared(on="b1")),
    Case(
        "unreadable: no trace", seen(copies(1)), Outcome.UNKNOWN, says="attest", declared=declared()
    ),
    Case(
        "unreadable: the check failed",
        seen(copies(1), runs=UNIT.format("Sun 2026-11-01 03:10:00", "ExecMainStatus=1")),
        Outcome.UNKNOWN,
        declared=declared(),
    ),
    Case(
        "unreadable: the check of another tool",
        seen(copies(1), runs=GOOD.replace("restic", "borg")),
        Outcome.UNKNOWN,
        declared=declared(),
    ),
    Case("unreadable: not declared", {BACKUP_TRACES: traces()}, Outcome.UNKNOWN),
    Case("unreadable: broken", {BACKUP_TRACES: Answer(code=2)}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(backup_verified, case)
