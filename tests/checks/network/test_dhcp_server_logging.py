"""`dhcp-server-logging` on what dnsmasq, dhcpd, Kea and systemd-networkd were started with."""

import subprocess

import pytest
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.dhcp_servers import DHCP_SERVERS, KEA
from cdso_audit.facts.reading import Probe
from cdso_audit.facts.sockets import SOCKETS
from cdso_audit.model import GapReason, Outcome
from cdso_checks.network.dhcp_server_logging import dhcp_server_logging

QUIET = "== tcp\n== tcp6\n== udp\n== udp6\n== end\n"
#: Something waits at UDP port 67, as /proc/net/udp writes it.
PORT_67 = QUIET.replace(
    "== udp\n", "== udp\n  70: 00000000:0043 00000000:0000 07 00000000:00000000 00:00000000 0\n"
)


def runs(
    *lines: str, kea: str | Answer = MISSING_TOOL, sockets: str = QUIET
) -> dict[Probe, str | Answer]:
    return {
        DHCP_SERVERS: "".join(f"{line}\n" for line in (*lines, "== end")),
        KEA: kea,
        SOCKETS: sockets,
    }


RANGE = "set dhcp-range=10.9.0.10,10.9.0.20,12h # people"
CONF = "file /etc/dnsmasq.conf"
LOGGER = 'name "name": "{}"\nseverity "severity": "{}"\nnext\n'


def kea(*loggers: tuple[str, str], more: str = "") -> str:
    return "".join(LOGGER.format(*each) for each in loggers) + more + "end\n"


CASES = [
    Case("good: dnsmasq", runs("== process dnsmasq", CONF, RANGE), Outcome.PASS, says="syslog"),
    Case(
        "good: dnsmasq, by its arguments",
        runs("== process dnsmasq", "arg --dhcp-range=10.9.0.10,10.9.0.20", "arg -8=/var/log/d.log"),
        Outcome.PASS,
        says="/var/log/d.log",
    ),
    Case(
        "good: dnsmasq, a real interface beside a guest's",
        runs("== process dnsmasq", "arg -i=virbr0", "arg -i=eth1", "arg -F=10.9.0.10,10.9.0.20"),
        Outcome.PASS,
    ),
    Case("good: dhcpd", runs("== process dhcpd"), Outcome.PASS, says="syslog"),
    Case(
        "good: Kea as it is shipped",
        runs("== process kea-dhcp4", kea=kea(("kea-dhcp4", "INFO"))),
        Outcome.PASS,
        says="INFO",
    ),
    Case(
        "good: Kea without a logger",
        runs("== process kea-dhcp4", kea=kea()),
        Outcome.PASS,
    ),
    Case(
        "good: Kea, the nearer logger",
        runs("== process kea-dhcp4", kea=kea(("kea-dhcp4", "WARN"), ("kea-dhcp4.leases", "INFO"))),
        Outcome.PASS,
    ),
    Case(
        "good: Kea, a log for the law",
        runs("== process kea-dhcp4", kea=kea(("kea-dhcp4", "ERROR"), more="legal\n")),
        Outcome.PASS,
        says="legal",
    ),
    Case(
        "bad: dnsmasq, quiet",
        runs("== process dnsmasq", CONF, RANGE, "file /etc/dnsmasq.d/q.conf", "set quiet-dhcp"),
        Outcome.FAIL,
        says="quiet-dhcp",
    ),
    Case(
        "bad: dnsmasq, quiet by an argument",
        runs("== process dnsmasq", "arg --quiet-dhcp", CONF, RANGE),
        Outcome.FAIL,
    ),
    Case(
        "bad: dnsmasq, into nothing",
        runs("== process dnsmasq", CONF, RANGE, "set log-facility=/dev/null"),
        Outcome.FAIL,
        says="/dev/null",
    ),
    Case(
        "bad: one of two",
        runs("== process dnsmasq", RANGE, "== process dnsmasq", RANGE, "set quiet-dhcp"),
        outcomes={"dnsmasq": Outcome.PASS, "dnsmasq (2)": Outcome.FAIL},
    ),
    Case(
        "bad: Kea, warnings alone",
        runs("== process kea-dhcp4", kea=kea(("kea-dhcp4", "WARN"))),
        Outcome.FAIL,
        says="WARN",
    ),
    Case(
        "bad: Kea, leases apart",
        runs("== process kea-dhcp4", kea=kea(("kea-dhcp4", "INFO"), ("kea-dhcp4.leases", "ERROR"))),
        Outcome.FAIL,
    ),
    Case(
        "bad: systemd-networkd",
        runs("== process systemd-network", "serves /etc/systemd/network/lan.network"),
        Outcome.FAIL,
        says="lan.network",
    ),
    Case(
        "bad: a server that is not known well enough",
        runs("== process udhcpd"),
        Outcome.UNKNOWN,
    ),
    Case("absent: nothing runs", runs(), Outcome.NOT_APPLICABLE),
    Case(
        "absent: dnsmasq serves names",
        runs("== process dnsmasq", CONF, sockets=PORT_67),
        Outcome.NOT_APPLICABLE,
    ),
    Case(
        "absent: dnsmasq serves guests",
        runs(
            "== process dnsmasq", "arg -i=lxdbr0", "arg -F=10.9.0.10,10.9.0.20", "arg --quiet-dhcp"
        ),
        Outcome.NOT_APPLICABLE,
    ),
    Case(
        "absent: systemd-networkd is a client",
        runs("== process systemd-network"),
        Outcome.NOT_APPLICABLE,
    ),
    Case(
        "unreadable: dnsmasq's settings are closed",
        runs("== process dnsmasq", "closed /etc/dnsmasq.d/lan.conf"),
        Outcome.UNKNOWN,
        says="lan.conf",
    ),
    Case(
        "unreadable: Kea's settings",
        runs("== process kea-dhcp4", kea=DENIED),
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: Kea, cut",
        runs("== process kea-dhcp4", kea='name "name": "kea-dhcp4"\n'),
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: Kea, another file",
        runs("== process kea-dhcp4", kea=kea(more="include\n")),
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: all processes are hidden",
        runs("== hidden"),
        Outcome.UNKNOWN,
        says="hidepid",
    ),
    Case(
        "unreadable: the process is hidden",
        runs(sockets=PORT_67),
        Outcome.UNKNOWN,
        says="port 67",
    ),
    Case(
        "unreadable: cut",
        {DHCP_SERVERS: "== process dnsmasq\n", KEA: MISSING_TOOL, SOCKETS: QUIET},
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: in no time",
        {DHCP_SERVERS: Answer(gap=GapReason.TIMEOUT), KEA: MISSING_TOOL, SOCKETS: QUIET},
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(dhcp_server_logging, case)


#: The end of a file of Kea, in the form in which it is shipped.
KEA_FILE = """\
{
"Dhcp4": {
    "lease-database": { "type": "mysql", "password": "hunter2hunter2" },
    // "hooks-libraries": [ { "library": "/usr/lib/kea/hooks/libdhcp_legal_log.so" } ],
    "loggers": [
    {
        // a comment with "severity": "DEBUG"
        "name": "kea-dhcp4",
        "output_options": [
            {
                "output": "stdout", "pattern": "%-5p %m\\n"
            }
        ],
        "severity": "WARN",
        "debuglevel": 0
    },
    {
        "name": "kea-dhcp4.leases",
        "severity": "INFO"
    }
  ]
}
}
"""


@pytest.mark.parametrize("awk", ["mawk", "gawk --posix", "busybox awk"])
def test_only_names_and_severities_of_kea_leave_the_host(awk: str) -> None:
    try:
        found = subprocess.run(
            [*awk.split(), str(KEA.run[1]), "/dev/stdin"],
            input=KEA_FILE, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip(f"{awk} is not here")

    assert found.stdout == kea(("kea-dhcp4", "WARN"), ("kea-dhcp4.leases", "INFO"))
