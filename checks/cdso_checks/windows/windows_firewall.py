"""The firewall, profile by profile."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.protection import WindowsFirewallProfile
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsFirewallProfile,
    About(
        id="windows-firewall",
        title="The firewall of Windows is on in every profile",
        severity=Severity.HIGH,
        why="Without it every service that starts is open to the whole network.",
        fix="Run `Set-NetFirewallProfile -All -Enabled True -DefaultInboundAction Block`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",), "cis-v8": ("4.4",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_firewall(seen: WindowsFirewallProfile, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """On, with its service running, and inbound not allowed by default (NotConfigured blocks)."""
    words = {
        "seen": f"{seen.subject}: Enabled = {seen.enabled}, DefaultInboundAction = {seen.inbound}",
        "expected": "Enabled = True, Block",
    }
    if not seen.service_running:
        return Verdict.failed("the service of the firewall does not run", **words)
    if not seen.enabled:
        return Verdict.failed(
            "the firewall is off in the profile {name}", name=seen.subject, **words
        )
    if seen.inbound not in ("Block", "NotConfigured"):
        return Verdict.failed("the profile {name} lets everything in", name=seen.subject, **words)
    return Verdict.passed("the firewall is on in the profile {name}", name=seen.subject, **words)
