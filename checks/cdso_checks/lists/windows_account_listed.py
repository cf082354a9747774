"""Enabled accounts of Windows, compared with the owner's list."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.accounts import WindowsUser
from cdso_audit.model import VIETNAM, Context, Severity, Verdict


@check(
    WindowsUser,
    About(
        id="windows-account-listed",
        title="The enabled account of Windows stands in the list of accounts",
        severity=Severity.HIGH,
        why="An account that nobody listed outlives the person whom it was made for.",
        fix="Add the account with its holder to lists/accounts.csv, or disable it with "
        "`Disable-LocalUser -Name NAME` (`Disable-ADAccount` on a domain controller).",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.16", "A.5.18"), "cis-v8": ("5.1", "6.2")},
        pitfalls="Names are compared without regard to case, as Windows does.",
        experimental=True,
        lists=("accounts",),
    ),
)
def windows_account_listed(user: WindowsUser, context: Context) -> Verdict:
    """Enabled means listed, and neither locked nor deactivated by the list."""
    if user.enabled is False:
        return Verdict.not_applicable("this account is disabled")
    name = user.subject.rpartition("\\")[2].casefold()
    rows = [
        row
        for row in context.lists.accounts
        if row.concerns(context.asset.id) and row.account.casefold() == name
    ]
    if not rows:
        return Verdict.failed("the list does not have this account", seen=user.subject)
    today = context.at.astimezone(VIETNAM).date()
    shut = [
        row
        for row in rows
        if row.state == "locked" or (row.deactivated is not None and row.deactivated <= today)
    ]
    if shut:
        return Verdict.failed("by the list this account had to be shut", seen=user.subject)
    return Verdict.passed("listed; its holder is {holder}", holder=rows[0].holder or "-")
