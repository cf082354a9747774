"""The owner's list of accounts, compared with the host: what is listed must be there."""

from cdso_audit.checking import About, check
from cdso_audit.facts.accounts import AccountList
from cdso_audit.model import VIETNAM, Context, Severity, Verdict


@check(
    AccountList,
    About(
        id="account-list-current",
        title="The list of accounts names none that the host does not have",
        severity=Severity.LOW,
        why="A list with accounts that are long gone is one that nobody reviews.",
        fix="Remove the rows of accounts that no longer exist from lists/accounts.csv, or write "
        "into them the day on which they were deactivated.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.18",), "cis-v8": ("5.1",)},
        pitfalls="Only rows that name this very host are looked for; a row for a pattern of hosts "
        "may fit none of them.",
        lists=("accounts",),
    ),
)
def account_list_current(held: AccountList, context: Context) -> Verdict:
    """Each active row that names this host has its account."""
    known = {each.name for each in held.accounts}
    rows = [
        row
        for row in context.lists.accounts
        if row.names(context.asset.id)
        and row.deactivated is None
        and not row.contract_ended(context.at.astimezone(VIETNAM).date())
    ]
    gone = sorted({row.account for row in rows if row.account not in known})
    if gone:
        return Verdict.failed(
            "listed, but not on the host: {names}", names=", ".join(gone), seen=", ".join(known)
        )
    return Verdict.passed("all {count} accounts listed for this host exist", count=len(rows))
