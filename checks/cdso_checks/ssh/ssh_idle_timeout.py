"""
SSH sessions whose client has gone.

The server asks a silent client `ClientAliveCountMax` times, every `ClientAliveInterval` seconds. It
is a limit on dead connections; a shell's own idle time is `session-lock`.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.sshd import SshdSettings
from cdso_audit.model import Context, Severity, Verdict


@check(
    SshdSettings,
    About(
        id="ssh-idle-timeout",
        title="SSH ends sessions whose client no longer answers",
        severity=Severity.MEDIUM,
        why="A session that stays open on a lost or stolen machine can be taken over.",
        fix="Set `ClientAliveInterval 100` and `ClientAliveCountMax 3` in "
        "/etc/ssh/sshd_config.d/00-cdso.conf, check it with `sshd -t`, then `systemctl reload "
        "ssh`.",
        since="0.1.0",
        references={
            "ssg": ("sshd_set_idle_timeout", "sshd_set_keepalive"),
            "cis-debian12": ("5.1.7",),
            "iso27001-2022": ("A.8.5",),
            "cis-v8": ("4.3",),
        },
        pitfalls="`ClientAliveCountMax 0` switches the limit off since OpenSSH 8.2; older guides "
        "recommend it.",
    ),
    max_seconds=300,  # TCVN 14423:2026: 5 minutes for sessions of administrators
)
def ssh_idle_timeout(sshd: SshdSettings, context: Context) -> Verdict:
    """Interval times count is more than nothing and at most the limit."""
    most = context.number("max_seconds")
    interval, count = (int(sshd.one(f"clientalive{name}")) for name in ("interval", "countmax"))
    seen = f"{sshd.line('clientaliveinterval')}\n{sshd.line('clientalivecountmax')}"
    expected = f"0 < clientaliveinterval * clientalivecountmax <= {most}"
    if interval == 0 or count == 0:
        return Verdict.failed("dead sessions are never ended", seen=seen, expected=expected)
    if interval * count > most:
        return Verdict.failed(
            "a dead session ends after {seconds} s only",
            seconds=interval * count,
            seen=seen,
            expected=expected,
        )
    return Verdict.passed(
        "a dead session ends after {seconds} s",
        seconds=interval * count,
        seen=seen,
        expected=expected,
    )
