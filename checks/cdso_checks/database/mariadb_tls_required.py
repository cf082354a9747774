"""Whether another machine can come to MariaDB or MySQL without TLS."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_mariadb import MariadbAccounts
from cdso_audit.model import Context, Severity, Verdict


@check(
    MariadbAccounts,
    About(
        id="mariadb-tls-required",
        title="MariaDB and MySQL let other machines in under encryption only",
        severity=Severity.MEDIUM,
        why="A client that was set up without TLS sends the data in the clear, and nobody notices.",
        fix="Set `require_secure_transport = ON` under [mariadb] (or [mysqld]), or `ALTER USER "
        "'NAME'@'HOST' REQUIRE SSL` for each of the named accounts.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.20", "A.8.24"),
            "url": ("https://mariadb.com/kb/en/securing-connections-for-client-and-server/",),
        },
        pitfalls="Accounts for the server's own host, and locked ones, need no TLS.",
    ),
)
def mariadb_tls_required(held: MariadbAccounts, context: Context) -> Verdict:
    """The server asks everybody for TLS, or each account for other hosts does."""
    del context
    if held.listens_only_here:
        return Verdict.not_applicable("waits for nobody beyond its own host")
    if held.requires_tls:
        return Verdict.passed("TLS is asked of everybody", seen="require_secure_transport = ON")
    far = [each for each in held.accounts if not each.locked and not each.is_local]
    plain = [each.name for each in far if not each.tls]
    seen = "\n".join(f"{each.name} REQUIRE {each.tls or 'NONE'}" for each in far)
    if plain:
        return Verdict.failed("may come without TLS: {names}", names=", ".join(plain), seen=seen)
    return Verdict.passed(
        "{count} accounts for other hosts, each asked for TLS", count=len(far), seen=seen
    )
