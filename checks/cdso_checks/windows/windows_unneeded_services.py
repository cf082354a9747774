"""Services that run for nothing."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.protection import WindowsServices
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsServices,
    About(
        id="windows-unneeded-services",
        title="Services that servers do not need are disabled",
        severity=Severity.MEDIUM,
        why="Each service that runs for nothing is a way in for somebody.",
        fix="Run `Set-Service NAME -StartupType Disabled` and `Stop-Service NAME`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.19",), "cis-v8": ("4.8",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    unneeded=(
        "Spooler",
        "RemoteRegistry",
        "SSDPSRV",
        "upnphost",
        "XblAuthManager",
        "XblGameSave",
        "Fax",
        "simptcp",
        "TlntSvr",
        "FTPSVC",
        "SNMP",
    ),
)
def windows_unneeded_services(seen: WindowsServices, context: Context) -> Verdict:
    """Running ones of the list. A print server takes `Spooler` from it."""
    running = {each.lower() for each in seen.running}
    found = [each for each in context.names("unneeded") if each.lower() in running]
    if found:
        return Verdict.failed(
            "services run that a server seldom needs: {names}",
            names=", ".join(found),
            seen=", ".join(found),
        )
    return Verdict.passed(
        "none of {count} services that servers seldom need runs",
        count=len(context.names("unneeded")),
    )
