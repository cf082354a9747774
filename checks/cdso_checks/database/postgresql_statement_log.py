"""
Whether PostgreSQL's log says what was changed: by its own log, or by pgaudit.

By default roles, rights and tables; a rulebook may ask for every statement.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_postgresql import PostgresqlServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    PostgresqlServer,
    About(
        id="postgresql-statement-log",
        title="PostgreSQL logs changes of roles, rights and tables",
        severity=Severity.MEDIUM,
        why="A right that an intruder granted himself leaves no other trace.",
        fix="Set `log_statement = 'ddl'`, or load pgaudit (`shared_preload_libraries = 'pgaudit'`) "
        "with `pgaudit.log = 'role, ddl'`, then restart.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.15",),
            "cis-v8": ("8.5",),
        },
        pitfalls="A role's own setting (`ALTER ROLE … SET log_statement`) is looked at too.",
    ),
    good=("ddl", "mod", "all"),
    pgaudit=("role", "ddl"),
)
def postgresql_statement_log(server: PostgresqlServer, context: Context) -> Verdict:
    """`log_statement` is one of `good`, or pgaudit logs every class of `pgaudit`."""
    seen = server.shown("log_statement", "pgaudit.log", "shared_preload_libraries")
    good, classes = context.names("good"), set(context.names("pgaudit"))
    expected = f"log_statement: {', '.join(good)}; pgaudit.log: {', '.join(sorted(classes))}"

    def suffices(name: str, value: str) -> bool:
        if name == "log_statement":
            return value in good
        words = {each.strip().lower() for each in value.split(",")}
        dropped = {each.removeprefix("-") for each in words if each.startswith("-")}
        return ("all" in words or classes <= words) and not dropped & (classes | {"all"})

    by = [
        name for name in ("log_statement", "pgaudit.log")
        if suffices(name, server.settings.get(name, ""))
    ]  # fmt: skip
    if not by:
        return Verdict.failed("what changes is not logged", seen=seen, expected=expected)
    apart = [
        each for each in server.overrides
        if (found := each.partition(" ")[2].partition("="))[0] in by
        and not suffices(found[0], found[2].strip('"'))
    ]  # fmt: skip
    if apart and len(by) == 1:
        return Verdict.failed(
            "turned off for some: {names}",
            names="; ".join(apart),
            seen="\n".join([seen, *apart]),
            expected=expected,
        )
    return Verdict.passed("logged by {names}", names=", ".join(by), seen=seen, expected=expected)
