"""Whether PostgreSQL writes what was entered so that a crash loses none of it."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_postgresql import PostgresqlServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    PostgresqlServer,
    About(
        id="postgresql-durability",
        title="PostgreSQL writes so that a crash loses nothing",
        severity=Severity.MEDIUM,
        why="With `fsync = off` a power cut may leave a database that cannot be started.",
        fix="Set `fsync = on` and `full_page_writes = on`, then `SELECT pg_reload_conf()`.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.13",),
            "nist-csf-2": ("PR.DS-11",),
            "url": ("https://www.postgresql.org/docs/current/runtime-config-wal.html",),
        },
    ),
)
def postgresql_durability(server: PostgresqlServer, context: Context) -> Verdict:
    """Fsync and full_page_writes are on."""
    del context
    names = ("fsync", "full_page_writes")
    off = [name for name in names if server.settings.get(name) != "on"]
    seen = server.shown(*names)
    if off:
        return Verdict.failed("off: {names}", names=", ".join(off), seen=seen, expected="on")
    return Verdict.passed("a crash loses nothing that was entered", seen=seen)
