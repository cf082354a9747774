"""Whether MariaDB or MySQL logs who connects and what changes."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_mariadb import MariadbServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    MariadbServer,
    About(
        id="mariadb-audit",
        title="MariaDB and MySQL log who connects and what changes",
        severity=Severity.MEDIUM,
        why="Without these lines nobody can tell afterwards who was in the data and did what.",
        fix="`INSTALL SONAME 'server_audit'`, then `server_audit_logging = ON` and "
        "`server_audit_events = CONNECT,QUERY_DDL,QUERY_DCL` under [mariadb]; in MySQL an audit "
        "plug-in of its edition.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.15",),
            "cis-v8": ("8.5",),
            "url": ("https://mariadb.com/kb/en/mariadb-audit-plugin/",),
        },
        pitfalls="The general log counts, since it has it all, though it is slow and large. What "
        "the filters of MySQL's own plug-ins leave out is not seen here.",
    ),
    events=("CONNECT", "QUERY_DDL", "QUERY_DCL"),
)
def mariadb_audit(server: MariadbServer, context: Context) -> Verdict:
    """server_audit logs each of `events`, or all is logged by another way."""
    seen = server.shown(
        "server_audit_logging", "server_audit_events", "server_audit_excl_users",
        "server_audit_incl_users", "general_log", "log_output",
    )  # fmt: skip
    values, wanted = server.settings, context.names("events")
    if values.get("general_log") == "ON" and values.get("log_output") != "NONE":
        return Verdict.passed("logged by {names}", names="general_log", seen=seen)
    if "SERVER_AUDIT" not in server.audit:
        if server.audit:
            return Verdict.unknown(
                "{names} is active; what it leaves out is not seen",
                names=", ".join(server.audit),
                seen=seen,
            )
        return Verdict.failed("who connects and what changes is not logged", seen=seen)
    events = {each.strip() for each in values.get("server_audit_events", "").upper().split(",")}
    lacking = [
        each for each in wanted
        if each not in events and events != {""} and not (each != "CONNECT" and "QUERY" in events)
    ]  # fmt: skip
    if values.get("server_audit_logging") != "ON" or lacking:
        return Verdict.failed("not logged: {names}", names=", ".join(lacking or wanted), seen=seen)
    named = values.get("server_audit_excl_users") or values.get("server_audit_incl_users")
    if named:
        return Verdict.failed("turned off for some: {names}", names=named, seen=seen)
    return Verdict.passed("logged by {names}", names="server_audit", seen=seen)
