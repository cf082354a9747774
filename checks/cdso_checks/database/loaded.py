"""Whether what PostgreSQL would read now is what it goes by."""

from cdso_audit.facts.database_postgresql import PostgresqlAccess
from cdso_audit.model import Verdict


def not_loaded(access: PostgresqlAccess) -> Verdict | None:
    """Why the rules prove nothing about the running server, or None if they do."""
    if access.broken_lines:
        return Verdict.unknown(
            "lines {lines} of pg_hba are broken, so the server goes on by what it read before",
            lines=", ".join(access.broken_lines),
        )
    if access.is_loaded is None:
        return Verdict.unknown("the account may not see whether the rules are loaded")
    if not access.is_loaded:
        return Verdict.unknown(
            "pg_hba has changed since the server last read it; `SELECT pg_reload_conf()` first"
        )
    return None
