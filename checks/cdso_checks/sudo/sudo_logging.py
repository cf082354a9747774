"""
What sudo writes down, and whether commands get a terminal of their own.

`use_pty` is on by itself since sudo 1.9.14, as logging to syslog always was.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.sudo import SudoRules
from cdso_audit.model import Context, Severity, Verdict

#: The version that switched `use_pty` on by default (sudo's NEWS).
USES_PTY_SINCE = (1, 9, 14)


@check(
    SudoRules,
    About(
        id="sudo-logging",
        title="sudo logs every command and gives it a terminal of its own",
        severity=Severity.MEDIUM,
        why="Without the log nobody can tell who did what as root; without its own terminal a "
        "program left behind can type into the administrator's.",
        fix="Put `Defaults use_pty` and `Defaults logfile=/var/log/sudo.log` into "
        "/etc/sudoers.d/cdso with `visudo -f /etc/sudoers.d/cdso`.",
        since="0.1.0",
        references={
            "ssg": ("sudo_add_use_pty", "sudo_custom_logfile"),
            "cis-debian12": ("5.2.2", "5.2.3"),
            "iso27001-2022": ("A.8.15",),
            "cis-v8": ("8.5",),
        },
        pitfalls="The last setting wins, in drop-ins too; a setting bound to one user counts.",
    ),
)
def sudo_logging(sudo: SudoRules, context: Context) -> Verdict:
    """Logging is on by syslog or file, and `use_pty` holds, for everybody."""
    del context
    shown = [
        f"Defaults{':' if each.bound_to else ''}{','.join(each.bound_to)} "
        f"{each.name}={str(each.value).lower()}"
        for each in sudo.defaults
        if each.name in ("use_pty", "syslog", "logfile", "log_allowed")
    ]
    seen, expected = "\n".join(shown), "use_pty, syslog or logfile"
    off = {each.name for each in sudo.defaults if each.bound_to and each.value is False}
    logs = sudo.default("syslog") is not False or bool(sudo.default("logfile"))
    logs = logs and sudo.default("log_allowed") is not False
    if not logs or "log_allowed" in off or {"syslog", "logfile"} <= off:
        return Verdict.failed("commands are not logged", seen=seen, expected=expected)
    pty = sudo.default("use_pty")
    if pty is None:
        pty = sudo.version >= USES_PTY_SINCE
    if not pty or "use_pty" in off:
        return Verdict.failed(
            "commands share the administrator's terminal", seen=seen, expected=expected
        )
    return Verdict.passed(
        "commands are logged and have their own terminal", seen=seen, expected=expected
    )
