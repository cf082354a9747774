"""Logins and uses of sudo, found in a log and not only configured to be there."""

from datetime import timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.logging import LoginLog
from cdso_audit.model import Context, Severity, Verdict


@check(
    LoginLog,
    About(
        id="log-important-events",
        title="Logins and uses of sudo are logged",
        severity=Severity.MEDIUM,
        why="The first question after an intrusion is who logged in, and when.",
        fix="Have rsyslog write `auth,authpriv.*  /var/log/auth.log`, or start the journal: "
        "`systemctl restart systemd-journald`, then log in and look with `journalctl -t sshd`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.15",), "cis-v8": ("8.5",)},
    ),
    max_days=31,
)
def log_important_events(logs: LoginLog, context: Context) -> Verdict:
    """The newest entry is not older than a host with users can be silent."""
    if logs.newest is None:
        return Verdict.failed("no log holds an entry about a login")
    days = (context.at - logs.newest).days
    limit = timedelta(days=context.number("max_days"))
    newest = f"{logs.newest:%Y-%m-%d %H:%M}"
    if context.at - logs.newest > limit:
        return Verdict.failed(
            "the newest entry about a login is {days} days old ({newest}, {where})",
            days=days,
            newest=newest,
            where=logs.where,
            seen=newest,
        )
    return Verdict.passed(
        "the newest entry about a login is of {newest} ({where})",
        newest=newest,
        where=logs.where,
        seen=newest,
    )
