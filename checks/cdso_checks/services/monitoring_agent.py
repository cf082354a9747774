"""
An agent that tells a central place of the load and the state of the host.

A platform may also ask without an agent (by SSH, WMI, or the hypervisor): then its own list of
machines is the proof.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.monitoring import MonitoringAgents
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.arrived import lately


@check(
    MonitoringAgents,
    About(
        id="monitoring-agent",
        title="A central platform gets the load and the state of the host",
        severity=Severity.MEDIUM,
        why="A disk that fills up, or a miner that takes the processor, is first seen when the "
        "service stops.",
        fix="Install an agent and tell it its server: `apt install zabbix-agent2`, then "
        "`Server=` and `ServerActive=` in /etc/zabbix/zabbix_agent2.conf; or let "
        "prometheus-node-exporter or snmpd (SNMPv3) be reached by the platform alone. Without an "
        "agent, export the platform's machines into lists/enrolments.csv (platform monitoring).",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.6", "A.8.16"), "cis-v8": ("13.1",)},
        pitfalls="Debian ships snmpd on the loopback and the Zabbix agent with the server "
        "127.0.0.1: both run and tell nobody. Of agents that send of themselves to a place that "
        "is not read the answer is unknown. Whether somebody looks is not seen.",
        or_lists=("enrolments",),
    ),
    platforms=("monitoring",),
    max_days=7,
    max_list_days=31,
)
def monitoring_agent(seen: MonitoringAgents, context: Context) -> Verdict:
    """One agent whose word somebody gets; or the platform's own list."""
    told = "\n".join(f"{each.name}: {each.by}" for each in seen.agents)
    heard = [each for each in seen.agents if each.reached]
    if heard:
        return Verdict.passed(
            "{names} tells others: {by}",
            names=", ".join(each.name for each in heard),
            by=", ".join(each.by for each in heard),
            seen=told,
        )
    platforms = context.names("platforms")
    rows = [
        row
        for row in context.lists.enrolments
        if row.asset == context.asset.id and row.platform in platforms
    ]
    if rows and lately("enrolments", [row.seen for row in rows], context) is None:
        return Verdict.passed("the platform's list has this host, without an agent", seen=told)
    unclear = [each.name for each in seen.agents if each.reached is None]
    if unclear:
        return Verdict.unknown(
            "{names} runs; whom it tells is not to be read", names=", ".join(unclear), seen=told
        )
    if seen.agents:
        return Verdict.failed(
            "{names} runs, and nobody but this host itself gets its word",
            names=", ".join(each.name for each in seen.agents),
            seen=told,
        )
    return Verdict.failed("no agent of monitoring runs, and no platform's list has this host")
