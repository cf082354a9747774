"""How many kinds of characters a new password must hold."""

from cdso_audit.checking import About, check
from cdso_audit.facts.pam import PasswordRules
from cdso_audit.model import Context, Severity, Verdict


@check(
    PasswordRules,
    About(
        id="password-complexity",
        title="New passwords hold several kinds of characters",
        severity=Severity.MEDIUM,
        why="Passwords of one kind of characters stand in every list of guesses.",
        fix="Set `minclass = 4` in /etc/security/pwquality.conf, and see with "
        "`grep pwquality /etc/pam.d/common-password` (RHEL: system-auth) that the module is in "
        "use.",
        since="0.1.0",
        references={
            "ssg": ("accounts_password_pam_minclass",),
            "cis-debian12": ("5.3.3.2.3",),
            "iso27001-2022": ("A.5.17",),
            "cis-v8": ("5.2",),
        },
        pitfalls="Negative credits demand a kind each and count; `enforcing = 0` only warns.",
    ),
    min_classes=4,  # TCVN 14423:2026: lower case, upper case, digits, others
)
def password_complexity(rules: PasswordRules, context: Context) -> Verdict:
    """The effective number of classes is at least the parameter."""
    least = context.number("min_classes")
    if not rules.uses_pam:
        return Verdict.failed("this host does not use PAM, so nothing checks new passwords")
    expected = f">= {least}"
    if rules.min_classes < least:
        return Verdict.failed(
            "{classes} kinds of characters are demanded",
            classes=rules.min_classes,
            seen=rules.line,
            expected=expected,
        )
    return Verdict.passed(
        "{classes} kinds of characters are demanded",
        classes=rules.min_classes,
        seen=rules.line,
        expected=expected,
    )
