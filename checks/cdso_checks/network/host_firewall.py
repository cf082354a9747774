"""
The host firewall, judged by what it does to a stranger's packet.

The rules in the kernel are walked, so it does not matter which tool wrote them: a chain of
fail2ban, Docker or Kubernetes that lets everything else through is no firewall, and a rule set that
ends in a drop is one without any policy.
"""

from collections.abc import Sequence

from cdso_audit.checking import About, check
from cdso_audit.facts.firewall import InboundFilter, InboundFilterIpv6, InterfaceView
from cdso_audit.model import Context, Severity, Verdict

EXPECTED = "inbound packets are dropped unless a rule lets them in"


def spelled(ranges: Sequence[tuple[int, int]]) -> str:
    """Ranges of ports as people write them."""
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges) or "none"


def shown(view: InterfaceView) -> str:
    """One line on an interface: what is open on it."""
    return f"{view.interface}: tcp open {spelled(view.tcp)}; udp open {spelled(view.udp)}"


def judged(fact: InboundFilter | InboundFilterIpv6, most: int) -> Verdict:
    """Closed but for at most `most` ports, on every interface that the default route uses."""
    seen = "\n".join(shown(each) for each in fact.views)
    uplinks = [each for each in fact.views if each.is_uplink]
    wide = [each for each in uplinks if each.open_count > most]
    names = ", ".join(each.interface for each in wide)
    if not fact.tools and not fact.has_rules:
        return Verdict.failed(
            "no firewall tool is installed", seen="no firewall tool", expected=EXPECTED
        )
    if wide and not fact.has_rules:
        return Verdict.failed(
            "the kernel holds no rule for inbound packets, so every port is open on {interfaces}",
            interfaces=names,
            seen=seen,
            expected=EXPECTED,
        )
    if wide:
        return Verdict.failed(
            "{count} ports are open to everybody on {interfaces}: what no rule names is let in",
            count=max(each.open_count for each in wide),
            interfaces=names,
            seen=seen,
            expected=EXPECTED,
        )
    unclear = [each.interface for each in uplinks if each.unclear]
    if unclear:
        return Verdict.unknown(
            "the rules on {interfaces} use a match that this tool cannot read",
            interfaces=", ".join(unclear),
            seen=seen,
        )
    trusted = [
        each.interface for each in fact.views if not each.is_uplink and each.open_count > most
    ]
    if trusted:
        return Verdict.passed(
            "what no rule names is dropped on {interfaces}; everything is let in on {trusted}, "
            "which the default route does not use",
            interfaces=", ".join(each.interface for each in uplinks),
            trusted=", ".join(trusted),
            seen=seen,
            expected=EXPECTED,
        )
    return Verdict.passed(
        "what no rule names is dropped on {interfaces}",
        interfaces=", ".join(each.interface for each in uplinks),
        seen=seen,
        expected=EXPECTED,
    )


@check(
    InboundFilter,
    About(
        id="host-firewall",
        title="The host firewall drops what no rule lets in",
        severity=Severity.HIGH,
        why="Without a filter every service that anybody ever starts is open to the whole network.",
        fix="Write a rule set that ends in a drop, for instance `ufw default deny incoming; "
        "ufw allow from 10.0.0.0/8 to any port 22 proto tcp; ufw enable` with your own networks.",
        since="0.1.0",
        references={
            "cis-debian12": ("4.2.7", "4.3.8", "4.4.2.1"),
            "cis-v8": ("4.4",),
            "iso27001-2022": ("A.8.20", "A.8.22"),
        },
        pitfalls="Other tools look for a running service or for any rule at all, and chains of "
        "fail2ban, Docker and Kubernetes satisfy them. Here the rules themselves are walked, "
        "nftables and both kinds of iptables together.",
    ),
    max_open_ports=1024,
)
def host_firewall(firewall: InboundFilter, context: Context) -> Verdict:
    """A stranger reaches at most `max_open_ports` ports (passive FTP and RTP need many)."""
    return judged(firewall, context.number("max_open_ports"))
