"""
Logs that outlast a reboot: a syslog daemon that writes files, or a journal kept on the disk.

`Storage=auto`, the default, keeps the journal only if its directory exists.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.logging import WRITERS, LogPersistence
from cdso_audit.model import Context, Severity, Verdict


@check(
    LogPersistence,
    About(
        id="log-persistent",
        title="Logs outlast a reboot",
        severity=Severity.MEDIUM,
        why="Logs in memory are gone after the reboot that an attack or its repair brings.",
        fix="Keep the journal on the disk: `mkdir -p /var/log/journal && systemd-tmpfiles --create "
        "--prefix /var/log/journal && journalctl --flush`, or install rsyslog.",
        since="0.1.0",
        references={
            "ssg": ("journald_storage",),
            "cis-debian12": ("6.1.2.4",),
            "iso27001-2022": ("A.8.15",),
        },
        pitfalls="`Storage=auto` depends on the directory, and any one logger that writes is "
        "enough.",
    ),
)
def log_persistent(logs: LogPersistence, context: Context) -> Verdict:  # noqa: ARG001
    """A writing syslog daemon runs, or the running journal has a place on the disk."""
    writers = [name for name in logs.daemons if name in WRITERS]
    seen = f"{', '.join(logs.daemons) or '-'}; Storage={logs.storage}"
    if writers:
        return Verdict.passed("{daemon} writes logs to the disk", daemon=writers[0], seen=seen)
    if "journald" not in logs.daemons:
        return Verdict.failed("no log daemon runs", seen=seen)
    if logs.storage == "persistent" or (logs.storage == "auto" and logs.journal_directory):
        return Verdict.passed("the journal is kept on the disk", seen=seen)
    if logs.storage == "auto":
        return Verdict.failed(
            "the journal lives in memory: Storage=auto, and /var/log/journal does not exist",
            seen=seen,
        )
    return Verdict.failed(
        "the journal is not kept on the disk (Storage={storage}) and no syslog daemon runs",
        storage=logs.storage,
        seen=seen,
    )
