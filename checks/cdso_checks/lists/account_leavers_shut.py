"""Accounts that had to be shut: of people who left, of ended contracts, or called locked."""

from cdso_audit.checking import About, check
from cdso_audit.facts.accounts import AccountLogins
from cdso_audit.model import VIETNAM, Context, Severity, Verdict


@check(
    AccountLogins,
    About(
        id="account-leavers-shut",
        title="No account of a person who left, or whose contract ended, can be entered",
        severity=Severity.HIGH,
        why="Who left in anger, or sold an old password, comes back by an account left open.",
        fix="Shut the account for passwords and keys alike: `usermod --lock --expiredate 1 NAME`, "
        "and remove its keys.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.18", "A.6.5"), "cis-v8": ("6.2",)},
        pitfalls="A locked password alone is not shut: a key still opens. The list says who left, "
        "by the day in its column of deactivation, by the state locked or by the end of a "
        "supplier's contract. With `suppliers_only` the others are left to other rules, and each "
        "account that can be entered must have its department or its supplier.",
        lists=("accounts",),
    ),
    suppliers_only=False,
)
def account_leavers_shut(held: AccountLogins, context: Context) -> Verdict:
    """Each row that is locked, deactivated or out of contract opens neither by password nor key."""
    today = context.at.astimezone(VIETNAM).date()
    rows = [row for row in context.lists.accounts if row.concerns(context.asset.id)]
    whose = {row.account for row in rows if row.is_supplier or row.unit}
    suppliers_only = bool(context.parameters["suppliers_only"])
    if suppliers_only:
        rows = [row for row in rows if row.is_supplier]
    shut = {row.account for row in rows if row.had_to_be_shut(today)}
    here = [each for each in held.logins if each.account.name in shut]
    here = [each for each in here if not each.password.is_expired_account(context.at)]
    opened = [each for each in here if each.ways]
    seen = ", ".join(f"{each.account.name} ({', '.join(each.ways) or '-'})" for each in here)
    if opened:
        return Verdict.failed(
            "had to be shut and can be entered: {names}",
            names=", ".join(f"{each.account.name} ({', '.join(each.ways)})" for each in opened),
            seen=seen,
        )
    if any(each.keys is None for each in here):
        return Verdict.unknown("whether keys open the shut accounts could not be seen", seen=seen)
    nobodys = [
        each.account.name
        for each in held.logins
        if suppliers_only and each.account.name not in whose and (each.ways or each.keys is None)
    ]
    if nobodys:
        return Verdict.unknown(
            "the list does not say whose these accounts are, a department's or a supplier's: "
            "{names}",
            names=", ".join(nobodys),
            seen=seen,
        )
    return Verdict.passed(
        "all {count} accounts that had to be shut are", count=len(shut), seen=seen
    )
