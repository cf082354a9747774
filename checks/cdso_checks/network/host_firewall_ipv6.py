"""The host firewall for IPv6, which many rule sets forget while the host answers on it."""

from cdso_audit.checking import About, check
from cdso_audit.facts.firewall import InboundFilterIpv6
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.network.host_firewall import judged


@check(
    InboundFilterIpv6,
    About(
        id="host-firewall-ipv6",
        title="The host firewall filters IPv6 as it does IPv4",
        severity=Severity.HIGH,
        why="A host with IPv6 answers on it even where nobody planned it, around every IPv4 rule.",
        fix="Put the rules into an `inet` table of nftables, or set `IPV6=yes` in /etc/default/ufw "
        "and run `ufw reload`.",
        since="0.1.0",
        references={
            "cis-debian12": ("4.4.3.1",),
            "cis-v8": ("4.4",),
            "iso27001-2022": ("A.8.20",),
        },
        pitfalls="A link-local address is enough to be reached by a neighbour.",
    ),
    max_open_ports=1024,
)
def host_firewall_ipv6(firewall: InboundFilterIpv6, context: Context) -> Verdict:
    """A stranger reaches at most `max_open_ports` ports over IPv6."""
    return judged(firewall, context.number("max_open_ports"))
