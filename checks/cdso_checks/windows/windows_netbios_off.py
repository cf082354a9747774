"""Names of NetBIOS."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.protection import WindowsNetbios
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsNetbios,
    About(
        id="windows-netbios-off",
        title="NetBIOS over TCP/IP is off",
        severity=Severity.MEDIUM,
        why="Whoever answers first to a NetBIOS name is sent the logon.",
        fix="Disable NetBIOS over TCP/IP in the adapter, or by the DHCP option "
        "001 of Microsoft (value 2).",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",), "cis-v8": ("4.8",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_netbios_off(seen: WindowsNetbios, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """2 is off; 0 follows DHCP and is on without its option."""
    if seen.option is None:
        return Verdict.unknown("Windows does not tell the setting of {name}", name=seen.subject)
    words = {"seen": f"TcpipNetbiosOptions = {seen.option}", "expected": "2"}
    if seen.option == 2:  # noqa: PLR2004 - off
        return Verdict.passed("NetBIOS is off", **words)
    return Verdict.failed("NetBIOS is on, or DHCP decides it", **words)
