"""Whether MariaDB or MySQL notices pages that its disk has changed."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_mariadb import MariadbServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    MariadbServer,
    About(
        id="mariadb-checksums",
        title="MariaDB and MySQL see damage of their own data",
        severity=Severity.MEDIUM,
        why="Damage that nobody notices is copied into every backup until no good one is left.",
        fix="Set `innodb_checksum_algorithm = full_crc32` (MySQL: crc32), then restart; pages get "
        "their checksum as they are written.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.13",),
            "nist-csf-2": ("PR.DS-11",),
            "url": ("https://mariadb.com/kb/en/innodb-system-variables/",),
        },
    ),
)
def mariadb_checksums(server: MariadbServer, context: Context) -> Verdict:
    """The algorithm of InnoDB's checksums is not none."""
    del context
    seen = server.shown("innodb_checksum_algorithm")
    algorithm = server.settings.get("innodb_checksum_algorithm")
    if algorithm is None:
        return Verdict.unknown("the server does not tell its checksums", seen=seen)
    if "none" in algorithm:
        return Verdict.failed("pages have no checksums", seen=seen)
    return Verdict.passed("pages have checksums", seen=seen)
