"""What an old installation of MariaDB or MySQL leaves for everybody."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_mariadb import MariadbAccounts
from cdso_audit.model import Context, Severity, Verdict


@check(
    MariadbAccounts,
    About(
        id="mariadb-test-database",
        title="MariaDB and MySQL have no database that is everybody's",
        severity=Severity.LOW,
        why="In a database that every account may write, anybody fills the disk or leaves traps.",
        fix="Run `mariadb-secure-installation` (`mysql_secure_installation`), or `DROP DATABASE "
        "test` and `DELETE FROM mysql.db WHERE User = ''`, then `FLUSH PRIVILEGES`.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.9",),
            "cis-v8": ("4.1",),
            "url": ("https://mariadb.com/kb/en/mariadb-secure-installation/",),
        },
    ),
)
def mariadb_test_database(held: MariadbAccounts, context: Context) -> Verdict:
    """No database `test`, and no right of accounts without a name."""
    del context
    if held.for_all:
        return Verdict.failed("everybody may use {names}", names=", ".join(held.for_all))
    if held.test_database:
        return Verdict.failed("the database test is there")
    return Verdict.passed("no database test, and none that everybody may use")
