"""
The audit daemon, asked through the kernel.

A started service is no proof: the kernel must record (`enabled`) and have a daemon to give to.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.auditd import AuditStatus
from cdso_audit.model import Context, Severity, Verdict


@check(
    AuditStatus,
    About(
        id="audit-daemon-running",
        title="The audit daemon records what the kernel sees",
        severity=Severity.MEDIUM,
        why="Without audit records nobody can tell afterwards who did what on the host.",
        fix="Install and start it: `apt install auditd && systemctl enable --now auditd` "
        "(`dnf install audit` on RHEL), then look at `auditctl -s`.",
        since="0.1.0",
        references={
            "ssg": ("service_auditd_enabled",),
            "cis-debian12": ("6.2.1.1", "6.2.1.2"),
            "iso27001-2022": ("A.8.15",),
        },
        pitfalls="A running service is not a recording kernel; in a container the kernel answers "
        "only the machine below.",
    ),
)
def audit_daemon_running(audit: AuditStatus, context: Context) -> Verdict:  # noqa: ARG001
    """The kernel records and a daemon takes the records."""
    if audit.container:
        return Verdict.unknown(
            "this is a container ({container}): the kernel's audit belongs to the machine below, "
            "so scan that machine",
            container=audit.container,
        )
    if not audit.installed:
        return Verdict.failed("no audit daemon is installed", expected="auditd")
    seen = f"enabled {audit.enabled}, pid {audit.daemon}, lost {audit.lost}"
    if audit.enabled == 0:
        return Verdict.failed("auditing is switched off in the kernel", seen=seen)
    if audit.daemon == 0:
        return Verdict.failed("the kernel audits, but no audit daemon takes the records", seen=seen)
    return Verdict.passed(
        "the kernel gives its records to the audit daemon, process {pid}",
        pid=audit.daemon,
        seen=seen,
    )
