"""Limits of the checks of kernel and start, on this side and on the other."""

from typing import Any

import pytest
from tests.edges import Edge, holds

from cdso_audit.facts.kernel import KernelSettings
from cdso_audit.facts.kernel_boot import BootLoader, GrubFile
from cdso_audit.facts.mac import MandatoryAccess
from cdso_audit.model import Outcome
from cdso_checks.kernel.bootloader_protected import bootloader_protected
from cdso_checks.kernel.ip_forwarding import ip_forwarding
from cdso_checks.kernel.mandatory_access_control import mandatory_access_control
from cdso_checks.kernel.sysctl_network import sysctl_network

PASS, FAIL = Outcome.PASS, Outcome.FAIL


def grub(machine: str, *words: str, **fields: Any) -> BootLoader:
    usual: dict[str, Any] = {"path": "/boot/grub/grub.cfg", "mode": 0o600, "uid": 0, "gid": 0}
    file = GrubFile(**(usual | fields), words=words)
    return BootLoader(subject="boot-loader", files=(file,), machine=machine)


def apparmor(complaining: int) -> MandatoryAccess:
    return MandatoryAccess(
        subject="mandatory-access", framework="apparmor", enforces_now=True,
        enforces_after_start=True, saved="enabled", enforcing=30,
        complaining=tuple(f"p{number}" for number in range(complaining)),
    )  # fmt: skip


def live(**changed: str) -> KernelSettings:
    """A container's own network, hardened but for what is changed; `__` stands for a point."""
    usual = {
        f"net.ipv4.conf.{place}.{key}": value
        for place in ("all", "default", "eth0", "lo")
        for key, value in (
            ("rp_filter", "1"), ("accept_redirects", "0"), ("send_redirects", "0"),
            ("accept_source_route", "0"),
        )
    }  # fmt: skip
    values = usual | {key.replace("__", "."): value for key, value in changed.items()}
    return KernelSettings(
        subject="kernel", live=values, unreadable=(), saved={}, saved_in={}, container="lxc"
    )


ROUTE = "net__ipv4__conf__{}__accept_source_route"
ALSO = {"password_on_virtual": "yes"}
NEVER = {"password_on_virtual": "no"}
EDGES = [
    Edge(bootloader_protected, grub("none"), FAIL, parameters=NEVER),
    Edge(bootloader_protected, grub("unknown"), FAIL, parameters=NEVER),
    Edge(bootloader_protected, grub("kvm"), PASS, parameters=NEVER),
    Edge(bootloader_protected, grub("kvm"), FAIL, parameters=ALSO),
    Edge(bootloader_protected, grub("kvm", "password"), PASS, parameters=ALSO),
    Edge(bootloader_protected, grub("none", "password"), PASS, parameters=NEVER),
    Edge(bootloader_protected, grub("kvm", mode=0o604), FAIL, parameters=NEVER),
    Edge(bootloader_protected, grub("kvm", uid=1), FAIL, parameters=NEVER),
    Edge(sysctl_network, live(), PASS),
    Edge(sysctl_network, live(**{ROUTE.format("eth0"): "1"}), PASS),
    Edge(sysctl_network, live(**{ROUTE.format("all"): "1", ROUTE.format("eth0"): "1"}), FAIL),
    Edge(sysctl_network, live(net__ipv4__conf__eth0__send_redirects="1"), FAIL, says="1 settings"),
    Edge(sysctl_network, live(net__ipv4__conf__lo__send_redirects="1"), PASS),
    Edge(sysctl_network, live(net__ipv4__conf__eth0__rp_filter="2"), PASS),
    Edge(ip_forwarding, live(net__ipv4__ip_forward="0"), PASS),
    Edge(ip_forwarding, live(net__ipv4__ip_forward="1"), FAIL),
    Edge(mandatory_access_control, apparmor(10), PASS),
    Edge(mandatory_access_control, apparmor(11), FAIL),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
