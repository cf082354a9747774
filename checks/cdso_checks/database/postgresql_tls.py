"""Whether PostgreSQL can be spoken to under TLS, and under which versions of it."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_postgresql import PostgresqlServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    PostgresqlServer,
    About(
        id="postgresql-tls",
        title="PostgreSQL offers TLS 1.2 or newer to other machines",
        severity=Severity.HIGH,
        why="Without TLS every query and every row crosses the network in the clear.",
        fix="Set `ssl = on` with ssl_cert_file and ssl_key_file, and `ssl_min_protocol_version = "
        "'TLSv1.2'`, then `SELECT pg_reload_conf()`.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.24",),
            "cis-v8": ("3.10",),
            "url": ("https://www.postgresql.org/docs/current/ssl-tcp.html",),
        },
        pitfalls="That TLS is offered does not make clients use it: see postgresql-tls-required.",
    ),
    good=("TLSv1.2", "TLSv1.3"),
)
def postgresql_tls(server: PostgresqlServer, context: Context) -> Verdict:
    """`ssl` is on, and the oldest version is one of `good`."""
    seen = server.shown("ssl", "ssl_min_protocol_version", "listen_addresses")
    if server.is_local:
        return Verdict.not_applicable("waits for nobody beyond its own host", seen=seen)
    if server.settings.get("ssl") != "on":
        return Verdict.failed("ssl is off, and other machines are waited for", seen=seen)
    oldest = server.settings.get("ssl_min_protocol_version")
    if oldest is None:
        return Verdict.unknown(
            "PostgreSQL {release} has no setting for the oldest version of TLS: OpenSSL's decides",
            release=server.release,
            seen=seen,
        )
    if oldest not in context.names("good"):
        return Verdict.failed(
            "accepts {version}",
            version=oldest or "every version of TLS",
            seen=seen,
            expected=", ".join(context.names("good")),
        )
    return Verdict.passed("offers TLS from {version} on", version=oldest, seen=seen)
