"""
Whether PostgreSQL looks at new passwords.

By itself it takes any. passwordcheck comes with it; credcheck has rules of its own.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_postgresql import PostgresqlRoles
from cdso_audit.model import Context, Severity, Verdict


@check(
    PostgresqlRoles,
    About(
        id="postgresql-password-policy",
        title="PostgreSQL checks new passwords",
        severity=Severity.MEDIUM,
        why="Without a check the password of the whole database may be 123456.",
        fix="Add a module to `shared_preload_libraries = 'passwordcheck'` (it comes with "
        "postgresql-contrib; credcheck sets length and classes too), then restart.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.5.17",),
            "cis-v8": ("5.2",),
            "url": ("https://www.postgresql.org/docs/current/passwordcheck.html",),
        },
        pitfalls="A module sees a password only when it is set as it is; one that the client has "
        "hashed before, as `\\password` does, passes by. What the rules are is not seen here.",
    ),
    modules=("passwordcheck", "credcheck"),
)
def postgresql_password_policy(held: PostgresqlRoles, context: Context) -> Verdict:
    """One of `modules` is loaded, where any role has a password."""
    seen = f"shared_preload_libraries = {held.libraries}"
    if held.verifiers_known and all(each.verifier == "none" for each in held.roles):
        return Verdict.not_applicable("no role has a password", seen=seen)
    if held.libraries is None:
        return Verdict.unknown("the account may not see which modules are loaded")
    loaded = {each.strip().strip('"').rpartition("/")[2] for each in held.libraries.split(",")}
    found = sorted(loaded & set(context.names("modules")))
    if not found:
        return Verdict.failed(
            "any new password is taken", seen=seen, expected=", ".join(context.names("modules"))
        )
    return Verdict.passed("new passwords are checked by {names}", names=", ".join(found), seen=seen)
