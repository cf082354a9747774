"""MariaDB's and MySQL's end of life, by a dated table."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_mariadb import MariadbServer
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.database.support_dates import (
    MARIADB,
    MYSQL,
    TABLE_DATE,
    distribution_end,
    end_of,
)


@check(
    MariadbServer,
    About(
        id="mariadb-end-of-life",
        title="MariaDB or MySQL still gets security updates",
        severity=Severity.HIGH,
        why="After the end of support, every newly found hole stays open for good.",
        fix="Plan the upgrade to a supported release now (`mariadb-upgrade` after the packages), "
        "and rehearse it on a copy.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.8",),
            "cis-v8": ("2.2",),
            "url": (
                "https://mariadb.org/about/#maintenance-policy",
                "https://www.mysql.com/support/",
            ),
        },
        pitfalls="A distribution's own build lives as long as the distribution mends it. Builds "
        "of others are unknown after the project's end.",
    ),
)
def mariadb_end_of_life(server: MariadbServer, context: Context) -> Verdict:
    """Today is before the end of the project's support, or of the distribution's."""
    name = f"{server.engine} {server.release}"
    end = end_of(MARIADB if server.engine == "MariaDB" else MYSQL, server.release)
    said = {"name": name, "table": TABLE_DATE.isoformat(), "seen": server.version}
    if end is None:
        return Verdict.unknown(
            "{name} is not in the table of support dates (as of {table})", **said
        )
    today, longer = context.at.date(), distribution_end(server.version)
    if today <= end:
        return Verdict.passed(
            "{name} is supported until {until} (table of {table})", until=end.isoformat(), **said
        )
    if longer and today <= longer:
        return Verdict.passed(
            "{name} is mended by its distribution until {until}, by the project no more (table of "
            "{table})",
            until=longer.isoformat(), **said,
        )  # fmt: skip
    if "MariaDB Server" in server.version and "maria~" not in server.version:
        return Verdict.unknown(
            "support of {name} by the project ended on {ended}; the dates of its distributor's "
            "build are not known",
            ended=end.isoformat(), **said,
        )  # fmt: skip
    return Verdict.failed(
        "support of {name} ended on {ended} (table of {table})",
        ended=max(end, longer or end).isoformat(), **said,
    )  # fmt: skip
