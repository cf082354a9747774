"""Names asked of the whole network."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import DNS_CLIENT, WindowsNameResolution
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsNameResolution,
    About(
        id="windows-llmnr-off",
        title="Names are not asked of everybody on the network",
        severity=Severity.MEDIUM,
        why="Whoever answers first to LLMNR is sent the logon.",
        fix="Enable “Turn off multicast name resolution” in Group Policy (Network, DNS Client).",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",), "cis-v8": ("4.8",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_llmnr_off(seen: WindowsNameResolution, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """EnableMulticast 0; without the policy LLMNR is on."""
    words = {"seen": seen.line(DNS_CLIENT, "EnableMulticast"), "expected": "0"}
    if seen.number(DNS_CLIENT, "EnableMulticast", 1) == 0:
        return Verdict.passed("LLMNR is off", **words)
    return Verdict.failed("LLMNR is on", **words)
