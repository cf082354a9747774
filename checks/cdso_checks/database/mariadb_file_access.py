"""Whether SQL in MariaDB or MySQL reaches files of the server and of its clients."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_mariadb import MariadbServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    MariadbServer,
    About(
        id="mariadb-file-access",
        title="MariaDB and MySQL read and write files in one folder at most, and none of clients",
        severity=Severity.MEDIUM,
        why="One SQL injection reads /etc/passwd or writes a web shell; a server that was taken "
        "over reads its clients' files.",
        fix="Set `local_infile = OFF` and `secure_file_priv = /var/lib/mysql-files` under "
        "[mariadb] (or [mysqld]), then restart.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.3", "A.8.9"),
            "cis-v8": ("4.8",),
            "url": ("https://mariadb.com/kb/en/server-system-variables/#secure_file_priv",),
        },
        pitfalls="An empty secure_file_priv is every folder; NULL is none.",
    ),
)
def mariadb_file_access(server: MariadbServer, context: Context) -> Verdict:
    """local_infile is off, secure_file_priv names a folder or forbids all."""
    del context
    seen = server.shown("local_infile", "secure_file_priv")
    open_ones = []
    if server.settings.get("local_infile") != "OFF":
        open_ones.append("local_infile")
    if server.settings.get("secure_file_priv", "").strip("/") == "":
        open_ones.append("secure_file_priv")
    if open_ones:
        return Verdict.failed("open: {names}", names=", ".join(open_ones), seen=seen)
    return Verdict.passed("no file of a client, and one folder of the server at most", seen=seen)
