"""Accounts that are root under another name."""

from cdso_audit.checking import About, check
from cdso_audit.facts.accounts import AccountList
from cdso_audit.model import Context, Severity, Verdict


@check(
    AccountList,
    About(
        id="account-uid-zero",
        title="Only root has user number 0",
        severity=Severity.CRITICAL,
        why="A second account with number 0 is root, and the log calls it by root's name.",
        fix="Give the account its own number with `usermod -u NUMBER NAME` and a rule of sudo, or "
        "remove it with `userdel NAME`.",
        since="0.1.0",
        references={
            "ssg": ("accounts_no_uid_except_zero",),
            "cis-debian12": ("5.4.2.1",),
            "iso27001-2022": ("A.8.2",),
            "cis-v8": ("5.4",),
        },
        pitfalls="Accounts of a directory count as well as those of /etc/passwd.",
    ),
    allowed=("root",),
)
def account_uid_zero(accounts: AccountList, context: Context) -> Verdict:
    """Every account with number 0 is one that is allowed."""
    allowed = context.names("allowed")
    zero = [each.name for each in accounts.accounts if each.uid == 0]
    others = [name for name in zero if name not in allowed]
    seen, expected = ", ".join(zero), ", ".join(allowed)
    if others:
        return Verdict.failed(
            "these accounts are root too: {names}",
            names=", ".join(others),
            seen=seen,
            expected=expected,
        )
    if not zero:
        return Verdict.unknown("no account has number 0, so the list cannot be whole")
    return Verdict.passed("only root has number 0", seen=seen, expected=expected)
