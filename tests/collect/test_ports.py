"""The ports collector scans with nmap, and only ever an address that it found itself."""

import socket

import pytest
from tests.servers import asked, needs, now

from cdso_audit.collect.connecting import TargetError, checked_host
from cdso_audit.collect.ports import collect, port_list
from cdso_audit.facts.ports import HOST_PORTS, parse_ports
from cdso_audit.facts.reading import Observation
from cdso_audit.model import (
    Declared,
    EndpointAsset,
    GapReason,
    HostAsset,
    SshAccess,
    System,
)

HOST = HostAsset(id="web1", host="127.0.0.1")
HOSTILE = (
    "--script=http-shellshock",
    "127.0.0.1 --script=x",
    "-iL /etc/passwd",
    "fe80::1%eth0 --script=x",
    "a.example;id",
    "$(id)",
    "198.18.77.0/24",
    "a\nb",
    "",
    "." * 300,
)


@pytest.mark.parametrize("text", HOSTILE)
def test_only_hosts_are_hosts(text: str) -> None:
    with pytest.raises(TargetError):
        checked_host(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_host_is_a_gap(text: str) -> None:
    asset = HOST.model_copy(update={"host": text})  # past the inventory's own check

    seen, _ = asked(collect, HOST_PORTS, asset)

    assert seen.gap in (GapReason.UNPARSABLE, GapReason.UNREACHABLE)
    assert seen.output == b""


@pytest.mark.parametrize("text", ["198.18.77.10", "2001:db8::1", "db1.example.vn", "_x.example"])
def test_hosts_are_accepted(text: str) -> None:
    assert checked_host(text) == text


def test_a_machine_cannot_see_itself() -> None:
    seen, _ = asked(collect, HOST_PORTS, HostAsset(id="web1", host="127.0.0.1", local=True))

    assert seen.gap is GapReason.UNREACHABLE
    assert "from another machine" in seen.detail


def test_an_endpoint_is_not_scanned() -> None:
    seen, _ = asked(collect, HOST_PORTS, EndpointAsset(id="web1", url="https://127.0.0.1"))

    assert seen.gap is GapReason.BUG


def test_declared_ports_are_asked_for_besides() -> None:
    assert port_list([60123, 60123, 59999]).endswith(",59999,60123")


def test_a_missing_nmap_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import nmap

    monkeypatch.setattr(nmap.PortScanner.__init__, "__defaults__", (("/nonexistent/nmap",),))

    seen, _ = asked(collect, HOST_PORTS, HOST)

    assert seen.gap is GapReason.MISSING_TOOL
    assert "apt install nmap" in seen.detail


@pytest.mark.daemon
class TestOnLoopback:
    """nmap itself against listening sockets."""

    def test_sees_what_listens_and_what_is_declared(self) -> None:
        needs("nmap", "nmap")
        with (
            socket.create_server(("127.0.0.79", 5432)),
            socket.create_server(("127.0.0.79", 60123)),
            socket.create_server(("127.0.0.79", 60222)),
            socket.create_server(("127.0.0.79", 60321)),
        ):
            asset = HostAsset(id="web1", host="127.0.0.79", access={"ssh": SshAccess(port=60222)})
            system = System(id="dvc", assets=(asset,), declared=Declared(ports={"web1": (60123,)}))
            seen = collect(HOST_PORTS, asset, system, at=now, deadline=60)

        found = parse_ports(seen.output, "tcp")
        assert seen.gap is None
        assert set(found.open) >= {5432, 60123, 60222}
        assert 60321 not in found.open  # nobody declared it, and it is no usual port
        assert found.answered

    def test_ipv6(self) -> None:
        needs("nmap", "nmap")
        with socket.create_server(("::1", 6379), family=socket.AF_INET6):
            seen, _ = asked(collect, HOST_PORTS, HostAsset(id="web1", host="::1"), 60)

        assert 6379 in parse_ports(seen.output, "tcp").open

    def test_the_deadline_holds(self) -> None:
        """TEST-NET-1 is routed nowhere: every port is silent or unreachable, and the scan ends."""
        needs("nmap", "nmap")

        seen, seconds = asked(collect, HOST_PORTS, HostAsset(id="web1", host="192.0.2.1"), 4)

        assert seconds < 8
        assert isinstance(seen, Observation)
        assert seen.gap is not None or not parse_ports(seen.output, "tcp").answered
