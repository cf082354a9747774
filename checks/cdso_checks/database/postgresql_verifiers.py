"""
How PostgreSQL keeps its roles' passwords.

Changing the setting does not change what is kept: a verifier stays MD5 until the password is set
anew. The server itself tells the scheme; the verifier never leaves it.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_postgresql import PostgresqlRoles
from cdso_audit.model import Context, Severity, Verdict


@check(
    PostgresqlRoles,
    About(
        id="postgresql-verifiers",
        title="PostgreSQL keeps passwords under SCRAM-SHA-256",
        severity=Severity.HIGH,
        why="An MD5 verifier is as good as the password itself for whoever copies it.",
        fix="Set `password_encryption = 'scram-sha-256'`, reload, then set each named role's "
        "password anew with `\\password NAME` in psql.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.24",),
            "cis-v8": ("3.11",),
            "url": ("https://www.postgresql.org/docs/current/auth-password.html",),
        },
        pitfalls="A role without a verifier cannot log in by a password, so it is no weakness "
        "here. The new setting leaves old verifiers as they are.",
    ),
    good=("scram-sha-256",),
)
def postgresql_verifiers(held: PostgresqlRoles, context: Context) -> Verdict:
    """Every verifier and the setting for new ones are `good`."""
    good = context.names("good")
    kept = [each for each in held.roles if each.verifier not in ("", "none")]
    lines = [f"{each.name} {each.verifier}" for each in kept]
    seen = "\n".join([*lines, f"password_encryption = {held.password_encryption}"])
    weak = [each.name for each in kept if each.verifier not in good]
    if weak:
        return Verdict.failed(
            "weak verifiers: {names}", names=", ".join(weak), seen=seen, expected=", ".join(good)
        )
    if held.password_encryption and held.password_encryption not in good:
        return Verdict.failed(
            "the next password will be kept under {scheme}",
            scheme=held.password_encryption,
            seen=seen,
            expected=", ".join(good),
        )
    if not held.verifiers_known:
        return Verdict.unknown("only a superuser may ask for the schemes of the verifiers")
    if not held.password_encryption:
        return Verdict.unknown("nobody could tell how the next password will be kept", seen=seen)
    return Verdict.passed("{count} passwords, each under SCRAM", count=len(kept), seen=seen)
