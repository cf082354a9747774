"""
No program that lets somebody outside control the host by a relay or tunnel of its own.

Suppliers like to leave one behind. It calls out, so no firewall stops it, and its sessions pass
neither the jump host nor its second factor nor its record.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.remote_control import RemoteControl
from cdso_audit.model import Context, Severity, Verdict


@check(
    RemoteControl,
    About(
        id="remote-control-tools",
        title="No program of remote control calls out of the host",
        severity=Severity.HIGH,
        why="Who holds the supplier's account at the relay is inside, past every firewall.",
        fix="Remove it (`apt purge teamviewer anydesk`), and give the supplier an account of his "
        "own by the jump host; or name what the agency runs itself in the parameter `allowed`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.19", "A.8.20"), "cis-v8": ("4.6", "13.5")},
        pitfalls="Known by path, process and unit; one that was renamed is not found. Tunnels made "
        "with ssh alone are not either. One that neither runs nor starts at boot is told and "
        "passes.",
    ),
    allowed=(),
)
def remote_control_tools(seen: RemoteControl, context: Context) -> Verdict:
    """None but those that the owner allows."""
    allowed = {name.lower() for name in context.names("allowed")}
    strange = [each for each in seen.tools if each.name.lower() not in allowed]
    told = "\n".join(
        f"{each.name}: {'running' if each.running else 'not running'}, "
        f"{'starts at boot' if each.enabled else 'does not start by itself'}"
        for each in seen.tools
    )
    alive = [each.name for each in strange if each.running or each.enabled]
    if alive:
        return Verdict.failed(
            "these call out and let somebody in: {names}", names=", ".join(alive), seen=told
        )
    if strange:
        return Verdict.passed(
            "installed, though neither running nor started at boot: {names}",
            names=", ".join(each.name for each in strange),
            seen=told,
        )
    if seen.tools:
        return Verdict.passed(
            "only those that the owner allows: {names}",
            names=", ".join(each.name for each in seen.tools),
            seen=told,
        )
    return Verdict.passed("none of the known programs of remote control is here")
