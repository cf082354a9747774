"""
How MariaDB or MySQL keeps its accounts' passwords.

mysql_native_password is SHA-1 twice without a salt: two accounts with one password have one hash,
and tables of hashes break it.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_mariadb import MariadbAccounts
from cdso_audit.model import Context, Severity, Verdict


@check(
    MariadbAccounts,
    About(
        id="mariadb-verifiers",
        title="MariaDB and MySQL keep passwords under a salted scheme",
        severity=Severity.MEDIUM,
        why="Whoever copies unsalted SHA-1 hashes computes the passwords within hours.",
        fix="MariaDB: `INSTALL SONAME 'auth_ed25519'`, then `ALTER USER 'NAME'@'HOST' IDENTIFIED "
        "VIA ed25519 USING PASSWORD('…')`. MySQL: `ALTER USER 'NAME'@'HOST' IDENTIFIED WITH "
        "caching_sha2_password BY '…'`.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.24",),
            "cis-v8": ("3.11",),
            "url": ("https://mariadb.com/kb/en/authentication-plugin-ed25519/",),
        },
        pitfalls="Accounts without a password of their own (unix_socket, PAM, locked) are left "
        "out. Clients need to know the new plug-in: try one account first.",
    ),
    weak=("", "mysql_native_password", "mysql_old_password"),
)
def mariadb_verifiers(held: MariadbAccounts, context: Context) -> Verdict:
    """No account that a password opens keeps it under one of the `weak` plug-ins."""
    weak = context.names("weak")
    kept = [each for each in held.accounts if not each.locked and each.opened_by == "password"]
    seen = "\n".join(f"{each.name} {each.plugin or 'mysql_native_password'}" for each in kept)
    found = [each.name for each in kept if each.plugin in weak]
    if found:
        return Verdict.failed("weak schemes: {names}", names=", ".join(found), seen=seen)
    return Verdict.passed(
        "{count} passwords, each under a salted scheme", count=len(kept), seen=seen
    )
