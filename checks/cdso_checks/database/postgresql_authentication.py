"""
How whoever connects to PostgreSQL proves who he is.

The first line that fits decides, so a line behind one that covers it lets nobody in, and neither
does one for other machines where the server waits on the loopback alone.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_postgresql import PostgresqlAccess
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.database.loaded import not_loaded


@check(
    PostgresqlAccess,
    About(
        id="postgresql-authentication",
        title="PostgreSQL lets nobody in without a proof that cannot be overheard or made up",
        severity=Severity.CRITICAL,
        why="A line with `trust` gives all the data to whoever reaches the port, under any name.",
        fix="Set `scram-sha-256` (over TCP) or `peer` (on the socket) in the named lines of "
        "pg_hba.conf, then `SELECT pg_reload_conf()`.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.5",),
            "nist-csf-2": ("PR.AA-03",),
            "url": ("https://www.postgresql.org/docs/current/auth-methods.html",),
        },
        pitfalls="The server reads its own file, includes and all. `password` sends the password "
        "as it is; `ident` believes the other machine.",
    ),
    weak=("trust", "password", "ident"),
)
def postgresql_authentication(access: PostgresqlAccess, context: Context) -> Verdict:
    """No line that somebody can meet has one of the `weak` methods."""
    weak = context.names("weak")
    rules = access.effective
    found = [each for each in rules if each.method in weak]
    if found:
        return Verdict.failed(
            "lets in by {methods}: lines {lines} of pg_hba",
            methods=", ".join(dict.fromkeys(each.method for each in found)),
            lines=", ".join(each.at for each in found),
            seen="\n".join(each.shown for each in found),
            expected="scram-sha-256, cert, peer",
        )
    return not_loaded(access) or Verdict.passed(
        "{count} lines let somebody in, each by a method that proves who it is",
        count=len(rules),
        seen="\n".join(each.shown for each in rules),
    )
