"""Accounts that ask for no password at all."""

from cdso_audit.checking import About, check
from cdso_audit.facts.accounts import AccountPasswords
from cdso_audit.model import Context, Severity, Verdict


@check(
    AccountPasswords,
    About(
        id="account-empty-password",
        title="No account has an empty password",
        severity=Severity.CRITICAL,
        why="Anybody who reaches a login prompt, or `su`, is in.",
        fix="Lock the account with `passwd -l NAME`, or set a password with `passwd NAME`.",
        since="0.1.0",
        references={
            "ssg": ("no_empty_passwords_etc_shadow",),
            "cis-debian12": ("7.2.2",),
            "iso27001-2022": ("A.5.17",),
            "cis-v8": ("5.2",),
        },
        pitfalls="`!` and `*` are locked, not empty; the field in /etc/passwd itself counts when "
        "it "
        "is not `x`.",
    ),
)
def account_empty_password(held: AccountPasswords, context: Context) -> Verdict:
    """No field is empty, whether the shell is closed or not: `su` can give another one."""
    del context
    empty = [each.account.name for each in held.passwords if each.scheme == "empty"]
    if empty:
        return Verdict.failed(
            "no password is asked for: {names}", names=", ".join(empty), seen="\n".join(empty)
        )
    return Verdict.passed(
        "none of {count} accounts has an empty password", count=len(held.passwords)
    )
