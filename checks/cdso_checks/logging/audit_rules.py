"""
What the loaded audit rules watch, topic by topic.

Rules are compared by what they do: a watch and a path rule are the same, system calls of several
lines are added up, and the key is only a name.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.auditd import AuditRule, AuditRules
from cdso_audit.model import Context, Severity, Verdict

#: Topic → groups of paths; of each group one path must be watched for writing.
PATHS: dict[str, tuple[tuple[str, ...], ...]] = {
    "identity": (("/etc/passwd",), ("/etc/shadow",), ("/etc/group",)),
    "sudo": (("/etc/sudoers",), ("/etc/sudoers.d",)),
    "logins": (("/var/log/lastlog", "/var/log/wtmp", "/var/log/faillog", "/var/run/faillock"),),
    "audit-config": (("/etc/audit",),),
}
#: Topic → groups of system calls; of each group one call must be recorded.
SYSCALLS: dict[str, tuple[tuple[str, ...], ...]] = {
    "time": (("adjtimex", "clock_settime", "settimeofday"),),
    "modules": (("init_module", "finit_module"), ("delete_module",)),
    "permissions": (("chmod", "fchmod", "fchmodat"), ("chown", "fchown", "fchownat")),
    "deletions": (("unlink", "unlinkat", "rename", "renameat"),),
    "mounts": (("mount",),),
    "commands": (("execve",),),
}


@check(
    AuditRules,
    About(
        id="audit-rules",
        title="Audit rules watch accounts, privileges, time, logins and kernel modules",
        severity=Severity.MEDIUM,
        why="An audit daemon without rules records nearly nothing of what an intruder does.",
        fix="Put the missing rules into /etc/audit/rules.d/50-cdso.rules, for example "
        "`-w /etc/sudoers -p wa -k sudo`, and load them with `augenrules --load`.",
        since="0.1.0",
        references={
            "ssg": ("audit_rules_usergroup_modification_passwd", "audit_rules_sysadmin_actions"),
            "cis-debian12": ("6.2.3.1", "6.2.3.4", "6.2.3.8", "6.2.3.12", "6.2.3.19"),
            "iso27001-2022": ("A.8.15",),
            "cis-v8": ("8.5",),
        },
        pitfalls="Rules on disk may have failed to load, so the kernel's own list is judged.",
    ),
    topics=("identity", "sudo", "logins", "time", "modules"),
)
def audit_rules(audit: AuditRules, context: Context) -> Verdict:
    """Every demanded topic is watched by the rules that are loaded."""
    if audit.container:
        return Verdict.unknown(
            "this is a container ({container}): the kernel's audit belongs to the machine below, "
            "so scan that machine",
            container=audit.container,
        )
    if not audit.installed:
        return Verdict.failed("no audit daemon is installed", expected="auditd")
    wanted = context.names("topics")
    strange = [topic for topic in wanted if topic not in PATHS and topic not in SYSCALLS]
    if strange:
        raise ValueError(f"unknown audit topics: {', '.join(strange)}")
    rules = [rule for rule in audit.rules if not rule.never]
    missing = [topic for topic in wanted if not _covers(rules, topic)]
    seen = f"{len(audit.rules)} rules"
    if not audit.rules:
        return Verdict.failed("no audit rule is loaded", seen=seen, expected=", ".join(wanted))
    if missing:
        return Verdict.failed(
            "the {count} loaded audit rules do not watch: {missing}",
            count=len(audit.rules),
            missing=", ".join(missing),
            seen=seen,
            expected=", ".join(wanted),
        )
    return Verdict.passed(
        "{count} audit rules watch {topics}",
        count=len(audit.rules),
        topics=", ".join(wanted),
        seen=seen,
    )


def _covers(rules: list[AuditRule], topic: str) -> bool:
    paths = all(any(_watched(rules, path) for path in group) for group in PATHS.get(topic, ()))
    calls = all(any(_recorded(rules, call) for call in group) for group in SYSCALLS.get(topic, ()))
    return paths and calls


def _watched(rules: list[AuditRule], path: str) -> bool:
    """A watch of the path or of a directory above it, for writing (no permission means all)."""
    return any(
        ("w" in rule.permissions or not rule.permissions)
        and any(path == each or path.startswith(each + "/") for each in rule.paths)
        for rule in rules
    )


def _recorded(rules: list[AuditRule], call: str) -> bool:
    """The call stands in a rule of the native architecture, not one for failures alone."""
    return any(
        (call in rule.syscalls or "all" in rule.syscalls)
        and rule.arch not in ("b32", "i386")
        and "success=0" not in rule.fields
        and not any(field.startswith("exit=-") for field in rule.fields)
        for rule in rules
    )
