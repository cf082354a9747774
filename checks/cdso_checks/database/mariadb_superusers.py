"""
Who has power over the whole server of MariaDB or MySQL, against the list that the owner declares.

FILE reads and writes the server's files, SUPER and GRANT OPTION give all the rest, and rights on
the schema `mysql` are rights on every account.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_mariadb import MariadbAccounts
from cdso_audit.model import Context, Severity, Verdict


@check(
    MariadbAccounts,
    About(
        id="mariadb-superusers",
        title="Only declared accounts have power over the whole MariaDB or MySQL server",
        severity=Severity.HIGH,
        why="With an application's account that may do all, one SQL injection is the whole server.",
        fix="Take the rights away with `REVOKE SUPER, FILE, … ON *.* FROM 'NAME'@'HOST'` and grant "
        "what the application needs on its own schema; an administrator's account goes to "
        "`declared: admins:` of the system in agency.yaml.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.2",),
            "cis-v8": ("5.4", "6.8"),
            "nist-csf-2": ("PR.AA-05",),
        },
        pitfalls="The accounts that the packages make for themselves count as declared. Rights "
        "that come by a role, and the fine-grained ones of MySQL 8, are not looked at.",
        or_lists=("accounts",),
    ),
    always=(
        "root",
        "mysql",
        "mariadb.sys",
        "mysql.sys",
        "mysql.session",
        "mysql.infoschema",
        "debian-sys-maint",
    ),
    mighty=("SUPER", "FILE", "GRANT OPTION", "CREATE USER", "SHUTDOWN"),
)
def mariadb_superusers(held: MariadbAccounts, context: Context) -> Verdict:
    """Each account with one of the `mighty` rights stands in the list."""
    declared = context.system.declared.admins
    mighty = set(context.names("mighty"))
    strong = [
        each for each in held.accounts
        if not each.locked
        and any(right in mighty or right.startswith("all of") for right in each.rights)
    ]  # fmt: skip
    allowed = {*(declared or ()), *context.names("always")}
    others = [each.name for each in strong if each.user not in allowed]
    seen = "\n".join(f"{each.name} ({', '.join(each.rights)})" for each in strong)
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
        "all {count} accounts with power over the server are declared",
        count=len(strong),
        seen=seen,
        expected=expected,
    )
