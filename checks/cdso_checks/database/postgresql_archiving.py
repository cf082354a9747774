"""
Whether PostgreSQL's changes are kept between two backups.

A dump of each night loses a day. The archive of the write-ahead log (or a standby) loses minutes,
if it works: the server tells when it last did, and when it last failed.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_postgresql import PostgresqlServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    PostgresqlServer,
    About(
        id="postgresql-archiving",
        title="PostgreSQL archives its write-ahead log, and the archiving works",
        severity=Severity.LOW,
        why="Without the archive, all that was entered since the last backup is lost with the "
        "disk, and a wrong DELETE cannot be undone to the minute.",
        fix="Set `archive_mode = on` with an archive_command such as pgBackRest's `archive-push`, "
        "restart, and look at pg_stat_archiver.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.13",),
            "nist-csf-2": ("PR.DS-11",),
            "url": ("https://www.postgresql.org/docs/current/continuous-archiving.html",),
        },
        pitfalls="Whether the archive can be read back, only a restore proves: see the drills. "
        "pg_receivewal and Barman's streaming are not seen here.",
    ),
)
def postgresql_archiving(server: PostgresqlServer, context: Context) -> Verdict:
    """Archiving is on with somewhere to go, and did not fail last."""
    del context
    seen = server.shown("wal_level", "archive_mode", "archive_command", "archive_library")
    values = server.settings
    if server.in_recovery and values.get("archive_mode") != "always":
        return Verdict.not_applicable("a standby; its primary archives", seen=seen)
    on = values.get("archive_mode") in ("on", "always") and values.get("wal_level") != "minimal"
    if not on or not (values.get("archive_command") or values.get("archive_library")):
        return Verdict.failed("changes are not archived", seen=seen)
    good, bad = server.archived_at, server.archive_failed_at
    if bad and (good is None or bad > good):
        return Verdict.failed(
            "the last attempt to archive failed, at {at} UTC", at=f"{bad:%Y-%m-%d %H:%M}", seen=seen
        )
    if good is None:
        return Verdict.unknown("nothing was archived yet", seen=seen)
    return Verdict.passed("last archived at {at} UTC", at=f"{good:%Y-%m-%d %H:%M}", seen=seen)
