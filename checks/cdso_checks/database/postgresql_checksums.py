"""Whether PostgreSQL notices pages that its disk has changed."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_postgresql import PostgresqlServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    PostgresqlServer,
    About(
        id="postgresql-checksums",
        title="PostgreSQL sees damage of its own data",
        severity=Severity.MEDIUM,
        why="Damage that nobody notices is copied into every backup until no good one is left.",
        fix="Stop the cluster in a maintenance window and run `pg_checksums --enable -D "
        "DATA_DIRECTORY`.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.13",),
            "nist-csf-2": ("PR.DS-11",),
            "url": ("https://www.postgresql.org/docs/current/checksums.html",),
        },
        pitfalls="File systems with checksums of their own (ZFS, btrfs) see it too; they are not "
        "looked at here.",
    ),
)
def postgresql_checksums(server: PostgresqlServer, context: Context) -> Verdict:
    """data_checksums is on."""
    del context
    seen = server.shown("data_checksums")
    if server.settings.get("data_checksums") != "on":
        return Verdict.failed("pages have no checksums", seen=seen, expected="on")
    return Verdict.passed("pages have checksums", seen=seen)
