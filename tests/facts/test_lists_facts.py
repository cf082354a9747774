"""Addresses, name servers, software and login sources, held against the programs themselves."""

# ruff: noqa: E501 - text is as the programs print it

import json
import shutil
import subprocess
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.checks.lists.rows import installed, network, resolvers
from tests.support import HOST, SYSTEM, observation

from cdso_audit.facts.login_sources import LoginFrom, parse_sources
from cdso_audit.facts.network_state import (
    NAME_SERVERS,
    NETWORK_STATE,
    HostNetwork,
    NameServers,
    Neighbours,
)
from cdso_audit.facts.reading import Fact, Probe, snapshot
from cdso_audit.facts.software import INSTALLED_SOFTWARE, InstalledSoftware
from cdso_audit.model import GapReason

SHELLS = [each for each in ("dash", "bash", "busybox") if shutil.which(each)]


def asked(probe: Probe, shell: str = "sh") -> str:
    """What the probe prints here."""
    words = [shell, "sh", "-c"] if shell == "busybox" else [shell, "-c"]
    done = subprocess.run([*words, str(probe.run)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def read(fact: type[Fact], answers: dict[Probe, Any]) -> Any:
    seen = [observation(probe, answer) for probe, answer in answers.items()]
    return snapshot(HOST, SYSTEM, seen, [fact], at=datetime(2026, 11, 21, tzinfo=UTC))


def program(*words: str) -> Any:
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_addresses_are_those_that_ip_tells(shell: str) -> None:
    """Against iproute2's own JSON, whatever this machine has."""
    wanted = {
        each["local"]
        for link in json.loads(program("ip", "-j", "addr"))
        if not link["ifname"].startswith(("lo", "docker", "veth", "br-", "virbr", "tap", "lxc"))
        for each in link["addr_info"]
        if each["scope"] == "global"
    }
    (found,) = read(HostNetwork, {NETWORK_STATE: asked(NETWORK_STATE, shell)}).facts

    assert set(found.addresses) >= wanted
    assert not [each for each in found.addresses if each.startswith(("127.", "fe80:"))]


def test_software_is_what_dpkg_tells() -> None:
    listed = program("dpkg-query", "-W", "-f=${db:Status-Status} ${Package} ${Version}\n")
    wanted = {
        line.partition(" ")[2] for line in listed.splitlines() if line.startswith("installed ")
    }
    (found,) = read(InstalledSoftware, {INSTALLED_SOFTWARE: asked(INSTALLED_SOFTWARE)}).facts

    assert {str(each) for each in found.software if each.source == "package"} == wanted
    manual = set(program("apt-mark", "showmanual").split())
    assert {each.name for each in found.asked if each.source == "package"} == {
        each.split(":")[0] for each in manual
    }


@pytest.mark.parametrize("shell", SHELLS)
def test_name_servers_are_those_of_resolv_conf(shell: str) -> None:
    found = read(NameServers, {NAME_SERVERS: asked(NAME_SERVERS, shell)})

    assert found.facts or found.gaps
    for each in found.facts:
        assert all("#" not in server for server in each.servers)


def test_bonds_bridges_and_cards_have_an_address_and_tunnels_have_not() -> None:
    links = (
        "eth0 52:54:00:aa:bb:01 hardware\nbond0 52:54:00:aa:bb:02 bond\nbr0 52:54:00:aa:bb:03 bridge\n"
        "tun0 00:00:00:00:00:00 virtual\nwg0 52:54:00:aa:bb:04 virtual\ndocker0 02:42:00:00:00:01 bridge\n"
    )
    (found,) = read(HostNetwork, dict(network("10.0.0.1", links=links))).facts

    assert found.macs == tuple(f"52:54:00:aa:bb:0{number}" for number in (1, 2, 3))
    assert found.addresses == ("10.0.0.1",)


def test_an_interface_behind_an_at_sign_keeps_its_address() -> None:
    text = network("10.0.0.1")[NETWORK_STATE]
    assert isinstance(text, str)
    vlan = text.replace("2: eth0    inet 10.0.0.1", "4: eth0.10@eth0    inet 10.0.0.1")
    (found,) = read(HostNetwork, {NETWORK_STATE: vlan}).facts

    assert found.addresses == ("10.0.0.1",)


def test_a_zone_of_a_name_server_and_a_second_stub() -> None:
    (found,) = read(NameServers, dict(resolvers("nameserver fe80::1%eth0\nnameserver ::1\n"))).facts

    assert (found.servers, found.stub) == (("fe80::1",), "::1")


def test_what_nobody_hears_is_an_absence() -> None:
    found = read(Neighbours, dict(network("10.0.0.1", neighbours="10.0.0.9 dev eth0 FAILED\n")))

    assert not found.facts
    assert [each.fact for each in found.absences] == ["network-neighbours"]


def test_a_package_of_another_architecture_counts_once_asked_for() -> None:
    (found,) = read(
        InstalledSoftware, dict(installed("libc6 2.36", "x 1", manual="libc6:i386\nx\n"))
    ).facts

    assert {each.name for each in found.asked} == {"libc6", "x"}


def test_a_host_without_a_package_database_is_a_gap() -> None:
    found = read(
        InstalledSoftware,
        {INSTALLED_SOFTWARE: "== none\n== snap\n== flatpak\n== beside\n/opt/x\n== end\n"},
    )

    assert [each.reason for each in found.gaps] == [GapReason.MISSING_TOOL]


def test_sources_of_both_forms_of_last() -> None:
    """util-linux's `last -w` and `wtmpdb last`, with the kernel's own lines left out."""
    text = (
        "== now\n2026-11-21T12:00:00+00:00\n== lastlog2\n== lastlog\n== last\n"
        "an       pts/0        10.1.9.5         2026-11-20T08:00:00+07:00 - still logged in\n"
        "an       pts/2        10.1.9.5         2026-11-19T08:00:00+07:00 - 2026-11-19T09:00:00+07:00\n"
        "an       tty2         :0               2026-11-19T08:00:00+07:00 - 2026-11-19T09:00:00+07:00\n"
        "reboot   system boot  6.1.0-18-amd64   2026-11-19T06:00:00+07:00   still running\n"
        "shutdown system down  6.1.0-18-amd64   2026-11-19T05:00:00+07:00 - 2026-11-19T06:00:00+07:00\n"
        "binh     pts/1        2001:db8::7      2026-11-18T08:00:00+07:00 - 2026-11-18T09:00:00+07:00\n"
        "\nwtmp begins 2026-11-01T00:00:00+07:00\n== last\n== last\n== end\n"
    )

    assert parse_sources(text) == [
        LoginFrom(
            account="an",
            source="10.1.9.5",
            last=datetime.fromisoformat("2026-11-20T08:00:00+07:00"),
        ),
        LoginFrom(
            account="binh",
            source="2001:db8::7",
            last=datetime.fromisoformat("2026-11-18T08:00:00+07:00"),
        ),
    ]
