"""
Leases that are written down where they last.

Which device had an address on the day of the incident is known from the lease and from nothing
else; a router's memory holds the last few hundred events and loses them with the power.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceDhcp
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceDhcp,
    About(
        id="device-dhcp-logging",
        title="The device writes down each address that it hands out",
        severity=Severity.MEDIUM,
        why="Without the lease nobody knows whose machine an address was when it attacked.",
        fix="Send leases to the log server: RouterOS `/system logging add topics=dhcp,info "
        "action=remote`; FortiGate `config log syslogd setting`, with `config log eventfilter` as "
        "sold; IOS `accounting` in the pool, or hand addresses out from a server.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.15",), "cis-v8": ("1.4", "8.2")},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "IOS writes no lease into its log at any level, so a pool needs accounting; "
        "what Junos writes depends on the release, so only a trace is taken for an answer. "
        "A relay hands out nothing and is not judged.",
        experimental=True,
    ),
)
def device_dhcp_logging(dhcp: DeviceDhcp, _: Context) -> Verdict:
    """Memory alone does not last."""
    pools = ", ".join(dhcp.pools)
    if dhcp.logged is None:
        return Verdict.unknown(
            "the configuration does not tell whether leases are kept: {pools}",
            pools=pools,
            seen=dhcp.where,
        )
    if not dhcp.logged:
        return Verdict.failed(
            "addresses are handed out and not written down where it lasts: {pools} ({where})",
            pools=pools,
            where=dhcp.where,
        )
    return Verdict.passed("leases are written down: {where}", where=dhcp.where, seen=pools)
