"""The audit log of the role DHCP Server, which names the machine of each lease."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import DHCP_PARAMETERS, WindowsDhcpServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsDhcpServer,
    About(
        id="windows-dhcp-logging",
        title="The role DHCP Server logs each address that it hands out",
        severity=Severity.MEDIUM,
        why="Without the lease nobody knows whose machine an address was when it attacked.",
        fix="`Set-DhcpServerAuditLog -Enable $true`, then `Restart-Service DHCPServer`.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.15",), "cis-v8": ("1.4", "8.2")},
        pitfalls="Experimental: not yet confirmed on a real server. "
        "On by default. The files are kept a week, one a weekday: forward them, or the eighth "
        "day overwrites the first.",
        experimental=True,
    ),
)
def windows_dhcp_logging(seen: WindowsDhcpServer, _: Context) -> Verdict:
    """ActivityLogFlag 0 switches it off; nothing there is on."""
    words = {"seen": seen.line(DHCP_PARAMETERS, "ActivityLogFlag"), "expected": "1"}
    if seen.number(DHCP_PARAMETERS, "ActivityLogFlag", 1) == 0:
        return Verdict.failed("the audit log of DHCP is off", **words)
    return Verdict.passed("the audit log of DHCP is on", **words)
