"""Who may try root's password with `su`."""

from cdso_audit.checking import About, check
from cdso_audit.facts.pam import SuRule
from cdso_audit.model import Context, Severity, Verdict


@check(
    SuRule,
    About(
        id="su-restricted",
        title="Only administrators may become root with su",
        severity=Severity.MEDIUM,
        why="Otherwise any account, a taken-over service too, may guess root's password.",
        fix="Put `auth required pam_wheel.so use_uid` into /etc/pam.d/su (Debian: add "
        "`group=sudo`), above the includes.",
        since="0.1.0",
        references={
            "ssg": ("use_pam_wheel_for_su",),
            "cis-debian12": ("5.2.7",),
            "iso27001-2022": ("A.8.2", "A.8.18"),
            "cis-v8": ("5.4",),
        },
        pitfalls="The commented example line counts for nothing, and `sufficient pam_wheel.so "
        "trust` "
        "opens instead of closing.",
    ),
)
def su_restricted(su: SuRule, context: Context) -> Verdict:
    """Somebody outside the group does not get through the stack of `su`."""
    del context
    if not su.uses_pam:
        return Verdict.failed("this host does not use PAM, so su is open to all")
    if su.open_to_all:
        return Verdict.failed("any account may try root's password", seen=su.line)
    return Verdict.passed("su is closed to others than administrators", seen=su.line)
