"""Databases that wait for connections from other machines."""

from cdso_audit.checking import About, check
from cdso_audit.facts.sockets import ListeningSockets
from cdso_audit.model import Context, Severity, Verdict


@check(
    ListeningSockets,
    About(
        id="database-listen",
        title="Databases wait for other machines only where that is declared",
        severity=Severity.HIGH,
        why="A database port that the whole network reaches is the shortest way to all the data.",
        fix="Bind it to the loopback (`listen_addresses = 'localhost'`, `bind-address = "
        "127.0.0.1`), or declare the port for this asset under `declared.ports` in agency.yaml.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.20", "A.8.22"),
            "cis-v8": ("4.8",),
        },
        pitfalls="The sockets decide, not the configuration file. Databases inside containers "
        "with a network of their own are not seen here.",
        or_lists=("services",),
    ),
    ports=(1433, 1521, 3306, 5432, 5984, 6379, 9042, 9200, 9300, 11211, 27017, 27018, 33060),
)
def database_listen(sockets: ListeningSockets, context: Context) -> Verdict:
    """None of `ports` waits beyond the loopback without being declared."""
    ports = {int(each) for each in context.names("ports")}
    found = [each for each in sockets.listeners if each.port in ports]
    declared = context.system.declared
    allowed = {
        "tcp": declared.ports.get(context.asset.id, ()),
        "udp": declared.udp_ports.get(context.asset.id, ()),
    }
    open_ones = [
        each for each in found if not each.is_loopback and each.port not in allowed[each.protocol]
    ]
    seen = "\n".join(str(each) for each in open_ones or found)
    if not found:
        return Verdict.not_applicable("no database port is open on this host")
    if open_ones:
        return Verdict.failed(
            "databases wait for other machines without being declared: {ports}",
            ports=", ".join(dict.fromkeys(str(each.port) for each in open_ones)),
            seen=seen,
            expected="the loopback, or a port in declared.ports",
        )
    return Verdict.passed("every database waits on the loopback or on a declared port", seen=seen)
