"""`monitoring-agent`: others get the word of an agent, or the platform's list has the host."""

from datetime import date

import pytest
from tests.checks.lists.rows import lists
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.facts.monitoring import MONITORING_AGENTS
from cdso_audit.facts.reading import Probe
from cdso_audit.facts.sockets import SOCKET_NAMES, SOCKETS
from cdso_audit.model import EnrolmentRow, GapReason, Lists, Outcome
from cdso_checks.services.monitoring_agent import monitoring_agent

ANY, LOOPBACK = "00000000", "0100007F"


def host(
    *processes: str,
    tcp: tuple[tuple[str, int], ...] = (),
    udp: tuple[tuple[str, int], ...] = (),
    names: str | Answer = DENIED,
    **settings: str,
) -> dict[Probe, str | Answer]:
    """A host with these processes, waiting sockets, and lines of agents' settings."""
    parts = "".join(
        f"@@ {each}\n{settings.get(each, '')}"
        for each in ("zabbix", "telegraf", "collectd", "netdata")
    )
    rest = "00000000:0000 {} 00000000:00000000 00:00000000 0"

    def table(given: tuple[tuple[str, int], ...], state: str) -> str:
        return "".join(
            f"  {n}: {address}:{port:04X} {rest.format(state)}\n"
            for n, (address, port) in enumerate(given)
        )

    return {
        MONITORING_AGENTS: "@@ processes\n"
        + "\n".join(("systemd", *processes))
        + f"\n{parts}@@ end\n",
        SOCKETS: f"== tcp\n{table(tcp, '0A')}== tcp6\n== udp\n{table(udp, '07')}== udp6\n== end\n",
        SOCKET_NAMES: names,
    }


def listed(platform: str = "monitoring", last: date = date(2026, 11, 20)) -> Lists:
    return lists(
        enrolments=(
            EnrolmentRow.model_validate({"asset": "web1", "platform": platform, "seen": last}),
        )
    )


AGENT2 = "zabbix_agent2"
CASES = [
    Case(
        "good: Zabbix",
        host(AGENT2, zabbix="Server=127.0.0.1,10.1.2.9\nServerActive=127.0.0.1\n"),
        Outcome.PASS,
        says="10.1.2.9",
    ),
    Case(
        "good: Zabbix, by name and port",
        host("zabbix_agentd", zabbix="ServerActive=[::1]:10051;zabbix.example.vn:10051\n"),
        Outcome.PASS,
        says="zabbix.example.vn",
    ),
    Case("good: node_exporter", host("prometheus-node", tcp=((ANY, 9100),)), Outcome.PASS),
    Case(
        "good: node_exporter at another port",
        host(
            "prometheus-node",
            tcp=((ANY, 9111),),
            names='tcp LISTEN 0 4096 *:9111 *:* users:(("prometheus-node",pid=9,fd=3))\n',
        ),
        Outcome.PASS,
        says="9111",
    ),
    Case("good: snmpd", host("snmpd", udp=((ANY, 161),)), Outcome.PASS, says="udp 0.0.0.0:161"),
    Case(
        "good: Checkmk's script behind systemd",
        host(
            tcp=((ANY, 6556),),
            names='tcp LISTEN 0 4096 *:6556 *:* users:(("systemd",pid=1,fd=3))\n',
        ),
        Outcome.PASS,
        says="Checkmk",
    ),
    Case(
        "good: telegraf",
        host("telegraf", telegraf='urls = ["https://influx.example.vn:8086"]\n'),
        Outcome.PASS,
        says="influx.example.vn",
    ),
    Case(
        "good: collectd",
        host("collectd", collectd='Server "10.1.2.9" "25826"\n'),
        Outcome.PASS,
        says="10.1.2.9",
    ),
    Case(
        "good: netdata, its parent",
        host("netdata", netdata="destination = tcp:10.1.2.9:19999\n"),
        Outcome.PASS,
    ),
    Case("good: no agent, the platform asks by itself", host(), Outcome.PASS, lists=listed()),
    Case(
        "good: an agent on the loopback, the platform has another way",
        host("snmpd", udp=((LOOPBACK, 161),)),
        Outcome.PASS,
        lists=listed(),
    ),
    Case("bad: nothing", host(), Outcome.FAIL, says="no agent"),
    Case("bad: in another list", host(), Outcome.FAIL, lists=listed("patches")),
    Case(
        "bad: the platform lost it",
        host(),
        Outcome.FAIL,
        lists=listed(last=date(2026, 11, 12)),
    ),
    Case(
        "bad: Zabbix as Debian ships it",
        host(AGENT2, tcp=((ANY, 10050),), zabbix="Server=127.0.0.1\nServerActive=127.0.0.1\n"),
        Outcome.FAIL,
        says="nobody but this host",
    ),
    Case(
        "bad: snmpd as Debian ships it",
        host("snmpd", udp=((LOOPBACK, 161),)),
        Outcome.FAIL,
        says="snmpd",
    ),
    Case(
        "bad: node_exporter on the loopback",
        host("node_exporter", tcp=((LOOPBACK, 9100),)),
        Outcome.FAIL,
    ),
    Case(
        "bad: the port is another program's",
        host(
            "node_exporter",
            tcp=((ANY, 9100),),
            names='tcp LISTEN 0 4096 *:9100 *:* users:(("cupsd",pid=9,fd=3))\n',
        ),
        Outcome.FAIL,
    ),
    Case(
        "bad: telegraf into the host itself",
        host("telegraf", telegraf='urls = ["http://127.0.0.1:8086"]\n'),
        Outcome.FAIL,
    ),
    Case(
        "bad: somewhere that is not read",
        host("metricbeat"),
        Outcome.UNKNOWN,
        says="Metricbeat",
    ),
    Case("absent: a port and no agent", host(tcp=((ANY, 9100),)), Outcome.FAIL),
    Case(
        "unreadable: Zabbix's settings are closed",
        host(AGENT2, zabbix="closed /etc/zabbix/zabbix_agent2.conf\n"),
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: cut", {**host(), MONITORING_AGENTS: "@@ processes\nsystemd\n"}, Outcome.UNKNOWN
    ),
    Case(
        "unreadable: processes are hidden",
        {
            **host(),
            MONITORING_AGENTS: "@@ processes\nsh\nawk\n@@ hidden\n@@ zabbix\n@@ end\n",
        },
        Outcome.UNKNOWN,
        says="hidepid",
    ),
    Case(
        "unreadable: no process is shown",
        {**host(), MONITORING_AGENTS: "@@ processes\n@@ zabbix\n@@ end\n"},
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: in no time",
        {**host(), MONITORING_AGENTS: Answer(gap=GapReason.TIMEOUT)},
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(monitoring_agent, case)
