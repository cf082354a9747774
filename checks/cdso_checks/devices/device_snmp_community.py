"""
Communities that everybody knows.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceSnmp
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceSnmp,
    About(
        id="device-snmp-community",
        title="No SNMP community is one that everybody knows",
        severity=Severity.CRITICAL,
        why="With `public` or `private` anybody reads the whole configuration, or changes it.",
        fix="Remove it: IOS `no snmp-server community public`; Junos `delete snmp community "
        "public`; FortiGate delete it under `config system snmp community`; RouterOS `/snmp "
        "community set [find default=yes] disabled=yes`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.17", "A.8.20")},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "The name is compared on the "
        "scanner and taken out before anything is kept; the evidence says only whether it is "
        "known.",
        experimental=True,
    ),
)
def device_snmp_community(snmp: DeviceSnmp, _: Context) -> Verdict:
    """Communities that everybody knows."""
    known = [each for each in snmp.communities if each.known]
    if known:
        return Verdict.failed(
            "{count} communities are known to everybody: {names}",
            count=len(known),
            names=", ".join(f"{each.name}{' (rw)' if each.writes else ''}" for each in known),
        )
    writing = [each.name for each in snmp.communities if each.writes and each.limited is not True]
    if writing:
        return Verdict.failed(
            "a community may write, from every address: {names}", names=", ".join(writing)
        )
    if not snmp.communities:
        return Verdict.passed("no community is set")
    return Verdict.passed(
        "{count} communities, none known to everybody", count=len(snmp.communities)
    )
