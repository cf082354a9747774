"""
Ports on which machines are administered and databases answer. The list is a parameter: SSH (22)
is not in it, since it is the usual way in; add it where administration goes through a jump host
only.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.ports import OpenPorts
from cdso_audit.model import Context, Severity, Verdict


@check(
    OpenPorts,
    About(
        id="admin-port-exposure",
        title="No management or database port is open without being declared",
        severity=Severity.HIGH,
        why="A database or remote desktop that answers to everybody is found by machines "
        "within hours and guessed or exploited next.",
        fix="Bind the service to the management network, or allow only the jump host in the"
        " firewall (`ufw allow from 10.1.9.0/24 to any port 5432 proto tcp`).",
        since="0.1.0",
        references={
            "iso27001-2022": (
                "A.8.20",
                "A.8.22",
            ),
            "cis-v8": ("12.8",),
        },
        pitfalls="A service banner can lie; the port number is what is judged. Declared ports "
        "are the owner's decision and are shown by open-ports-declared.",
    ),
    ports=(
        *(23, 111, 135, 139, 445, 512, 513, 514, 623, 873, 1433, 1521, 2049, 2375, 2376, 2379),
        *(3306, 3389, 4848, 5432, 5601, 5800, 5900, 5901, 5984, 5985, 5986, 6379, 7001, 8005, 8009),
        *(9042, 9200, 9300, 10250, 11211, 15672, 27017, 27018, 50070),
    ),
)
def admin_port_exposure(seen: OpenPorts, context: Context) -> Verdict:
    """Look for those ports among the open ones that nobody declared."""
    wanted = {int(each) for each in context.names("ports")}
    declared = context.system.declared.ports.get(context.asset.id, ())
    found = [each for each in seen.open if each in wanted and each not in declared]
    shown = ", ".join(str(each) for each in seen.open)
    if found:
        return Verdict.failed(
            "management or database ports are open: {ports}",
            ports=", ".join(str(each) for each in found),
            seen=shown,
        )

    if not seen.answered:
        return Verdict.unknown(
            "nothing answered on {scanned} ports: the host is off, filters everything, or blocks "
            "the scanner",
            scanned=seen.scanned,
        )

    return Verdict.passed("no undeclared management or database port is open", seen=shown)
