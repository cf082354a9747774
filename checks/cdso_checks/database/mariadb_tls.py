"""Whether MariaDB or MySQL can be spoken to under TLS, and under which versions of it."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_mariadb import MariadbServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    MariadbServer,
    About(
        id="mariadb-tls",
        title="MariaDB and MySQL offer TLS 1.2 or newer to other machines, and nothing older",
        severity=Severity.HIGH,
        why="Without TLS every query and every row crosses the network in the clear.",
        fix="Set `ssl_cert`, `ssl_key` and `tls_version = TLSv1.2,TLSv1.3` under [mariadb] (or "
        "[mysqld]), then restart.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.24",),
            "cis-v8": ("3.10",),
            "url": ("https://mariadb.com/kb/en/securing-connections-for-client-and-server/",),
        },
        pitfalls="That TLS is offered does not make clients use it: see mariadb-tls-required.",
    ),
    good=("TLSv1.2", "TLSv1.3"),
)
def mariadb_tls(server: MariadbServer, context: Context) -> Verdict:
    """TLS is there, under none but the `good` versions."""
    seen = server.shown("have_ssl", "tls_version", "bind_address", "skip_networking")
    good = context.names("good")
    if server.is_local:
        return Verdict.not_applicable("waits for nobody beyond its own host", seen=seen)
    versions = [each for each in server.settings.get("tls_version", "").split(",") if each]
    # MySQL 8 has no have_ssl: there the versions tell
    if server.settings.get("have_ssl", "YES" if versions else "NO") != "YES":
        return Verdict.failed("TLS is off, and other machines are waited for", seen=seen)
    if not versions:
        return Verdict.unknown("the server does not tell its versions of TLS", seen=seen)
    old = [each for each in versions if each not in good]
    if old:
        return Verdict.failed(
            "accepts {version}", version=", ".join(old), seen=seen, expected=", ".join(good)
        )
    return Verdict.passed("offers {versions}", versions=", ".join(versions), seen=seen)
