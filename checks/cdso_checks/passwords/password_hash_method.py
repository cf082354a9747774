"""
How the next password is hashed: by `passwd` (PAM), and by the programs that go by login.defs.

What is stored already is `account-hash-scheme`.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.pam import PasswordRules
from cdso_audit.model import Context, Severity, Verdict


@check(
    PasswordRules,
    About(
        id="password-hash-method",
        title="New passwords are stored under a strong hash",
        severity=Severity.MEDIUM,
        why="A stolen list of weak hashes gives up most passwords within days.",
        fix="Set `ENCRYPT_METHOD YESCRYPT` in /etc/login.defs and `yescrypt` on the line of "
        "pam_unix.so in /etc/pam.d/common-password.",
        since="0.1.0",
        references={
            "ssg": ("set_password_hashing_algorithm_systemauth",),
            "cis-debian12": ("5.3.3.4.3", "5.4.1.4"),
            "iso27001-2022": ("A.8.24",),
            "cis-v8": ("3.11",),
        },
        pitfalls="The option of pam_unix wins over login.defs; chpasswd and useradd go by PAM or "
        "login.defs, so both must be good.",
    ),
    good=("yescrypt", "gost_yescrypt", "sha512", "blowfish", "bcrypt"),
)
def password_hash_method(rules: PasswordRules, context: Context) -> Verdict:
    """Both methods are among the good ones."""
    good = context.names("good")
    seen = f"ENCRYPT_METHOD {rules.defaults_scheme.upper()}"
    methods = [rules.defaults_scheme]
    if rules.uses_pam:
        seen = f"pam_unix {rules.scheme}\n{seen}"
        methods.append(rules.scheme)
    weak = [each for each in methods if each not in good]
    expected = ", ".join(good)
    if weak:
        return Verdict.failed(
            "new passwords are hashed with {method}",
            method=", ".join(dict.fromkeys(weak)),
            seen=seen,
            expected=expected,
        )
    return Verdict.passed(
        "new passwords are hashed with {method}",
        method=", ".join(dict.fromkeys(methods)),
        seen=seen,
        expected=expected,
    )
