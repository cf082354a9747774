"""Where events go."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.operations import WindowsLogForwarding
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsLogForwarding,
    About(
        id="windows-log-forwarding",
        title="Events are sent to a log server",
        severity=Severity.HIGH,
        why="An intruder with the rights of an administrator clears the log of the server first.",
        fix="Set “Configure target Subscription Manager” in Group Policy, or "
        "install the agent of the log platform.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.15",), "cis-v8": ("8.9",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    agents=(
        "nxlog",
        "winlogbeat",
        "Elastic Agent",
        "SplunkForwarder",
        "WazuhSvc",
        "OssecSvc",
        "RSyslogWindowsAgent",
        "fluent-bit",
        "fluentdwinsvc",
        "Snare",
        "HealthService",
        "AzureMonitorAgent",
    ),
)
def windows_log_forwarding(seen: WindowsLogForwarding, context: Context) -> Verdict:
    """A subscription manager, or a running agent. Whether anything arrives is not seen."""
    running = {each.lower() for each in seen.services}
    agents = [each for each in context.names("agents") if each.lower() in running]
    if seen.subscriptions:
        return Verdict.passed(
            "events are forwarded to {count} subscription managers",
            count=len(seen.subscriptions),
            seen="; ".join(seen.subscriptions),
        )
    if agents:
        return Verdict.passed(
            "a log agent runs: {names}", names=", ".join(agents), seen=", ".join(agents)
        )
    return Verdict.failed("no forwarding is set and no known agent runs")
