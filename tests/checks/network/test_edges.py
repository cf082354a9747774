"""Limits of the checks of the network, on this side and on the other."""

from typing import Any

import pytest
from tests.edges import Edge, holds
from tests.support import HOST, SYSTEM

from cdso_audit.facts.firewall import InboundFilter, InboundFilterIpv6, InterfaceView
from cdso_audit.facts.sockets import Listener, ListeningSockets
from cdso_audit.model import Declared, HostAsset, Outcome, SshAccess, System
from cdso_checks.network.host_firewall import host_firewall
from cdso_checks.network.host_firewall_ipv6 import host_firewall_ipv6
from cdso_checks.network.listening_services_declared import listening_services_declared

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN


def view(
    count: int, *, name: str = "eth0", uplink: bool = True, unclear: bool = False
) -> InterfaceView:
    tcp = ((1, count),) if count else ()
    return InterfaceView(interface=name, is_uplink=uplink, tcp=tcp, udp=(), unclear=unclear)


def filtered(
    *views: InterfaceView, rules: bool = True, tools: tuple[str, ...] = ("nft",)
) -> InboundFilter:
    return InboundFilter(subject="ipv4", tools=tools, has_rules=rules, views=views)


def filtered6(*views: InterfaceView) -> InboundFilterIpv6:
    return InboundFilterIpv6(subject="ipv6", tools=("nft",), has_rules=True, views=views)


def declaring(**declared: Any) -> System:
    return SYSTEM.model_copy(update={"declared": Declared(**declared)})


def waiting(*ports: tuple[str, int]) -> ListeningSockets:
    made = tuple(
        Listener(protocol=protocol, address="10.0.0.5", port=port, program="x")
        for protocol, port in ports
    )
    return ListeningSockets(subject="sockets", listeners=made)


def reached_at(port: int | None) -> HostAsset:
    ssh = None if port is None else SshAccess(port=port)
    return HOST.model_copy(update={"access": HOST.access.model_copy(update={"ssh": ssh})})


WAITING = listening_services_declared
EDGES = [
    Edge(WAITING, waiting(("tcp", 22)), PASS, system=declaring(ports={"web1": (80,)})),
    Edge(WAITING, waiting(("tcp", 22)), PASS, asset=reached_at(None)),
    Edge(WAITING, waiting(("tcp", 2222)), PASS, asset=reached_at(2222)),
    Edge(
        WAITING,
        waiting(("tcp", 22)),
        FAIL,
        asset=reached_at(2222),
        system=declaring(ports={"web1": (80,)}),
    ),
    Edge(WAITING, waiting(("udp", 123)), PASS, system=declaring(udp_ports={"web1": (123,)})),
    Edge(WAITING, waiting(("udp", 124)), FAIL, system=declaring(udp_ports={"web1": (123,)})),
    Edge(WAITING, waiting(("udp", 124)), UNKNOWN, system=declaring(udp_ports={"web2": (124,)})),
    Edge(host_firewall, filtered(view(1024)), PASS, says="dropped on eth0"),
    Edge(
        host_firewall, filtered(view(1025)), FAIL, says="1025 ports are open to everybody on eth0"
    ),
    Edge(host_firewall_ipv6, filtered6(view(1024)), PASS),
    Edge(host_firewall_ipv6, filtered6(view(1025)), FAIL),
    Edge(host_firewall, filtered(view(1025), rules=False), FAIL, says="no rule"),
    Edge(host_firewall, filtered(view(0), rules=False, tools=()), FAIL, says="no firewall tool"),
    Edge(host_firewall, filtered(view(0, unclear=True)), UNKNOWN),
    Edge(
        host_firewall,
        filtered(view(0), view(1025, name="docker0", uplink=False)),
        PASS,
        says="everything is let in on docker0",
    ),
    Edge(
        host_firewall,
        filtered(view(0), view(1024, name="docker0", uplink=False)),
        PASS,
        says="dropped on eth0",
    ),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
