"""Sockets that wait for others, compared with what the owner declared."""

from cdso_audit.checking import About, check
from cdso_audit.facts.sockets import ListeningSockets
from cdso_audit.model import Context, HostAsset, Severity, Verdict

SSH_PORT = 22


@check(
    ListeningSockets,
    About(
        id="listening-services-declared",
        title="Only declared services wait for connections",
        severity=Severity.MEDIUM,
        why="A service that nobody declared is one that nobody patches or watches.",
        fix="Stop what is not needed (`systemctl disable --now NAME`), or declare its port for "
        "this asset under `declared.ports` or `declared.udp_ports` in agency.yaml.",
        since="0.1.0",
        references={
            "cis-debian12": ("2.1.22",),
            "iso27001-2022": ("A.8.9", "A.8.20"),
            "cis-v8": ("4.8", "12.2"),
        },
        pitfalls="Services that only this host itself reaches (127.0.0.0/8, ::1) need no "
        "declaration; nor does the port by which the inventory reaches the host over SSH.",
        or_lists=("services",),
    ),
    udp_clients=(68, 546),
)
def listening_services_declared(sockets: ListeningSockets, context: Context) -> Verdict:
    """Every socket beyond the loopback is declared; `udp_clients` are DHCP's own."""
    declared = context.system.declared
    name = context.asset.id
    outward = [each for each in sockets.listeners if not each.is_loopback]
    clients = {int(each) for each in context.names("udp_clients")}
    udp = {*declared.udp_ports.get(name, ()), *clients}
    tcp = set(declared.ports.get(name, ()))
    if isinstance(context.asset, HostAsset) and not context.asset.local:
        ssh = context.asset.access.ssh
        tcp.add((ssh.port if ssh else None) or SSH_PORT)
    allowed = {"tcp": tcp, "udp": udp}
    undeclared = [each for each in outward if each.port not in allowed[each.protocol]]
    seen = "\n".join(str(each) for each in undeclared or outward)
    if not outward:
        return Verdict.passed("nothing waits for connections from outside")
    if undeclared and name not in declared.ports and name not in declared.udp_ports:
        return Verdict.unknown(
            "{count} sockets wait for connections, and declared.ports says nothing of {asset}: "
            "list there what it offers",
            count=len(outward),
            asset=name,
            seen=seen,
        )
    if undeclared:
        return Verdict.failed(
            "{count} sockets wait for connections that were not declared: {ports}",
            count=len(undeclared),
            ports=", ".join(dict.fromkeys(f"{each.port}/{each.protocol}" for each in undeclared)),
            seen=seen,
            expected="tcp "
            + ", ".join(str(each) for each in sorted(tcp))
            + "; udp "
            + ", ".join(str(each) for each in sorted(udp)),
        )
    return Verdict.passed(
        "all {count} sockets that wait for connections are declared", count=len(outward), seen=seen
    )
