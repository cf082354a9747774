"""
What is open compared with what the owner declares. Seen from where the scanner stands: a port
that is open to the inside only is seen only from the inside.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.ports import OpenPorts
from cdso_audit.model import Context, Severity, Verdict


@check(
    OpenPorts,
    About(
        id="open-ports-declared",
        title="Only declared ports are open to the network",
        severity=Severity.HIGH,
        why="A service that nobody declared is a service that nobody watches, patches or needs.",
        fix="Stop the service (`systemctl disable --now NAME`), close its port in the "
        "firewall, or add it to `declared.ports` in the inventory.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.20",),
            "cis-v8": ("4.4",),
        },
        pitfalls="A host whose every port is silent may be off, or may block the scanner: that "
        "is unknown here, never a pass.",
        or_lists=("services",),
    ),
)
def open_ports_declared(seen: OpenPorts, context: Context) -> Verdict:
    """Compare the open ports with `declared.ports` of this asset."""
    declared = context.system.declared.ports.get(context.asset.id)
    ports = ", ".join(str(each) for each in seen.open)

    if not seen.answered:
        return Verdict.unknown(
            "nothing answered on {scanned} ports: the host is off, filters everything, or blocks "
            "the scanner",
            scanned=seen.scanned,
        )

    if declared is None:
        return Verdict.unknown(
            "the inventory declares no ports for this host; open are: {ports}",
            ports=ports or "-",
            seen=ports,
        )
    expected = ", ".join(str(each) for each in sorted(declared))
    more = ", ".join(str(each) for each in seen.open if each not in declared)
    if more:
        return Verdict.failed(
            "open but not declared: {ports}", ports=more, seen=ports, expected=expected
        )
    fewer = ", ".join(str(each) for each in sorted(declared) if each not in seen.open)
    if fewer:
        return Verdict.passed(
            "only declared ports are open; declared but not open: {ports}",
            ports=fewer,
            seen=ports,
            expected=expected,
        )
    return Verdict.passed("only declared ports are open", seen=ports, expected=expected)
