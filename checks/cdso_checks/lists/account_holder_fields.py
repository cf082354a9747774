"""Who is behind each account, as the list says it."""

from cdso_audit.checking import About, check
from cdso_audit.facts.accounts import AccountList
from cdso_audit.model import AccountRow, Context, Severity, Verdict

#: What joins two people in one cell.
_JOINTS = (",", ";", "/", "&", "+", " và ", " and ")


@check(
    AccountList,
    About(
        id="account-holder-fields",
        title="The list names one person, the department and the first day of every account",
        severity=Severity.MEDIUM,
        why="What was done with an account that belongs to several people was done by nobody.",
        fix="Fill holder, department and day of activation in lists/accounts.csv, one person an "
        "account; give everybody an account of their own.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.16",), "cis-v8": ("5.1",)},
        pitfalls="Accounts of services and APIs need a holder who answers for them, but no day. "
        "root and its like need somebody who keeps them.",
        lists=("accounts",),
    ),
)
def account_holder_fields(held: AccountList, context: Context) -> Verdict:
    """Each row of an account that is on the host is complete, and names one holder."""
    here = {each.name for each in held.accounts}
    rows = [
        row
        for row in context.lists.accounts
        if row.concerns(context.asset.id) and row.account in here
    ]
    lacking = sorted({row.account for row in rows if _lacks(row)})
    shared = sorted({row.account for row in rows if any(j in row.holder for j in _JOINTS)})
    if lacking:
        return Verdict.failed(
            "rows without holder, department or first day: {names}", names=", ".join(lacking)
        )
    if shared:
        return Verdict.failed("accounts of several people: {names}", names=", ".join(shared))
    if not rows:
        return Verdict.failed("the list names no account of this host")
    return Verdict.passed("all {count} listed accounts have one holder", count=len(rows))


def _lacks(row: AccountRow) -> bool:
    if not row.holder:
        return True
    return row.kind in ("admin", "user") and not (row.unit and row.activated)
