"""
Whether MariaDB's or MySQL's changes are kept between two backups.

A dump of each night loses a day; with the binary log copied away, a restore goes on to the minute.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_mariadb import MariadbServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    MariadbServer,
    About(
        id="mariadb-binary-log",
        title="MariaDB and MySQL keep a binary log of their changes, written with each of them",
        severity=Severity.LOW,
        why="Without it, all that was entered since the last backup is lost, and a wrong DELETE "
        "cannot be undone to the minute.",
        fix="Set `log_bin` and `sync_binlog = 1` under [mariadb] (or [mysqld]), restart, and copy "
        "the log away with `mariadb-binlog --read-from-remote-server --raw --stop-never`.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.13",),
            "nist-csf-2": ("PR.DS-11",),
            "url": ("https://mariadb.com/kb/en/binary-log/",),
        },
        pitfalls="Whether the log is copied to another machine is not seen here.",
    ),
)
def mariadb_binary_log(server: MariadbServer, context: Context) -> Verdict:
    """log_bin is on and sync_binlog is 1."""
    del context
    seen = server.shown("log_bin", "sync_binlog", "expire_logs_days")
    if server.settings.get("log_bin") != "ON":
        return Verdict.failed("changes are not archived", seen=seen)
    if server.settings.get("sync_binlog") != "1":
        return Verdict.failed("a crash loses the last of the binary log", seen=seen)
    return Verdict.passed("a binary log is written with each change", seen=seen)
