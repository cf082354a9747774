"""
Programs by which somebody outside controls the host past the jump host, its second factor and its
record: remote desktops over a relay, tunnels that call out, meshes of another company.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cdso_audit.facts.os_release import OWN_PROCESSES, sections
from cdso_audit.facts.reading import (
    Fact,
    Missing,
    Outputs,
    Probe,
    UnavailableError,
    UnreadableError,
    reader,
)
from cdso_audit.model import Frozen, GapReason, KnownBy


@dataclass(frozen=True, slots=True)
class Tool:
    """
    A program and its traces: `paths` mean installed, `processes` (names as the kernel cuts them, 15
    characters) running, `units` that it starts by itself.
    """

    name: str
    paths: tuple[str, ...]
    processes: tuple[str, ...]
    units: tuple[str, ...] = ()


TOOLS = (
    Tool("TeamViewer", ("/opt/teamviewer", "/usr/bin/teamviewer"), ("teamviewerd",),
         ("teamviewerd.service",)),
    Tool("AnyDesk", ("/usr/bin/anydesk",), ("anydesk",), ("anydesk.service",)),
    Tool("RustDesk", ("/usr/bin/rustdesk", "/usr/lib/rustdesk", "/usr/share/rustdesk"),
         ("rustdesk",), ("rustdesk.service",)),
    Tool("UltraViewer", ("/opt/ultraviewer",), ("ultraviewer",)),
    Tool("Splashtop", ("/opt/splashtop-streamer",), ("SRStreamer", "SRAgent"),
         ("SRStreamer.service",)),
    Tool("ScreenConnect", ("/opt/screenconnect",), ("screenconnect",)),
    Tool("DWService", ("/usr/share/dwagent",), ("dwagsvc", "dwagent"), ("dwagent.service",)),
    Tool("MeshCentral agent", ("/usr/local/mesh_services", "/opt/meshagent"), ("meshagent",),
         ("meshagent.service",)),
    Tool("NoMachine", ("/usr/NX/bin/nxserver",), ("nxserver.bin",), ("nxserver.service",)),
    Tool("Chrome Remote Desktop", ("/opt/google/chrome-remote-desktop",), ("chrome-remote-d",)),
    Tool("ngrok", ("/usr/local/bin/ngrok", "/usr/bin/ngrok", "/snap/bin/ngrok"), ("ngrok",),
         ("ngrok.service",)),
    Tool("cloudflared", ("/usr/bin/cloudflared", "/usr/local/bin/cloudflared"), ("cloudflared",),
         ("cloudflared.service",)),
    Tool("frp", ("/usr/local/bin/frpc", "/usr/bin/frpc", "/opt/frp"), ("frpc",),
         ("frpc.service",)),
    Tool("chisel", ("/usr/local/bin/chisel", "/usr/bin/chisel"), ("chisel",)),
    Tool("bore", ("/usr/local/bin/bore",), ("bore",)),
    Tool("remote.it", ("/usr/bin/remoteit", "/etc/remoteit"), ("remoteit",)),
    Tool("Tailscale", ("/usr/sbin/tailscaled", "/usr/bin/tailscale"), ("tailscaled",),
         ("tailscaled.service",)),
    Tool("ZeroTier", ("/usr/sbin/zerotier-one",), ("zerotier-one",), ("zerotier-one.service",)),
    Tool("NetBird", ("/usr/bin/netbird",), ("netbird",), ("netbird.service",)),
    Tool("Hamachi", ("/opt/logmein-hamachi",), ("hamachid",), ("logmein-hamachi.service",)),
    Tool("tmate", ("/usr/bin/tmate",), ("tmate",)),
    Tool("autossh", ("/usr/bin/autossh",), ("autossh",)),
)  # fmt: skip

REMOTE_CONTROL = Probe(
    id="remote-control",
    run="echo '@@ installed'\nfor f in "
    + " ".join(path for each in TOOLS for path in each.paths)
    + '; do [ -e "$f" ] && echo "$f"; done\necho \'@@ processes\'\n'
    + OWN_PROCESSES
    + "cat /proc/1/status >/dev/null 2>&1 || echo '@@ hidden'\n"
    + "echo '@@ enabled'\nfor u in "
    + " ".join(unit for each in TOOLS for unit in each.units)
    + r"""; do
  ls -d /etc/systemd/system/*.wants/"$u" 2>/dev/null | sed 's/.*\///' | sort -u
done
echo '@@ end'
:
""",
    why="programs that let somebody outside control the host by a relay or tunnel of their own",
)


class RemoteTool(Frozen):
    """One such program as it was found."""

    name: str
    running: bool
    enabled: bool


class RemoteControl(Fact):
    """Those of `TOOLS` that are on the host; none is a fact too."""

    kind: Literal["remote-control"] = "remote-control"
    known_by: KnownBy = KnownBy.DAEMON
    tools: tuple[RemoteTool, ...] = ()


@reader(RemoteControl, REMOTE_CONTROL)
def read_remote_control(outputs: Outputs) -> Iterator[RemoteControl | Missing]:
    """One fact a host."""
    parts = sections(outputs.text(REMOTE_CONTROL))
    if "end" not in parts:
        raise UnreadableError("the answer about remote control is cut short")
    installed = set(parts["installed"].splitlines())
    processes = set(parts["processes"].split())
    enabled = set(parts["enabled"].split())
    found = [
        RemoteTool(
            name=each.name,
            running=bool(processes.intersection(each.processes)),
            enabled=bool(enabled.intersection(each.units)),
        )
        for each in TOOLS
        if installed.intersection(each.paths)
        or processes.intersection(each.processes)
        or enabled.intersection(each.units)
    ]
    if "hidden" in parts and not any(each.running or each.enabled for each in found):
        raise UnavailableError(GapReason.DENIED, "processes of others are hidden (hidepid)")
    yield RemoteControl(subject="remote-control", tools=tuple(found))
