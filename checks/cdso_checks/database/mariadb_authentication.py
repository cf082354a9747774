"""Whether somebody gets into MariaDB or MySQL without a proof of who he is."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_mariadb import MariadbAccounts
from cdso_audit.model import Context, Severity, Verdict


@check(
    MariadbAccounts,
    About(
        id="mariadb-authentication",
        title="MariaDB and MySQL let nobody in without a password or another proof",
        severity=Severity.CRITICAL,
        why="Whoever reaches an account without a password reads and changes what it may.",
        fix="Set a password with `ALTER USER 'NAME'@'HOST' IDENTIFIED BY '…'`, or drop the account "
        "with `DROP USER`; `mariadb-secure-installation` does both for what an old version left.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.5",),
            "cis-v8": ("5.2",),
            "nist-csf-2": ("PR.AA-03",),
            "url": ("https://mariadb.com/kb/en/authentication-from-mariadb-104/",),
        },
        pitfalls="Accounts that are locked, and those that unix_socket or another plug-in checks, "
        "need no password. An account without a name fits every name.",
    ),
)
def mariadb_authentication(held: MariadbAccounts, context: Context) -> Verdict:
    """Each account is checked, none is without a name, none opens by an empty password."""
    del context
    if held.checks_nobody:
        return Verdict.failed("the server was started with skip-grant-tables: it checks nobody")
    usable = [each for each in held.accounts if not each.locked]
    bare = [each for each in usable if each.opened_by == "anybody" or not each.user]
    if bare:
        return Verdict.failed(
            "no proof is asked of {names}",
            names=", ".join(each.name for each in bare),
            seen="\n".join(
                f"{each.name} {each.plugin}, opened by {each.opened_by}" for each in bare
            ),
        )
    return Verdict.passed(
        "{count} accounts, each asked for a proof",
        count=len(usable),
        seen="\n".join(f"{each.name} {each.plugin}" for each in usable),
    )
