"""Accounts that can be entered, compared with the owner's list: what is there must be listed."""

from cdso_audit.checking import About, check
from cdso_audit.facts.accounts import AccountList
from cdso_audit.model import Context, Severity, Verdict


@check(
    AccountList,
    About(
        id="account-listed",
        title="Every account that gets a session stands in the list of accounts",
        severity=Severity.HIGH,
        why="An account that nobody listed outlives the person whom it was made for.",
        fix="Add the account with its holder to lists/accounts.csv, or remove it with "
        "`userdel NAME`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.16",), "cis-v8": ("5.1",), "nist-csf-2": ("PR.AA-01",)},
        pitfalls="Accounts without a shell (nologin, false) get no session and need no row; those "
        "of a directory that the host resolves do. The tool's own account needs one too.",
        lists=("accounts",),
    ),
)
def account_listed(held: AccountList, context: Context) -> Verdict:
    """Each account with a shell has a row that concerns this host."""
    listed = {row.account for row in context.lists.accounts if row.concerns(context.asset.id)}
    entered = [each.name for each in held.accounts if each.has_shell]
    strange = sorted({name for name in entered if name not in listed})
    seen = ", ".join(dict.fromkeys(entered))
    if strange:
        return Verdict.failed(
            "accounts that the list does not have: {names}",
            names=", ".join(strange[:20]),
            seen=seen,
            expected=", ".join(sorted(listed)),
        )
    return Verdict.passed(
        "all {count} accounts that get a session are listed", count=len(set(entered)), seen=seen
    )
