"""Whether another machine can come to PostgreSQL without TLS."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_postgresql import PostgresqlAccess
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.database.loaded import not_loaded


@check(
    PostgresqlAccess,
    About(
        id="postgresql-tls-required",
        title="PostgreSQL lets other machines in under encryption only",
        severity=Severity.MEDIUM,
        why="A client that was set up without TLS sends the data in the clear, and nobody notices.",
        fix="Write `hostssl` in place of `host` in pg_hba.conf for every network but the loopback, "
        "then `SELECT pg_reload_conf()`.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.20", "A.8.24"),
            "url": ("https://www.postgresql.org/docs/current/auth-pg-hba-conf.html",),
        },
        pitfalls="`ssl = on` alone leaves the choice to the client. A line behind `hostnossl all "
        "all all reject` is not reported.",
    ),
)
def postgresql_tls_required(access: PostgresqlAccess, context: Context) -> Verdict:
    """No line lets another machine in without encryption."""
    del context
    expected = "hostssl, hostgssenc"
    if plain := access.unencrypted:
        return Verdict.failed(
            "lets in without encryption: lines {lines} of pg_hba",
            lines=", ".join(each.at for each in plain),
            seen="\n".join(each.shown for each in plain),
            expected=expected,
        )
    if missing := not_loaded(access):
        return missing
    rules = [each for each in access.effective if not each.is_local]
    if not rules:
        return Verdict.not_applicable("no line lets another machine in")
    return Verdict.passed(
        "{count} lines for other machines, each under encryption",
        count=len(rules),
        seen="\n".join(each.shown for each in rules),
        expected=expected,
    )
