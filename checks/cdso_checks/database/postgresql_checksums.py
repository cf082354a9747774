"""Whether PostgreSQL notices pages that its disk has changed."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_postgresql import PostgresqlServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    PostgresqlServer,
    About(
        id="postgresql-checksums",
        title="PostgreSQL sees damage of its own data, and writes so that a crash loses none",
        severity=Severity.MEDIUM,
        why="Damage that nobody notices is copied into every backup until no good one is left.",
        fix="Stop the cluster in a maintenance window and run `pg_checksums --enable -D "
        "DATA_DIRECTORY`; set `fsync` and `full_page_writes` to on.",
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
    """data_checksums, fsync and full_page_writes are on."""
    del context
    names = ("data_checksums", "fsync", "full_page_writes")
    off = [name for name in names if server.settings.get(name) != "on"]
    seen = server.shown(*names)
    if off:
        return Verdict.failed("off: {names}", names=", ".join(off), seen=seen, expected="on")
    return Verdict.passed("pages have checksums, and a crash loses nothing", seen=seen)
