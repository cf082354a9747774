"""PostgreSQL's end of life, by a dated table."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_postgresql import PostgresqlServer
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.database.support_dates import (
    POSTGRESQL,
    TABLE_DATE,
    distribution_end,
    end_of,
)


@check(
    PostgresqlServer,
    About(
        id="postgresql-end-of-life",
        title="PostgreSQL still gets security updates",
        severity=Severity.HIGH,
        why="After the end of support, every newly found hole stays open for good.",
        fix="Plan the upgrade to a supported release now, with `pg_upgradecluster` (Debian, "
        "Ubuntu) or `pg_upgrade`, and rehearse it on a copy.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.8",),
            "cis-v8": ("2.2",),
            "url": ("https://www.postgresql.org/support/versioning/",),
        },
        pitfalls="A distribution's own build lives as long as the distribution mends it; Red Hat's "
        "modules have dates of their own, so those are unknown after the project's.",
    ),
)
def postgresql_end_of_life(server: PostgresqlServer, context: Context) -> Verdict:
    """Today is before the end of the project's support, or of the distribution's."""
    end = end_of(POSTGRESQL, server.release)
    said = {"release": server.release, "table": TABLE_DATE.isoformat(), "seen": server.version}
    if end is None:
        return Verdict.unknown(
            "PostgreSQL {release} is not in the table of support dates (as of {table})", **said
        )
    today, longer = context.at.date(), distribution_end(server.version)
    if today <= end:
        return Verdict.passed(
            "PostgreSQL {release} is supported until {until} (table of {table})",
            until=end.isoformat(), **said,
        )  # fmt: skip
    if longer and today <= longer:
        return Verdict.passed(
            "PostgreSQL {release} is mended by its distribution until {until}, by the project no "
            "more (table of {table})",
            until=longer.isoformat(), **said,
        )  # fmt: skip
    if "redhat-linux" in server.version:
        return Verdict.unknown(
            "support of PostgreSQL {release} by the project ended on {ended}; the dates of its "
            "distributor's build are not known",
            ended=end.isoformat(), **said,
        )  # fmt: skip
    return Verdict.failed(
        "support of PostgreSQL {release} ended on {ended} (table of {table})",
        ended=max(end, longer or end).isoformat(), **said,
    )  # fmt: skip
