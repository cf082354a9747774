"""The shortest password that a person can choose."""

from cdso_audit.checking import About, check
from cdso_audit.facts.pam import PasswordRules
from cdso_audit.model import Context, Severity, Verdict


@check(
    PasswordRules,
    About(
        id="password-length",
        title="New passwords have a minimum length",
        severity=Severity.HIGH,
        why="Short passwords are guessed, or computed from a stolen hash, within hours.",
        fix="Run `apt install libpam-pwquality` (RHEL: libpwquality), set `minlen = 14` in "
        "/etc/security/pwquality.conf, then run `pam-auth-update` (RHEL: `authselect current` "
        "shows "
        "whether pwquality is in the profile).",
        since="0.1.0",
        references={
            "ssg": ("accounts_password_pam_minlen",),
            "cis-debian12": ("5.3.3.2.2",),
            "iso27001-2022": ("A.5.17",),
            "cis-v8": ("5.2",),
        },
        pitfalls="`PASS_MIN_LEN` in login.defs does nothing under PAM; a setting without the "
        "module "
        "in the stack does nothing; positive credits shorten the minimum.",
    ),
    min_length=14,  # TCVN 14423:2026 without MFA; 8 with it
)
def password_length(rules: PasswordRules, context: Context) -> Verdict:
    """The effective minimum of the stack of `passwd` is at least the parameter."""
    least = context.number("min_length")
    if not rules.uses_pam:
        return Verdict.failed("this host does not use PAM, so nothing checks new passwords")
    expected = f">= {least}"
    if rules.min_length < least:
        return Verdict.failed(
            "{length} characters are enough ({module})",
            length=rules.min_length,
            module=rules.by,
            seen=rules.line,
            expected=expected,
        )
    return Verdict.passed(
        "at least {length} characters ({module})",
        length=rules.min_length,
        module=rules.by,
        seen=rules.line,
        expected=expected,
    )
