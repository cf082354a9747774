"""
Who has all rights in PostgreSQL, against the list that the owner declares.

A member of a superuser role becomes that role, and a member of pg_execute_server_program or
pg_write_server_files reaches the server's own files, so they count too.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_postgresql import PostgresqlRoles
from cdso_audit.model import Context, Severity, Verdict


@check(
    PostgresqlRoles,
    About(
        id="postgresql-superusers",
        title="Only declared roles have all rights in PostgreSQL",
        severity=Severity.HIGH,
        why="With an application's superuser role, one SQL injection is the whole server.",
        fix="Take the right away with `ALTER ROLE NAME NOSUPERUSER` (or `REVOKE` the membership) "
        "and grant what the application needs; an administrator's own role goes to `declared: "
        "admins:` of the system in agency.yaml.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.2",),
            "cis-v8": ("5.4", "6.8"),
            "nist-csf-2": ("PR.AA-05",),
        },
        pitfalls="Roles that cannot log in count by their members.",
        or_lists=("accounts",),
    ),
    always=("postgres",),
)
def postgresql_superusers(held: PostgresqlRoles, context: Context) -> Verdict:
    """Each role that logs in with all rights, or can get them, stands in the list."""
    declared = context.system.declared.admins
    mighty = [each for each in held.roles if each.login and (each.superuser or each.through)]
    seen = "\n".join(f"{each.name} ({', '.join(each.through) or 'superuser'})" for each in mighty)
    allowed = {*(declared or ()), *context.names("always")}
    others = [each.name for each in mighty if each.name not in allowed]
    expected = ", ".join(sorted(allowed))
    if others and declared is None:
        return Verdict.unknown(
            "nobody declared who administers this system; `declared: admins:` would prove it",
            seen=seen,
        )
    if others:
        return Verdict.failed(
            "not declared, yet with all rights: {names}",
            names=", ".join(others),
            seen=seen,
            expected=expected,
        )
    return Verdict.passed(
        "all {count} roles with all rights are declared",
        count=len(mighty),
        seen=seen,
        expected=expected,
    )
