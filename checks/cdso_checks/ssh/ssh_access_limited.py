"""Who may log in over SSH at all."""

from cdso_audit.checking import About, check
from cdso_audit.facts.sshd import SshdSettings
from cdso_audit.model import Context, Severity, Verdict

LIMITS = ("allowusers", "allowgroups", "denyusers", "denygroups")
#: Patterns that let everybody in, and so limit nothing.
EVERYBODY = frozenset({"*", "*@*", "?*"})


@check(
    SshdSettings,
    About(
        id="ssh-access-limited",
        title="SSH is open to named users or groups only",
        severity=Severity.MEDIUM,
        why="Any account with a shell, a forgotten service account too, can otherwise log in from "
        "the network.",
        fix="Set `AllowGroups ssh-users` in /etc/ssh/sshd_config.d/00-cdso.conf, put the people "
        "into that group first, check with `sshd -t`, then `systemctl reload ssh`.",
        since="0.1.0",
        references={
            "ssg": ("sshd_limit_user_access",),
            "cis-debian12": ("5.1.4",),
            "iso27001-2022": ("A.8.3",),
            "cis-v8": ("6.8",),
            "nist-csf-2": ("PR.AA-05",),
        },
        pitfalls="`AllowUsers *` limits nothing; drop-ins and Match blocks count.",
    ),
)
def ssh_access_limited(sshd: SshdSettings, context: Context) -> Verdict:
    """At least one of the four lists holds something else than everybody."""
    del context
    lines = [
        f"{key} {value}"
        for key in LIMITS
        for value in sshd.settings.get(key, ())
        if not (key.startswith("allow") and EVERYBODY & set(value.split()))
    ]
    expected = " | ".join(LIMITS)
    if lines:
        return Verdict.passed("access is limited", seen="\n".join(lines), expected=expected)
    if sshd.is_root and sshd.one("permitrootlogin") == "no":
        return Verdict.passed("root cannot log in at all", seen=sshd.line("permitrootlogin"))
    return Verdict.failed("any account with a shell may log in", expected=expected)
