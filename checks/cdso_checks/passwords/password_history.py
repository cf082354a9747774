"""How many old passwords cannot be used again."""

from cdso_audit.checking import About, check
from cdso_audit.facts.pam import PasswordRules
from cdso_audit.model import Context, Severity, Verdict


@check(
    PasswordRules,
    About(
        id="password-history",
        title="Old passwords cannot be used again",
        severity=Severity.MEDIUM,
        why="Whoever learned an old password only waits until it comes back.",
        fix="Put `password required pam_pwhistory.so remember=10 use_authtok` before pam_unix in "
        "/etc/pam.d/common-password (RHEL: `authselect enable-feature with-pwhistory`).",
        since="0.1.0",
        references={
            "ssg": ("accounts_password_pam_pwhistory_remember_password_auth",),
            "cis-debian12": ("5.3.3.3.1",),
            "iso27001-2022": ("A.5.17",),
            "cis-v8": ("5.2",),
        },
        pitfalls="pam_pwhistory after pam_unix comes too late; its own file pwhistory.conf counts.",
    ),
    min_remember=5,
)
def password_history(rules: PasswordRules, context: Context) -> Verdict:
    """The effective number of remembered passwords is at least the parameter."""
    least = context.number("min_remember")
    if not rules.uses_pam:
        return Verdict.failed("this host does not use PAM, so nothing checks new passwords")
    expected = f">= {least}"
    if rules.remembered < least:
        return Verdict.failed(
            "{count} old passwords are refused",
            count=rules.remembered,
            seen=rules.remembered_by,
            expected=expected,
        )
    return Verdict.passed(
        "{count} old passwords are refused",
        count=rules.remembered,
        seen=rules.remembered_by,
        expected=expected,
    )
