"""Accounts that the list has for services and interfaces, against what the host lets them do."""

from cdso_audit.checking import About, check
from cdso_audit.facts.accounts import AccountLogins
from cdso_audit.model import Context, Severity, Verdict


@check(
    AccountLogins,
    About(
        id="account-kinds-apart",
        title="Accounts listed for services and interfaces get no session by password",
        severity=Severity.MEDIUM,
        why="The password of a service stands in files and scripts; whoever reads it there logs in "
        "as a person would.",
        fix="Close the account for people: `usermod --lock --shell /usr/sbin/nologin NAME`; a "
        "service that must log in does so by a key that is limited to one command.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.2", "A.5.16"), "cis-v8": ("5.5",)},
        pitfalls="Only local accounts with a shell can get a session. A key does not count here, "
        "since copying jobs use one; ssh-authorized-keys judges keys.",
        lists=("accounts",),
    ),
)
def account_kinds_apart(held: AccountLogins, context: Context) -> Verdict:
    """No row of the kinds service and api opens by a password; no name is of two kinds."""
    rows = [row for row in context.lists.accounts if row.concerns(context.asset.id)]
    machines = {row.account for row in rows if row.kind in ("service", "api")}
    both = sorted(machines & {row.account for row in rows if row.kind in ("admin", "user")})
    opened = [
        each.account.name
        for each in held.logins
        if each.account.name in machines and each.password.opens
    ]
    if opened:
        return Verdict.failed(
            "accounts of services that a password opens: {names}", names=", ".join(opened)
        )
    if both:
        return Verdict.failed(
            "listed for a person and for a service alike: {names}", names=", ".join(both)
        )
    return Verdict.passed(
        "none of the {count} accounts of services opens by a password", count=len(machines)
    )
