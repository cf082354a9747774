"""Services of the owner's list, compared with what listens: what is listed must be there."""

from cdso_audit.checking import About, check
from cdso_audit.facts.sockets import ListeningSockets
from cdso_audit.model import Context, Severity, Verdict


@check(
    ListeningSockets,
    About(
        id="declared-services-listen",
        title="Every service listed for the host waits for connections",
        severity=Severity.LOW,
        why="A list that names services which are gone keeps their ports open in the firewall.",
        fix="Start the service, or remove its row from lists/services.csv and its rule from the "
        "firewall.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",), "cis-v8": ("4.4",)},
        pitfalls="Only rows that name this very host are looked for; a row for a pattern of hosts "
        "may fit none of them. The other direction is listening-services-declared.",
        lists=("services",),
    ),
)
def declared_services_listen(sockets: ListeningSockets, context: Context) -> Verdict:
    """Each row that names this host has its socket, on the loopback or beyond."""
    here = {(each.protocol, each.port) for each in sockets.listeners}
    rows = [row for row in context.lists.services if row.names(context.asset.id)]
    silent = [row for row in rows if (row.protocol, row.port) not in here]
    if silent:
        return Verdict.failed(
            "listed, but nothing waits there: {ports}",
            ports=", ".join(f"{row.port}/{row.protocol} ({row.purpose})" for row in silent),
            seen="\n".join(str(each) for each in sockets.listeners),
        )
    return Verdict.passed("all {count} services listed for this host are there", count=len(rows))
