"""Whether PostgreSQL's log says who came and who went."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_postgresql import PostgresqlServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    PostgresqlServer,
    About(
        id="postgresql-logging",
        title="PostgreSQL logs who connects and who leaves",
        severity=Severity.MEDIUM,
        why="Without these lines nobody can tell afterwards who was in the data, from where.",
        fix="Set `log_connections = on` and `log_disconnections = on`, with `%m`, `%u`, `%d` and "
        "`%h` in `log_line_prefix`, then `SELECT pg_reload_conf()`.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.15",),
            "cis-v8": ("8.5",),
        },
        pitfalls="PostgreSQL 18 has a list in log_connections; it must name authorization.",
    ),
)
def postgresql_logging(server: PostgresqlServer, context: Context) -> Verdict:
    """Both settings are on, and no role or database turns one of them off."""
    del context
    seen = server.shown("log_connections", "log_disconnections", "log_line_prefix")
    connections = {each.strip() for each in server.settings["log_connections"].split(",")}
    off = [] if connections & {"on", "true", "all", "authorization"} else ["log_connections"]
    off += [] if server.settings["log_disconnections"] == "on" else ["log_disconnections"]
    if off:
        return Verdict.failed("not logged: {names}", names=", ".join(off), seen=seen)
    apart = [
        each for each in server.overrides
        if each.partition(" ")[2] in ("log_connections=off", "log_disconnections=off")
    ]  # fmt: skip
    if apart:
        return Verdict.failed(
            "turned off for some: {names}", names="; ".join(apart), seen="\n".join([seen, *apart])
        )
    return Verdict.passed("connections and disconnections are logged", seen=seen)
