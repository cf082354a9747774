"""
What watches the load and the state of a host: agents that run, and whether anybody gets their word.

An agent that answers the loopback alone, or that was never told of its server, tells nobody: both
are how Debian ships snmpd and the Zabbix agent. Of settings only the names of servers leave the
host.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal

from cdso_audit.facts.os_release import OWN_PROCESSES, sections
from cdso_audit.facts.reading import Fact, Outputs, Probe, UnavailableError, UnreadableError, reader
from cdso_audit.facts.sockets import SOCKET_NAMES, SOCKETS, parse_names, parse_sockets
from cdso_audit.model import Frozen, GapReason, KnownBy

MONITORING_AGENTS = Probe(
    id="monitoring-agents",
    run=r"""
echo '@@ processes'
"""
    + OWN_PROCESSES
    + r"""
cat /proc/1/status >/dev/null 2>&1 || echo '@@ hidden'
show() {
  for f in "$@"; do
    [ -f "$f" ] || continue
    [ -r "$f" ] || { echo "closed $f"; continue; }
    awk -v want="$want" '{ sub(/^[ \t]+/, "") }
      /^\[\[/ { on = /^\[\[ *outputs\./ }
      substr($0, 1, 1) != "#" && $0 ~ want && (all || on) {
        gsub(/\/\/[^@\/ "]*@/, "//"); print substr($0, 1, 300) }' all="$all" "$f"
  done
}
echo '@@ zabbix'
want='^Server(Active)?[ \t]*=' all=1
show /etc/zabbix/zabbix_agentd.conf /etc/zabbix/zabbix_agentd.d/*.conf \
  /etc/zabbix/zabbix_agentd.conf.d/*.conf /etc/zabbix/zabbix_agent2.conf \
  /etc/zabbix/zabbix_agent2.d/*.conf
echo '@@ telegraf'
want='^(urls|url|servers|brokers|listen)[ \t]*=' all=
show /etc/telegraf/telegraf.conf /etc/telegraf/telegraf.d/*.conf
echo '@@ collectd'
want='^Server[ \t]' all=1
show /etc/collectd/collectd.conf /etc/collectd.conf /etc/collectd/collectd.conf.d/*.conf
echo '@@ netdata'
want='^destination[ \t]*=' all=1
show /etc/netdata/stream.conf
echo '@@ end'
""",
    why="which agents tell of load and state, and to which servers; no password of theirs",
)


@dataclass(frozen=True, slots=True)
class _Known:
    """An agent: its processes (15 characters), the port at which it is asked, its settings."""

    name: str
    processes: tuple[str, ...]
    port: int = 0
    protocol: str = "tcp"
    settings: str = ""
    pushes: bool = False
    """It sends of itself, and where to is not read."""


_KNOWN = (
    _Known("Zabbix agent", ("zabbix_agentd", "zabbix_agent2"), 10050, settings="zabbix"),
    _Known("node_exporter", ("node_exporter", "prometheus-node"), 9100),
    _Known("snmpd", ("snmpd",), 161, "udp"),
    _Known("NRPE", ("nrpe",), 5666),
    _Known("Checkmk agent", ("cmk-agent-ctl", "check_mk_agent"), 6556),
    _Known("munin-node", ("munin-node",), 4949),
    _Known("netdata", ("netdata",), 19999, settings="netdata"),
    _Known("Icinga 2", ("icinga2",), 5665),
    _Known("telegraf", ("telegraf",), 9273, settings="telegraf"),
    _Known("collectd", ("collectd",), settings="collectd"),
    _Known("Metricbeat", ("metricbeat",), pushes=True),
    _Known("Elastic Agent", ("elastic-agent",), pushes=True),
    _Known("Grafana Alloy", ("alloy", "grafana-agent"), pushes=True),
    _Known("vmagent", ("vmagent", "vmagent-prod"), pushes=True),
    _Known("OpenTelemetry", ("otelcol", "otelcol-contrib"), pushes=True),
    _Known("Datadog", ("datadog-agent",), pushes=True),
    _Known("New Relic", ("newrelic-infra",), pushes=True),
    _Known("Dynatrace", ("oneagentwatchdo", "oneagentos"), pushes=True),
)


class Agent(Frozen):
    """An agent that runs. `reached`: others get its word; None when nobody can tell."""

    name: str
    reached: bool | None
    by: str = ""
    """How, or why not."""


class MonitoringAgents(Fact):
    """Every agent of the host that runs."""

    kind: Literal["monitoring-agents"] = "monitoring-agents"
    known_by: KnownBy = KnownBy.DAEMON
    agents: tuple[Agent, ...]


def is_elsewhere(name: str) -> bool:
    """Whether a server by that name is another machine than this."""
    bare = name.strip().strip("[]").lower()
    if bare in ("", "localhost", "localhost.localdomain", "ip6-localhost"):
        return False
    try:
        return not ip_address(bare.partition("/")[0]).is_loopback
    except ValueError:
        return True


def _without_port(text: str) -> str:
    """`[::1]:10051`, `10.1.2.9:10051`, `host`."""
    bracketed = re.match(r"\[([^\]]*)\]", text)
    if bracketed:
        return bracketed[1]
    return text.partition(":")[0] if text.count(":") == 1 else text


def servers_of(settings: str, lines: Sequence[str]) -> list[str]:
    """The names of servers in the lines of an agent's settings."""
    found: list[str] = []
    for line in lines:
        if line.startswith("closed "):
            continue
        if settings == "telegraf":
            if re.match(r"listen[ \t]*=", line):
                continue
            found += re.findall(r"//(\[[^\]]*\]|[^/:\"'\]]+)", line)
            found += re.findall(r"\"([\w.-]+):\d+\"", line)
        elif settings == "collectd":
            found += re.findall(r"^Server[ \t]+\"?([^\"\s]+)", line)
        else:
            value = line.partition("=")[2]
            found += [_without_port(each.strip()) for each in re.split(r"[,;\s]+", value)]
    return [each for each in found if each]


def _listens(
    known: _Known, waiting: Sequence[tuple[str, str, int]], names: Mapping[tuple[str, int], str]
) -> tuple[list[str], bool]:
    """Where others reach it, and whether it waits at all."""
    mine = [
        (protocol, address, port)
        for protocol, address, port in waiting
        if names.get((protocol, port), "")[:15] in known.processes
        or (
            known.port == port
            and protocol == known.protocol
            and (not names.get((protocol, port)) or names[protocol, port] in ("systemd", "xinetd"))
        )
    ]
    outer = [
        f"{protocol} {address}:{port}" for protocol, address, port in mine if is_elsewhere(address)
    ]
    return outer, bool(mine)


def _agent(
    known: _Known,
    lines: Sequence[str],
    waiting: Sequence[tuple[str, str, int]],
    names: Mapping[tuple[str, int], str],
) -> Agent:
    outer, _ = _listens(known, waiting, names)
    closed = [line.removeprefix("closed ") for line in lines if line.startswith("closed ")]
    if known.settings:
        told = servers_of(known.settings, lines)
        away = [each for each in told if is_elsewhere(each)]
        # Zabbix answers nobody but its servers, so that an open port alone says nothing.
        if away:
            return Agent(name=known.name, reached=True, by=", ".join(dict.fromkeys(away)))
        if outer and known.settings != "zabbix":
            return Agent(name=known.name, reached=True, by=outer[0])
        if closed:
            return Agent(name=known.name, reached=None, by=closed[0])
        return Agent(name=known.name, reached=False, by=", ".join(dict.fromkeys(told)))
    if known.pushes:
        return Agent(name=known.name, reached=None)
    return Agent(name=known.name, reached=bool(outer), by=outer[0] if outer else "")


@reader(MonitoringAgents, MONITORING_AGENTS, SOCKETS, SOCKET_NAMES)
def read_monitoring_agents(outputs: Outputs) -> Iterator[MonitoringAgents]:
    """One fact a host, also when nothing runs."""
    parts = sections(outputs.text(MONITORING_AGENTS))
    if "end" not in parts:
        raise UnreadableError("the list of agents has no end")
    if "hidden" in parts:
        raise UnavailableError(GapReason.DENIED, "processes of others are hidden (hidepid)")
    running = set(parts["processes"].split())
    if not running:
        raise UnreadableError("no process was listed")
    waiting = parse_sockets(outputs.text(SOCKETS))
    try:
        names = parse_names(outputs.text(SOCKET_NAMES))
    except UnavailableError:
        names = {}
    found = []
    for known in _KNOWN:
        started = any(  # Checkmk's older agent is a script that a super-server starts
            port == known.port and names.get((protocol, port)) in ("systemd", "xinetd")
            for protocol, _, port in waiting
            if known.port
        )
        if running & set(known.processes) or started:
            lines = parts.get(known.settings, "").splitlines()
            found.append(_agent(known, lines, waiting, names))
    yield MonitoringAgents(subject="monitoring", agents=tuple(found))
