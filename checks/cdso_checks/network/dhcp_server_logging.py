"""
Leases in the log of a host that hands out addresses.

dnsmasq, ISC dhcpd and Kea write each lease unless they are told to keep quiet; the server inside
systemd-networkd writes none at all.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.dhcp_servers import DhcpServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    DhcpServer,
    About(
        id="dhcp-server-logging",
        title="The host's DHCP server logs each address that it hands out",
        severity=Severity.MEDIUM,
        why="Without the lease nobody knows whose machine an address was when it attacked.",
        fix='Remove `quiet-dhcp` (dnsmasq), set `"severity": "INFO"` for the logger kea-dhcp4 '
        "(Kea); replace the server of systemd-networkd by one of these; restart it.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.15",), "cis-v8": ("1.4", "8.2")},
        pitfalls="Servers for guests and containers of this very host (virbr0, lxdbr0) are left "
        "out. A dnsmasq without a range serves names alone. How long the log is kept is for the "
        "checks of logs.",
    ),
)
def dhcp_server_logging(server: DhcpServer, _: Context) -> Verdict:
    """As it was started."""
    if server.logged is None:
        return Verdict.unknown("whether leases are logged is not told", seen=server.where)
    if not server.logged:
        return Verdict.failed("leases are not logged: {where}", where=server.where)
    return Verdict.passed("leases are logged: {where}", where=server.where)
