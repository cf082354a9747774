"""`server-link-redundancy` on links as the kernel lists them."""

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.mounts import SURROUNDINGS
from cdso_audit.facts.reading import Probe
from cdso_audit.facts.server_links import LINK_MEMBERS
from cdso_audit.model import GapReason, Outcome
from cdso_checks.network.server_link_redundancy import server_link_redundancy

METAL = "container none\nmachine none\ninit systemd\nfirmware efi\nend .\n"
HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT"
LO = "lo virtual unknown 1 - - -"
ETH0 = "eth0 hardware up 1 - - -"
ETH1 = "eth1 hardware up 1 - - -"
SLAVE0 = "eth0 hardware up 1 up - -"
SLAVE1 = "eth1 hardware up 1 up - -"
BOND = "bond0 bond up 1 - 802.3ad ,eth0,eth1"


def host(
    *links: str,
    over: tuple[str, ...] = ("eth0",),
    around: str = METAL,
    more: str = "",
    six: str = "",
) -> dict[Probe, str | Answer]:
    routes = "".join(
        f"{name}\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n" for name in over
    )
    local = "eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
    listed = "".join(f"{line}\n" for line in (LO, *links))
    text = f"== links\n{listed}== route4\n{HEAD}\n{routes}{local}== route6\n{six}"
    return {LINK_MEMBERS: f"{text}== switches\n{more}== end\n", SURROUNDINGS: around}


SIX = f"{'0' * 32} 00 {'0' * 32} 00 {'f' * 32} 00000400 00000001 00000000 00450003"
CASES = [
    Case("good: a bond", host(SLAVE0, SLAVE1, BOND, over=("bond0",)), Outcome.PASS, says="bond0"),
    Case(
        "good: a VLAN on a bond below a bridge with guests",
        host(
            SLAVE0,
            SLAVE1,
            BOND,
            "bond0.20 virtual up 1 - - ,bond0",
            "vnet0 virtual up 1 - - -",
            "br0 bridge up 1 - - ,bond0.20,vnet0",
            over=("br0",),
        ),
        Outcome.PASS,
        says="bond0",
    ),
    Case(
        "good: a team",
        host(ETH0, ETH1, "team0 virtual up 1 - - ,eth0,eth1", over=("team0",)),
        Outcome.PASS,
        says="team0",
    ),
    Case(
        "good: a bond by IPv6 alone",
        host(SLAVE0, SLAVE1, BOND, over=(), six=f"{SIX} bond0\n"),
        Outcome.PASS,
    ),
    Case("bad: one wire", host(ETH0, ETH1), Outcome.FAIL, says="one wire, eth0"),
    Case(
        "bad: one wire below a bridge with guests",
        host(ETH0, "vnet0 virtual up 1 - - -", "br0 bridge up 1 - - ,eth0,vnet0", over=("br0",)),
        Outcome.FAIL,
        says="one wire, eth0",
    ),
    Case(
        "bad: a member is dead",
        host(SLAVE0, "eth1 hardware down 0 down - -", BOND, over=("bond0",)),
        Outcome.FAIL,
        says="1 living wires of 2",
    ),
    Case(
        "bad: the bond's own monitor calls a member dead",
        host(SLAVE0, "eth1 hardware up 1 down - -", BOND, over=("bond0",)),
        Outcome.FAIL,
    ),
    Case(
        "bad: a member of a team without carrier",
        host(
            ETH0, "eth1 hardware down 0 - - -", "team0 virtual up 1 - - ,eth0,eth1", over=("team0",)
        ),
        Outcome.FAIL,
    ),
    Case(
        "bad: a bond of one",
        host(SLAVE0, "bond0 bond up 1 - active-backup ,eth0", over=("bond0",)),
        Outcome.FAIL,
        says="1 living wires of 1",
    ),
    Case(
        "bad: two default routes, nobody can tell",
        host(ETH0, ETH1, over=("eth0", "eth1")),
        Outcome.UNKNOWN,
    ),
    Case(
        "bad: a bond beside a wire, nobody can tell",
        host(SLAVE0, SLAVE1, BOND, "eth2 hardware up 1 - - -", over=("bond0", "eth2")),
        Outcome.UNKNOWN,
    ),
    Case(
        "bad: two wires in a bridge, nobody can tell",
        host(ETH0, ETH1, "br0 bridge up 1 - - ,eth0,eth1", over=("br0",)),
        Outcome.UNKNOWN,
    ),
    Case(
        "bad: a switch made of software, nobody can tell",
        host(ETH0, "br-ex virtual unknown 1 - - -", over=("br-ex",), more="openvswitch\n"),
        Outcome.UNKNOWN,
    ),
    Case(
        "absent: a virtual machine",
        host(ETH0, around=METAL.replace("machine none", "machine kvm")),
        Outcome.NOT_APPLICABLE,
        says="kvm",
    ),
    Case(
        "absent: a container",
        host(ETH0, around=METAL.replace("container none", "container lxc")),
        Outcome.NOT_APPLICABLE,
        says="lxc",
    ),
    Case("absent: no default route", host(ETH0, over=()), Outcome.NOT_APPLICABLE),
    Case(
        "unreadable: hardware or not",
        host(ETH0, around=METAL.replace("machine none", "machine unknown")),
        Outcome.UNKNOWN,
    ),
    Case("unreadable: cut", {**host(ETH0), LINK_MEMBERS: "== links\nlo"}, Outcome.UNKNOWN),
    Case(
        "unreadable: another form",
        {**host(), LINK_MEMBERS: host("eth0 up")[LINK_MEMBERS]},
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: refused",
        {**host(ETH0), LINK_MEMBERS: Answer(gap=GapReason.TIMEOUT)},
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(server_link_redundancy, case)
