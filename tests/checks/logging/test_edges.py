"""Limits of the checks of logs, on this side and on the other."""

from datetime import timedelta
from typing import Any

import pytest
from tests.edges import Edge, holds
from tests.support import AT, SYSTEM

from cdso_audit.facts.auditd import AuditRule, AuditRules, AuditStorage
from cdso_audit.facts.logging import (
    LogFile,
    LogFiles,
    LogForwarding,
    LoginLog,
    LogPersistence,
    LogRetention,
    LogSource,
    LogTarget,
)
from cdso_audit.model import Declared, Outcome
from cdso_checks.logging.audit_rules import audit_rules
from cdso_checks.logging.audit_storage import audit_storage
from cdso_checks.logging.log_file_modes import log_file_modes
from cdso_checks.logging.log_forwarding import log_forwarding
from cdso_checks.logging.log_important_events import log_important_events
from cdso_checks.logging.log_persistent import log_persistent
from cdso_checks.logging.log_retention import log_retention

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
ALARMS = dict.fromkeys(
    ("max_log_file_action", "space_left_action", "admin_space_left_action", "disk_full_action",
     "disk_error_action"), "syslog",
)  # fmt: skip


def storage(mib: int) -> AuditStorage:
    return AuditStorage(subject="auditd.conf", settings=ALARMS, free_kib=mib * 1024)


def file(name: str, mode: int, owner: str = "root", group: str = "adm") -> LogFiles:
    one = LogFile(path=f"/var/log/{name}", mode=mode, owner=owner, group=group, changed=AT, size=1)
    return LogFiles(subject="/var/log", files=(one,))


def kept(*sources: tuple[str, float, int | None], since: float | None) -> LogRetention:
    """Name, age in days and promise of each log; age of the host."""
    return LogRetention(
        subject="logs",
        first_boot=None if since is None else AT - since * DAY,
        sources=tuple(
            LogSource(name=name, oldest=AT - days * DAY, promised_days=promise)
            for name, days, promise in sources
        ),
    )


def journal(storage: str, *, directory: bool) -> LogPersistence:
    return LogPersistence(
        subject="logs", daemons=("journald",), storage=storage, journal_directory=directory
    )


def recording(**rule: Any) -> AuditRules:
    usual: dict[str, Any] = {"syscalls": ("execve",), "arch": "b64"}
    return AuditRules(subject="audit", rules=(AuditRule(**(usual | rule)),))


def watching(permissions: str) -> AuditRules:
    paths = ("/etc/audit",)
    return AuditRules(subject="audit", rules=(AuditRule(paths=paths, permissions=permissions),))


def sending(*targets: tuple[str, bool]) -> LogForwarding:
    """Host of each target, and whether the connection stands."""
    return LogForwarding(
        subject="forwarding",
        targets=tuple(
            LogTarget(program="rsyslog", host=host, running=True, connected=connected)
            for host, connected in targets
        ),
    )


COMMANDS = {"topics": ("commands",)}
CONFIG = {"topics": ("audit-config",)}
NINETY = {"min_days": 90}
LOG_SERVER = SYSTEM.model_copy(update={"declared": Declared(log_servers=("10.0.0.9",))})
EDGES = [
    Edge(log_important_events, LoginLog(subject="logins", newest=AT - 31 * DAY), PASS),
    Edge(log_important_events, LoginLog(subject="logins", newest=AT - 31 * DAY - SECOND), FAIL),
    Edge(audit_storage, storage(256), PASS),
    Edge(audit_storage, storage(255), FAIL),
    Edge(log_file_modes, file("any.log", 0o646), FAIL),
    Edge(log_file_modes, file("any.log", 0o644), PASS),
    Edge(log_file_modes, file("any.log", 0o664, group="staff"), FAIL),
    Edge(log_file_modes, file("any.log", 0o664, group="adm"), PASS),
    Edge(log_file_modes, file("any.log", 0o664, owner="app", group="app"), PASS),
    Edge(log_file_modes, file("auth.log", 0o644), FAIL),
    Edge(log_file_modes, file("auth.log", 0o640), PASS),
    Edge(log_persistent, journal("auto", directory=True), PASS),
    Edge(log_persistent, journal("auto", directory=False), FAIL, says="in memory"),
    Edge(log_persistent, journal("persistent", directory=False), PASS),
    Edge(log_persistent, journal("volatile", directory=True), FAIL, says="Storage=volatile"),
    Edge(log_retention, kept(("journal", 90, None), since=400), PASS, parameters=NINETY),
    Edge(log_retention, kept(("journal", 89.9, None), since=90), FAIL, parameters=NINETY),
    Edge(log_retention, kept(("journal", 89, None), since=89.9), UNKNOWN, parameters=NINETY),
    Edge(log_retention, kept(("journal", 89, None), since=None), UNKNOWN, parameters=NINETY),
    Edge(log_retention, kept(("journal", 80, 89), since=80), FAIL, parameters=NINETY),
    Edge(log_retention, kept(("journal", 80, 90), since=80), UNKNOWN, parameters=NINETY),
    Edge(
        log_retention,
        kept(("journal", 95, None), ("audit.log", 120, None), since=400),
        PASS,
        says="95 days",
        parameters=NINETY,
    ),
    Edge(
        log_retention,
        kept(("journal", 80, None), ("audit.log", 70, None), since=400),
        FAIL,
        says="audit.log reaches back",
        parameters=NINETY,
    ),
    Edge(
        log_forwarding, sending(("10.0.0.8", False), ("10.0.0.9", True)), PASS, says="10.0.0.9, and"
    ),
    Edge(log_forwarding, sending(("10.0.0.9", False)), PASS, says="no open", system=LOG_SERVER),
    Edge(
        log_forwarding,
        LogForwarding(
            subject="forwarding",
            daemons=("journald",),
            unreadable=("/etc/x",),
            peers=("10.0.0.9",),
        ),
        UNKNOWN,
        system=LOG_SERVER,
    ),
    Edge(audit_rules, recording(), PASS, parameters=COMMANDS),
    Edge(audit_rules, recording(arch=""), PASS, parameters=COMMANDS),
    Edge(audit_rules, recording(syscalls=("all",)), PASS, parameters=COMMANDS),
    Edge(audit_rules, recording(syscalls=("open",)), FAIL, parameters=COMMANDS),
    Edge(audit_rules, recording(arch="b32"), FAIL, parameters=COMMANDS),
    Edge(audit_rules, recording(arch="i386"), FAIL, parameters=COMMANDS),
    Edge(audit_rules, recording(fields=("success=0",)), FAIL, parameters=COMMANDS),
    Edge(audit_rules, recording(fields=("exit=-EACCES",)), FAIL, parameters=COMMANDS),
    Edge(audit_rules, recording(fields=("success=1",)), PASS, parameters=COMMANDS),
    Edge(audit_rules, watching("wa"), PASS, parameters=CONFIG),
    Edge(audit_rules, watching(""), PASS, parameters=CONFIG),
    Edge(audit_rules, watching("r"), FAIL, parameters=CONFIG),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
