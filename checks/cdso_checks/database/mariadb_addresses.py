"""From which hosts the accounts of MariaDB or MySQL may come."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_mariadb import MariadbAccounts
from cdso_audit.model import Context, Severity, Verdict


@check(
    MariadbAccounts,
    About(
        id="mariadb-addresses",
        title="MariaDB's and MySQL's accounts come from named hosts, and root from its own",
        severity=Severity.HIGH,
        why="An account for every host leaves the network filter as the only thing between the "
        "data and whoever guesses passwords.",
        fix="Name the application servers' hosts or networks: `RENAME USER 'NAME'@'%' TO "
        "'NAME'@'10.1.2.%'`; keep root on localhost.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.20", "A.8.22"),
            "cis-v8": ("4.4",),
            "url": ("https://mariadb.com/kb/en/create-user/#account-names",),
        },
        pitfalls="A server that waits on the loopback alone is reached by nobody else, whatever "
        "its accounts say. Locked accounts are left out.",
    ),
)
def mariadb_addresses(held: MariadbAccounts, context: Context) -> Verdict:
    """No account is for every host, and no root is for another one."""
    del context
    if held.listens_only_here:
        return Verdict.passed("waits for nobody beyond its own host")
    far = [each for each in held.accounts if not each.locked and not each.is_local]
    wide = [each.name for each in far if each.is_wide or each.user == "root"]
    seen = "\n".join(each.name for each in far)
    if wide:
        return Verdict.failed(
            "may come from nearly everywhere, or as root: {names}",
            names=", ".join(wide),
            seen=seen,
        )
    return Verdict.passed(
        "{count} accounts for other hosts, each for named ones", count=len(far), seen=seen
    )
