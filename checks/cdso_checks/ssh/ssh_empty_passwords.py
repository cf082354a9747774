"""Accounts without a password, over SSH."""

from cdso_audit.checking import About, check
from cdso_audit.facts.sshd import SshdSettings
from cdso_audit.model import Context, Severity, Verdict


@check(
    SshdSettings,
    About(
        id="ssh-empty-passwords",
        title="SSH refuses empty passwords",
        severity=Severity.CRITICAL,
        why="An account without a password is then open to anybody who can reach the port.",
        fix="Set `PermitEmptyPasswords no` in /etc/ssh/sshd_config.d/00-cdso.conf, check it with "
        "`sshd -t`, then `systemctl reload ssh`.",
        since="0.1.0",
        references={
            "ssg": ("sshd_disable_empty_passwords",),
            "cis-debian12": ("5.1.19",),
            "iso27001-2022": ("A.8.5",),
            "cis-v8": ("5.2",),
        },
        pitfalls="The default is `no`; a file without the line is fine, so the server is asked.",
    ),
)
def ssh_empty_passwords(sshd: SshdSettings, context: Context) -> Verdict:
    """The effective `PermitEmptyPasswords` is no."""
    del context
    seen, expected = sshd.line("permitemptypasswords"), "permitemptypasswords no"
    if sshd.one("permitemptypasswords") == "no":
        return Verdict.passed("empty passwords are refused", seen=seen, expected=expected)
    return Verdict.failed("empty passwords are accepted", seen=seen, expected=expected)
