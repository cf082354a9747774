"""What the audit daemon does when its file or the disk is full, and whether it is nearly so."""

from cdso_audit.checking import About, check
from cdso_audit.facts.auditd import AuditStorage
from cdso_audit.model import Context, Severity, Verdict

KIB_IN_MIB = 1024
#: Actions after which records are lost without anybody being told.
SILENT = ("ignore",)


@check(
    AuditStorage,
    About(
        id="audit-storage",
        title="Audit records have room and nobody loses them in silence",
        severity=Severity.MEDIUM,
        why="An intruder who fills the disk must not be able to stop the recording unnoticed.",
        fix="In /etc/audit/auditd.conf set `max_log_file_action = ROTATE` or `KEEP_LOGS`, "
        "`space_left_action = SYSLOG` or `EMAIL`, `disk_full_action = SYSLOG` or stricter, free "
        "space below /var/log/audit, then `systemctl kill -s HUP auditd`.",
        since="0.1.0",
        references={
            "ssg": ("auditd_data_retention_space_left_action",),
            "cis-debian12": ("6.2.2.2", "6.2.2.3", "6.2.2.4"),
            "iso27001-2022": ("A.8.15", "A.8.6"),
        },
    ),
    min_free_mib=256,
)
def audit_storage(audit: AuditStorage, context: Context) -> Verdict:
    """No action is `ignore`, rotation is on, and the disk has room."""
    if audit.container:
        return Verdict.unknown(
            "this is a container ({container}): the kernel's audit belongs to the machine below, "
            "so scan that machine",
            container=audit.container,
        )
    if not audit.installed:
        return Verdict.failed("no audit daemon is installed", expected="auditd")
    defaults = {
        "write_logs": "yes",
        "max_log_file_action": "ignore",
        "space_left_action": "ignore",
        "admin_space_left_action": "ignore",
        "disk_full_action": "ignore",
        "disk_error_action": "ignore",
    }
    settings = {**defaults, **audit.settings}
    silent = [key for key in defaults if settings[key] in SILENT]
    free = audit.free_kib // KIB_IN_MIB
    seen = "; ".join(f"{key} = {settings[key]}" for key in defaults)
    if settings["write_logs"] == "no":
        return Verdict.failed("the audit daemon writes no log (write_logs = no)", seen=seen)
    if silent:
        return Verdict.failed(
            "a full audit log is ignored: {settings}",
            settings=", ".join(f"{key} = ignore" for key in silent),
            seen=seen,
        )
    if free < context.number("min_free_mib"):
        return Verdict.failed(
            "only {free} MiB are free for audit records, {wanted} MiB are wanted",
            free=free,
            wanted=context.number("min_free_mib"),
            seen=seen,
        )
    return Verdict.passed(
        "a full audit log raises an alarm, and {free} MiB are free", free=free, seen=seen
    )
