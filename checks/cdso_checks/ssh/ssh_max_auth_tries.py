"""How often, and for how long, somebody may try to log in on one SSH connection."""

from cdso_audit.checking import About, check
from cdso_audit.facts.sshd import SshdSettings
from cdso_audit.model import Context, Severity, Verdict


@check(
    SshdSettings,
    About(
        id="ssh-max-auth-tries",
        title="SSH limits the tries and the time of a login",
        severity=Severity.MEDIUM,
        why="Many tries a connection speed up guessing, and half-open logins use up the server's "
        "slots.",
        fix="Set `MaxAuthTries 4` and `LoginGraceTime 60` in "
        "/etc/ssh/sshd_config.d/00-cdso.conf, check it with `sshd -t`, then `systemctl reload "
        "ssh`.",
        since="0.1.0",
        references={
            "ssg": ("sshd_set_max_auth_tries", "sshd_set_login_grace_time"),
            "cis-debian12": ("5.1.13", "5.1.16"),
            "iso27001-2022": ("A.8.5",),
            "cis-v8": ("4.1",),
        },
        pitfalls="`LoginGraceTime 0` means no limit at all.",
    ),
    max_tries=4,
    max_grace_seconds=60,
)
def ssh_max_auth_tries(sshd: SshdSettings, context: Context) -> Verdict:
    """Both limits hold; a grace time of 0 is none."""
    max_tries, max_grace = context.number("max_tries"), context.number("max_grace_seconds")
    tries, grace = int(sshd.one("maxauthtries")), int(sshd.one("logingracetime"))
    seen = f"{sshd.line('maxauthtries')}\n{sshd.line('logingracetime')}"
    expected = f"maxauthtries <= {max_tries}, 0 < logingracetime <= {max_grace}"
    if tries > max_tries or grace > max_grace or grace == 0:
        return Verdict.failed(
            "{tries} tries and {grace} s a login are allowed (0 s: no limit)",
            tries=tries,
            grace=grace,
            seen=seen,
            expected=expected,
        )
    return Verdict.passed(
        "{tries} tries and {grace} s a login",
        tries=tries,
        grace=grace,
        seen=seen,
        expected=expected,
    )
