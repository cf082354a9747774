"""
How the passwords that open accounts are hashed.

Only the scheme leaves the host. Changing the setting does not change old hashes: those stay weak
until their owners change the password.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.accounts import AccountPasswords
from cdso_audit.model import Context, Severity, Verdict


@check(
    AccountPasswords,
    About(
        id="account-hash-scheme",
        title="Passwords are stored under a strong hash",
        severity=Severity.HIGH,
        why="Whoever copies the file computes passwords under a weak hash within hours.",
        fix="Set `ENCRYPT_METHOD YESCRYPT` in /etc/login.defs, then make the named accounts choose "
        "a new password with `chage -d 0 NAME`.",
        since="0.1.0",
        references={
            "ssg": ("set_password_hashing_algorithm_logindefs",),
            "cis-debian12": ("5.4.1.4",),
            "iso27001-2022": ("A.8.24",),
            "cis-v8": ("3.11",),
        },
        pitfalls="Locked hashes are left out; a new setting leaves old hashes as they are.",
    ),
    good=("$y$", "$gy$", "$7$", "$6$", "$2b$", "$2y$"),
)
def account_hash_scheme(held: AccountPasswords, context: Context) -> Verdict:
    """Every hash that is not locked has one of the good schemes."""
    good = context.names("good")
    used = [each for each in held.passwords if each.opens and each.scheme != "empty"]
    lines = [f"{each.account.name} {each.scheme}" for each in used]
    expected = ", ".join(good)
    weak = [each.account.name for each in used if each.scheme not in good]
    if weak:
        return Verdict.failed(
            "weak hashes: {names}", names=", ".join(weak), seen="\n".join(lines), expected=expected
        )
    if not used:
        return Verdict.passed("no account has a password that opens it")
    return Verdict.passed(
        "{count} passwords, each under a strong hash",
        count=len(used),
        seen="\n".join(lines),
        expected=expected,
    )
