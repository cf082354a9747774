"""The laboratory's wire: one bridge on this machine, one network namespace a host."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.lab.site import ADDRESSES, BRIDGE, GATEWAY, RESOLVER, LabError


def namespace(host: str) -> str:
    """The name of a host's network namespace."""
    return f"cdso-lab-{host}"


def namespace_path(host: str) -> Path:
    """The file that stands for a host's network namespace."""
    return Path("/run/netns") / namespace(host)


def bridge_up() -> None:
    """Make the bridge with this machine's address on it."""
    if not Path(f"/sys/class/net/{BRIDGE}").exists():
        _ip("link", "add", BRIDGE, "type", "bridge")
        _ip("address", "add", f"{GATEWAY}/24", "dev", BRIDGE)
    _ip("link", "set", BRIDGE, "up")


def bridge_down() -> None:
    """Remove the bridge."""
    if Path(f"/sys/class/net/{BRIDGE}").exists():
        _ip("link", "delete", BRIDGE)


def plug_in(host: str) -> None:
    """Give a host its namespace, its cable and its address."""
    unplug(host)
    name, cable = namespace(host), f"lab-{host}"
    _ip("netns", "add", name)
    # A new namespace takes this over from the machine, where Docker or a router may have set it.
    _ip("netns", "exec", name, "sysctl", "-q", "-w", "net.ipv4.ip_forward=0")
    _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
    _ip("link", "set", cable, "master", BRIDGE, "up")
    _ip("-n", name, "link", "set", "lo", "up")
    _ip("-n", name, "address", "add", f"{ADDRESSES[host]}/24", "dev", "eth0")
    if host == "ns":
        _ip("-n", name, "address", "add", f"{RESOLVER}/24", "dev", "eth0")
    _ip("-n", name, "link", "set", "eth0", "up")


def unplug(host: str) -> None:
    """Remove a host's cable and namespace."""
    if Path(f"/sys/class/net/lab-{host}").exists():
        _ip("link", "delete", f"lab-{host}")
    if namespace_path(host).exists():
        _ip("netns", "delete", namespace(host))


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"ip {' '.join(words)}: {done.stderr.strip()}")
