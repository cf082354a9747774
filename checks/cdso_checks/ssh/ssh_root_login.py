"""
Logging in as root over SSH.

Judged on what the server says of root itself, so a drop-in or a Match block cannot hide it.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.sshd import SshdSettings
from cdso_audit.model import Context, Severity, Verdict


@check(
    SshdSettings,
    About(
        id="ssh-root-login",
        title="Nobody logs in as root over SSH",
        severity=Severity.HIGH,
        why="A login as root leaves no trace of who acted, and one guessed secret is the whole "
        "host.",
        fix="Set `PermitRootLogin no` in /etc/ssh/sshd_config.d/00-cdso.conf, check it with "
        "`sshd -t`, then `systemctl reload ssh`.",
        since="0.1.0",
        references={
            "ssg": ("sshd_disable_root_login",),
            "cis-debian12": ("5.1.20",),
            "iso27001-2022": ("A.8.2",),
            "cis-v8": ("5.4",),
        },
        pitfalls="File greps miss drop-ins, which win by coming first, and Match blocks.",
    ),
    allowed=("no",),
)
def ssh_root_login(sshd: SshdSettings, context: Context) -> Verdict:
    """Compare the effective `PermitRootLogin` with what is allowed."""
    if not sshd.is_root:
        return Verdict.not_applicable("the setting concerns root only")
    seen = sshd.line("permitrootlogin")
    allowed = context.names("allowed")
    expected = "permitrootlogin " + " | ".join(allowed)
    if sshd.one("permitrootlogin") in allowed:
        return Verdict.passed("root cannot log in over SSH", seen=seen, expected=expected)
    return Verdict.failed(
        "root may log in over SSH ({value})",
        value=sshd.one("permitrootlogin"),
        seen=seen,
        expected=expected,
    )
