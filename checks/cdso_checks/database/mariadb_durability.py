"""Whether MariaDB or MySQL writes what was entered so that a crash loses none of it."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_mariadb import MariadbServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    MariadbServer,
    About(
        id="mariadb-durability",
        title="MariaDB and MySQL write so that a crash loses nothing",
        severity=Severity.MEDIUM,
        why="What a citizen was told is entered is gone after a power cut.",
        fix="Set `innodb_flush_log_at_trx_commit = 1` and `innodb_doublewrite = ON`, then restart.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.13",),
            "nist-csf-2": ("PR.DS-11",),
            "url": ("https://mariadb.com/kb/en/innodb-system-variables/",),
        },
        pitfalls="File systems that write whole pages (ZFS) may do without innodb_doublewrite; "
        "they are not looked at here.",
    ),
)
def mariadb_durability(server: MariadbServer, context: Context) -> Verdict:
    """Each transaction is flushed, and pages are written twice."""
    del context
    values = server.settings
    good = {
        "innodb_flush_log_at_trx_commit": values.get("innodb_flush_log_at_trx_commit")
        in ("1", "3"),
        "innodb_doublewrite": values.get("innodb_doublewrite", "").upper()
        not in ("", "OFF", "DETECT_ONLY"),
    }
    seen = server.shown(*good)
    bad = [name for name, is_good in good.items() if not is_good]
    if bad:
        return Verdict.failed("weaker than it should be: {names}", names=", ".join(bad), seen=seen)
    return Verdict.passed("a crash loses nothing that was entered", seen=seen)
